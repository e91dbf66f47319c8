import type { JsonObject } from './arguments.js';
import type { HttpRequest, HttpResponse } from './http.js';
import type { Library } from './library.js';
import { parseReply, type PlatformClient } from './platform_request.js';

/** A user who is to have an account. */
export interface NewUser {
    readonly email: string;
    readonly firstName?: string;
    readonly lastName?: string;
    /** That of an `Organization`. */
    readonly organizationId?: string;
    /** "member". */
    readonly role?: string;
    readonly sendInviteEmail?: boolean;
    /** Which licences the user gets: those of the list that are enabled for the organization. The back end's own application is included. */
    readonly applications?: readonly string[];
    /** Further members of the request. */
    readonly extra_members?: JsonObject;
}

/** A user who has an account now. Texts but the id are "" where the platform did not say. */
export interface ProvisionedUser {
    readonly userId: string;
    readonly keycloakUserId: string;
    readonly email: string;
    /** False: the account was there before. Null where the platform did not say. */
    readonly isNewUser: boolean | null;
    /** The whole reply, for whatever else it has. */
    readonly document: JsonObject;
}

/**
 * Gives one user an account and licences. Needs the permission org:users:manage. Errors: `platform_member_invalid` (no address, or texts that cannot be
 * sent), `parameter_reserved` (an extra member is one of those above), those of `buildPlatformRequest`.
 */
export function buildProvisionUserRequest(library: Library, platform: PlatformClient, user: NewUser): HttpRequest {
    return library.call('build_provision_user_request', { platform, user }) as HttpRequest;
}

/** Reads the reply. Errors: those of `parsePlatformResponse`. */
export function parseProvisionUserResponse(library: Library, response: HttpResponse, platform: PlatformClient): ProvisionedUser {
    return parseReply(library, 'parse_provision_user_response', response, { platform }) as ProvisionedUser;
}
