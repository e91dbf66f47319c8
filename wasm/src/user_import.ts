import type { JsonObject } from './arguments.js';
import type { HttpRequest, HttpResponse } from './http.js';
import type { Library } from './library.js';
import { parseReply, type PlatformClient, type PlatformResponse } from './platform_request.js';

/** A user who comes from the application's own database. */
export interface ImportedUser {
    /** 1 to 255 characters; the key by which one who is there already is known. */
    readonly email: string;
    /** 1 to 100 characters. */
    readonly firstName: string;
    /** 1 to 100 characters. */
    readonly lastName: string;
    /** In place of the organization that the call is for. */
    readonly organizationId?: string;
    /** At most 50 characters; "member" is the platform's default. */
    readonly role?: string;
    /** 8 to 128 characters; the user has to change it at the first sign-in. A secret. */
    readonly temporaryPassword?: string;
    /** A bcrypt or PBKDF2 hash, at most 1024 characters; the user keeps the password. A secret. */
    readonly passwordHash?: string;
    /** A licence of the calling application if left out. */
    readonly applications?: readonly string[];
    /** The application's own id of the user, at most 255 characters. */
    readonly externalId?: string;
    readonly metadata?: JsonObject;
}

/**
 * Imports users. `extra_members` are members beside `users`; which ones there are is not documented, nor how many users one call may have. Needs the
 * permission org:users:manage. Errors: `platform_member_invalid` (which member of which user, or there is no user), `json_not_an_object`,
 * `parameter_reserved`, those of `buildPlatformRequest`.
 */
export function buildImportUsersRequest(
    library: Library,
    platform: PlatformClient,
    users: readonly ImportedUser[],
    extra_members?: JsonObject,
): HttpRequest {
    return library.call('build_import_users_request', { platform, users, extra_members }) as HttpRequest;
}

/** Reads the reply. No error repeats a password or a hash of `users`, those that were sent. Errors: those of `parsePlatformResponse`. */
export function parseImportUsersResponse(
    library: Library,
    response: HttpResponse,
    platform: PlatformClient,
    users: readonly ImportedUser[],
): PlatformResponse {
    return parseReply(library, 'parse_import_users_response', response, { platform, users }) as PlatformResponse;
}
