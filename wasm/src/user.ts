import type { Json, JsonObject } from './arguments.js';
import type { HttpRequest, HttpResponse } from './http.js';
import type { Library } from './library.js';
import { type ManagementProfile, parseReply, type PlatformClient } from './platform_request.js';

/** A user as /users/resolve knows one. Ids and address are "" where the platform did not say. */
export interface ResolvedUser {
    readonly userId: string;
    readonly keycloakUserId: string;
    readonly email: string;
    /** Whether the user has a licence for the calling application; null where the platform did not say. */
    readonly hasLicense: boolean | null;
    /** The user's licences; the shape of an element is not documented. Null where the platform did not say. */
    readonly licenses: Json;
    /** The whole reply. */
    readonly document: JsonObject;
}

/** Asks who has an address. Errors: `platform_member_invalid` (no address, or more than 255 characters), those of `buildPlatformRequest`. */
export function buildResolveUserRequest(library: Library, platform: PlatformClient, email: string): HttpRequest {
    return library.call('build_resolve_user_request', { platform, email }) as HttpRequest;
}

/**
 * Asks who has a Keycloak id. Errors: `platform_fact_missing` (the profile has no `resolve_keycloak_parameter`), `platform_member_invalid` (no id), those of
 * `buildPlatformRequest`.
 */
export function buildResolveKeycloakUserRequest(
    library: Library,
    platform: PlatformClient,
    keycloakUserId: string,
    profile: ManagementProfile,
): HttpRequest {
    return library.call('build_resolve_keycloak_user_request', { platform, keycloakUserId, profile }) as HttpRequest;
}

/**
 * Reads the reply; null: the platform says that there is no such user. A user with another address than `email`, the one that was asked for ("" where a
 * Keycloak id was), is an error. Errors: those of `parsePlatformResponse`.
 */
export function parseResolveUserResponse(library: Library, response: HttpResponse, platform: PlatformClient, email: string): ResolvedUser | null {
    return parseReply(library, 'parse_resolve_user_response', response, { platform, email }) as ResolvedUser | null;
}

/**
 * Throws unless the user may use the calling application, from what /users/resolve told. It is for what the page shows: whoever guards something asks for
 * itself. Errors: `user_not_found`, `app_not_licensed`, `license_unknown` (the platform did not say: have the back end ask as an application client).
 */
export function requireLicense(library: Library, user: Pick<ResolvedUser, 'hasLicense'> | null): void {
    library.call('require_license', { user: user && { hasLicense: user.hasLicense } });
}
