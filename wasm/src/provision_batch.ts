import type { JsonObject } from './arguments.js';
import { asError, type AuthError, type ErrorReport } from './error.js';
import type { HttpRequest, HttpResponse } from './http.js';
import type { Library } from './library.js';
import { parseReply, type PlatformClient } from './platform_request.js';

/** A user who is to be provisioned together with others. */
export interface BatchUser {
    readonly email: string;
    readonly firstName?: string;
    readonly lastName?: string;
    /** In place of the batch's. */
    readonly organizationId?: string;
    /** "member", "admin". */
    readonly role?: string;
    /** As of a `NewUser`. */
    readonly applications?: readonly string[];
}

/** Users for one request to /users/provision/bulk. */
export interface UserBatch {
    /** 1 to 500. */
    readonly users: readonly BatchUser[];
    readonly defaultOrganizationId?: string;
    /** Left to the platform if left out. */
    readonly sendInviteEmails?: boolean;
}

/**
 * What became of one user. `created`: the platform has the user, who is new. `existing`: who was there before. `provisioned`: it has the user, and did not say
 * whether new. `refused`: `error` tells why. `unconfirmed`: the reply says nothing about this user, or contradicts itself.
 */
export type ProvisionOutcome = 'created' | 'existing' | 'provisioned' | 'refused' | 'unconfirmed';

/** What a reply says of one user. */
export interface ProvisionRow {
    readonly outcome: ProvisionOutcome;
    /** Whether the reply says anything about this user. */
    readonly was_reported: boolean;
    /** "" where it was not told. */
    readonly userId: string;
    readonly keycloakUserId: string;
    /** Of `refused` and `unconfirmed`. */
    readonly error: AuthError | undefined;
}

/** The reply to a batch. */
export interface ProvisionBatchResponse {
    readonly status: number;
    /** One for each user that was sent, in that order. */
    readonly rows: readonly ProvisionRow[];
    /** What the platform says of the batch as a whole, where it says failure and tells of some users. */
    readonly refusal: AuthError | undefined;
    /** The whole reply; null where it had no body. */
    readonly document: JsonObject | null;
}

interface WrittenResponse {
    readonly status: number;
    readonly rows: readonly (Omit<ProvisionRow, 'error'> & { readonly error: ErrorReport | null })[];
    readonly refusal: ErrorReport | null;
    readonly document: JsonObject | null;
}

/** Throws unless one user is within the limits that the platform documents for an import. Errors: `platform_member_invalid` with the member's name. */
export function validateBatchUser(library: Library, user: BatchUser): void {
    library.call('validate_batch_user', { user });
}

/**
 * Asks for several users at once. A batch whose answer was lost may have been acted upon: a back end with the C++ library has `bulk_provisioning`, which
 * finds out before it sends again. Errors: `batch_size_invalid`, those of `validateBatchUser`, those of `buildPlatformRequest`.
 */
export function buildProvisionBatchRequest(library: Library, platform: PlatformClient, batch: UserBatch): HttpRequest {
    return library.call('build_provision_batch_request', { platform, batch }) as HttpRequest;
}

/**
 * Reads the reply to a batch of `users`, those that were sent. Its shape is not documented, so users are found wherever they are, by their address. A
 * refusal of the whole batch that tells of none is an error. Errors: those of `parsePlatformResponse`.
 */
export function parseProvisionBatchResponse(
    library: Library,
    response: HttpResponse,
    platform: PlatformClient,
    users: readonly BatchUser[],
): ProvisionBatchResponse {
    const written = parseReply(library, 'parse_provision_batch_response', response, { platform, users }) as WrittenResponse;
    const rows = written.rows.map((row) => ({ ...row, error: asError(row.error) }));
    return { ...written, rows, refusal: asError(written.refusal) };
}
