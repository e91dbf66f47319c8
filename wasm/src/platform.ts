// The entry point `calimatic-auth/platform`: all that the other one has, the platform's APIs, and a module that has them.

import type { AuthOptions } from './auth_context.js';
import { type Auth, createAuth as createAuthFrom } from './create_auth.js';
import type { Library } from './library.js';
import { loadFrom, type LoadOptions } from './load.js';

export * from './index.js';
export { buildCreateOrganizationRequest, buildFindOrganizationRequest, parseCreateOrganizationResponse, parseFindOrganizationResponse } from './organization.js';
export type { NewOrganization, Organization } from './organization.js';
export { buildResetPasswordRequest, buildSetPasswordRequest, parseResetPasswordResponse, parseSetPasswordResponse } from './password.js';
export { buildPlatformRequest, parsePlatformResponse } from './platform_request.js';
export type { ManagementProfile, PlatformClient, PlatformResponse } from './platform_request.js';
export { buildProvisionUserRequest, parseProvisionUserResponse } from './provision.js';
export type { NewUser, ProvisionedUser } from './provision.js';
export { buildProvisionBatchRequest, parseProvisionBatchResponse, validateBatchUser } from './provision_batch.js';
export type { BatchUser, ProvisionBatchResponse, ProvisionOutcome, ProvisionRow, UserBatch } from './provision_batch.js';
export { buildResolveKeycloakUserRequest, buildResolveUserRequest, parseResolveUserResponse, requireLicense } from './user.js';
export type { ResolvedUser } from './user.js';
export { buildImportUsersRequest, parseImportUsersResponse } from './user_import.js';
export type { ImportedUser } from './user_import.js';

/** As `load` of the other entry point, for the module that also has the platform's APIs. Errors: `wasm_not_loaded`. */
export function load(options: LoadOptions = {}): Promise<Library> {
    return loadFrom(place, options);
}

/** As `createAuth` of the other entry point, with the module that also has the platform's APIs, so that a page fetches one only. */
export function createAuth(options: AuthOptions): Auth {
    return createAuthFrom({ ...options, wasm: options.wasm ?? place() });
}

function place(): URL {
    return new URL('./platform.wasm', import.meta.url);
}
