import type { JsonObject } from './arguments.js';
import type { HttpRequest, HttpResponse } from './http.js';
import type { Library } from './library.js';
import { type ManagementProfile, parseReply, type PlatformClient, type PlatformResponse } from './platform_request.js';

/**
 * Has the platform send the user a mail with which the password is reset. Whether `id` is the platform's id of a user or Keycloak's is not documented.
 * Needs the permission org:users:manage. Errors: `platform_fact_missing` (the profile has no `reset_password_body`), `platform_id_invalid`, those of
 * `buildPlatformRequest`.
 */
export function buildResetPasswordRequest(library: Library, platform: PlatformClient, id: string, profile: ManagementProfile): HttpRequest {
    return library.call('build_reset_password_request', { platform, id, profile }) as HttpRequest;
}

/** Reads the reply, whose data are not documented. Errors: those of `parsePlatformResponse`. */
export function parseResetPasswordResponse(library: Library, response: HttpResponse, platform: PlatformClient): PlatformResponse {
    return parseReply(library, 'parse_reset_password_response', response, { platform }) as PlatformResponse;
}

/**
 * Sets a temporary password. `extra_members` are members beside it. Needs the permission org:users:manage. Errors: `platform_fact_missing` (the profile
 * has no `set_password_member`), `platform_id_invalid`, `platform_member_invalid` (no password), `parameter_reserved`, those of `buildPlatformRequest`.
 */
export function buildSetPasswordRequest(
    library: Library,
    platform: PlatformClient,
    id: string,
    temporary_password: string,
    profile: ManagementProfile,
    extra_members?: JsonObject,
): HttpRequest {
    return library.call('build_set_password_request', { platform, id, temporary_password, profile, extra_members }) as HttpRequest;
}

/** Reads the reply, whose data are not documented. No error repeats the password that was sent. Errors: those of `parsePlatformResponse`. */
export function parseSetPasswordResponse(
    library: Library,
    response: HttpResponse,
    platform: PlatformClient,
    temporary_password: string,
): PlatformResponse {
    return parseReply(library, 'parse_set_password_response', response, { platform, temporary_password }) as PlatformResponse;
}
