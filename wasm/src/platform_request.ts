import type { Json, JsonObject } from './arguments.js';
import type { HttpRequest, HttpResponse } from './http.js';
import type { Library } from './library.js';

/**
 * Where the requests to the platform's APIs go. A page has no credential of the platform, for everybody could read it: its requests go to the page's own
 * back end, which knows who signed in, decides whether that user may do this, and adds the credential. One that is passed is refused with
 * `secret_in_page`.
 */
export interface PlatformClient {
    /** The back end's URL, which the platform's paths are put behind: https, or http on loopback. */
    readonly base_url: string;
}

/** What the platform's documentation leaves open of the management API. Nothing here has a default: what is needed and not given is `platform_fact_missing`. */
export interface ManagementProfile {
    /** The query parameter of /users/resolve that holds a Keycloak id. */
    readonly resolve_keycloak_parameter?: string;
    /** The body of /users/{id}/reset-password: JSON text, or "" for none. */
    readonly reset_password_body?: string;
    /** The member of the body of /users/{id}/set-password that holds the temporary password. */
    readonly set_password_member?: string;
}

/** What the platform replied with success. */
export interface PlatformResponse {
    readonly status: number;
    /** The envelope `{ success: true, data: ... }`; null where the reply had no body. */
    readonly document: JsonObject | null;
}

/**
 * Any request to the platform's APIs, for the endpoints that this package has no function for. `path` begins with "/"; what it contains from outside is
 * percent-encoded already. Errors: `platform_path_invalid`, those of URLs.
 */
export function buildPlatformRequest(
    library: Library,
    platform: PlatformClient,
    method: HttpRequest['method'],
    path: string,
    body?: Json,
): HttpRequest {
    return library.call('build_platform_request', { platform, method, path, body }) as HttpRequest;
}

/**
 * Reads the reply of the management API. A refusal is an error that tells the platform's own words, in `serverText`, and its code, if it gave one, in
 * `serverError`. Errors: those of any answer, `platform_response_malformed`, `platform_error`, and those that a code of the platform names, such as
 * `platform_client_refused`, `platform_input_refused`, `user_not_found`, `app_not_licensed`, `too_many_requests`.
 */
export function parsePlatformResponse(library: Library, response: HttpResponse, platform: PlatformClient): PlatformResponse {
    return parseReply(library, 'parse_platform_response', response, { platform }) as PlatformResponse;
}

/** @internal Calls a function that reads a reply. */
export function parseReply(library: Library, name: string, { status, headers, body }: HttpResponse, args: object): unknown {
    return library.call(name, { ...args, response: { status, headers } }, body);
}
