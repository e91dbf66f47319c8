import type { AuthorizationParameters, CheckOptions, ClientInformation, ServerMetadata } from './arguments.js';
import { asError, type AuthError } from './error.js';
import type { HttpRequest, HttpResponse } from './http.js';
import type { Library } from './library.js';
import type { TokenSet } from './sign_in.js';

/** Whose request it is, and to whom. */
export interface ClientAtServer {
    readonly server: ServerMetadata;
    readonly client: ClientInformation;
    readonly options?: CheckOptions;
}

/** What binds the answer to the request (RFC 9700 2.1.1): all fresh, the challenge S256 (RFC 7636 4.2). */
export interface AuthorizationBinding {
    readonly state: string;
    readonly nonce: string;
    readonly code_challenge: string;
}

/** What a redirect is held against. */
export interface AuthorizationExpectations {
    readonly issuer: string;
    readonly redirect_uri: string;
    readonly state: string;
    /** Whether the server says that it sends `iss` (RFC 9207 3). */
    readonly iss_required?: boolean;
}

/** What a token is asked for with (RFC 6749 4.1.3, 6). */
export type Grant =
    | { readonly grant_type: 'authorization_code'; readonly code: string; readonly redirect_uri: string; readonly code_verifier: string }
    | { readonly grant_type: 'refresh_token'; readonly refresh_token: string; readonly granted_scope?: string; readonly scope?: string };

/** What a token response is held against. */
export interface TokenExpectations {
    /** What was asked for: what was granted where the answer says nothing (RFC 6749 5.1). */
    readonly scope?: string;
    readonly id_token_required?: boolean;
    /** The tokens before a refresh. */
    readonly refreshed?: TokenSet;
}

/** A request of a page's own, for `putBearerToken`. */
export interface ResourceRequest {
    readonly method?: HttpRequest['method'];
    readonly url: string;
    readonly headers?: HttpRequest['headers'];
    readonly body?: string;
}

/** One challenge of a WWW-Authenticate field (RFC 9110 11.6.1). */
export interface Challenge {
    readonly scheme: string;
    readonly token68?: string;
    readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** The request for the metadata of a server (OIDC Discovery 4, RFC 8414 3). Errors: `url_not_https` and others of URLs. */
export function buildServerMetadataRequest(
    library: Library,
    args: { readonly issuer: string; readonly location?: 'openid_configuration' | 'oauth_authorization_server'; readonly options?: CheckOptions },
): HttpRequest {
    return library.call('build_server_metadata_request', args) as HttpRequest;
}

/** Reads the answer. Errors: those of any answer, those of `parseServerMetadata`. */
export function parseServerMetadataResponse(
    library: Library,
    response: HttpResponse,
    args: { readonly issuer: string; readonly options?: CheckOptions },
): ServerMetadata {
    return library.callWithResponse('parse_server_metadata_response', response, args) as ServerMetadata;
}

/** Reads a metadata document (RFC 8414 2, OIDC Discovery 3). Errors: `metadata_issuer_mismatch`, those of JSON and of its members. */
export function parseServerMetadata(
    library: Library,
    args: { readonly text: string; readonly issuer: string; readonly options?: CheckOptions },
): ServerMetadata {
    return library.call('parse_server_metadata', args) as ServerMetadata;
}

/** The URL to open in the browser (RFC 6749 4.1.1, OIDC Core 3.1.2.1). Errors: `binding_missing`, `endpoint_missing`, those of the parameters. */
export function buildAuthorizationUrl(
    library: Library,
    args: ClientAtServer & { readonly parameters: AuthorizationParameters; readonly binding: AuthorizationBinding },
): string {
    return library.call('build_authorization_url', args) as string;
}

/** Throws unless it can be registered as a redirect_uri (RFC 6749 3.1.2). Errors: `redirect_uri_invalid`. */
export function validateRedirectUri(library: Library, args: { readonly redirect_uri: string; readonly options?: CheckOptions }): void {
    library.call('validate_redirect_uri', args);
}

/** Checks the URL that the browser was redirected to, and takes the code out (RFC 6749 4.1.2, RFC 9207). Errors: `state_mismatch`, `authorization_error`, ... */
export function validateAuthorizationResponse(
    library: Library,
    args: { readonly url: string; readonly expected: AuthorizationExpectations; readonly options?: CheckOptions },
): { readonly code: string } {
    return library.call('validate_authorization_response', args) as { code: string };
}

/** Whether a URL is the answer to that request, well or not, it is our redirect_uri with our `state`. Anything else may come from any page. */
export function isOurRedirect(
    library: Library,
    args: { readonly url: string; readonly expected: AuthorizationExpectations; readonly options?: CheckOptions },
): boolean {
    return library.call('is_our_redirect', args) as boolean;
}

/** 256 random bits in base64url: a code_verifier (RFC 7636 4.1), a state, a nonce. Errors: `random_source_failed`. */
export function makeCodeVerifier(library: Library): string {
    return library.call('make_code_verifier') as string;
}

/** Throws unless it may be used as one (RFC 7636 4.1). Errors: `code_verifier_invalid`. */
export function validateCodeVerifier(library: Library, args: { readonly code_verifier: string; readonly options?: CheckOptions }): void {
    library.call('validate_code_verifier', args);
}

/** The request for tokens (RFC 6749 4.1.3, 6). Errors: `endpoint_missing`, `scope_exceeds_grant`, ... */
export function buildTokenRequest(library: Library, args: ClientAtServer & { readonly grant: Grant }, now: number): HttpRequest {
    return library.call('build_token_request', args, undefined, now) as HttpRequest;
}

/** Reads the answer (RFC 6749 5.1, 5.2). An ID Token in it is not validated: `TokenValidation` does that. Errors: the server's own, those of any answer. */
export function parseTokenResponse(
    library: Library,
    response: HttpResponse,
    args: { readonly expected?: TokenExpectations; readonly options?: CheckOptions },
    now: number,
): TokenSet {
    return library.callWithResponse('parse_token_response', response, args, now) as TokenSet;
}

/** Whether a scope has all of another one (RFC 6749 3.3). */
export function scopeCovers(library: Library, granted: string, wanted: string): boolean {
    return library.call('scope_covers', { granted, wanted }) as boolean;
}

/** The request that revokes a token (RFC 7009 2.1). Errors: `endpoint_missing`. */
export function buildRevocationRequest(
    library: Library,
    args: ClientAtServer & { readonly token: string; readonly token_type_hint?: string },
    now: number,
): HttpRequest {
    return library.call('build_revocation_request', args, undefined, now) as HttpRequest;
}

/** Reads the answer (RFC 7009 2.2). Errors: the server's own, those of any answer. */
export function parseRevocationResponse(
    library: Library,
    response: HttpResponse,
    args: { readonly client: ClientInformation; readonly token: string; readonly options?: CheckOptions },
): void {
    library.callWithResponse('parse_revocation_response', response, args);
}

/** The request with the access token in its Authorization field (RFC 6750 2.1). Errors: `url_not_https`, `token_not_sendable`, ... */
export function putBearerToken(
    library: Library,
    args: { readonly request: ResourceRequest; readonly access_token: string; readonly options?: CheckOptions },
): HttpRequest {
    return library.call('put_bearer_token', args) as HttpRequest;
}

/** The challenges of an answer, in their order (RFC 9110 11.6.1). Errors: `challenge_malformed`. */
export function parseWwwAuthenticate(
    library: Library,
    args: { readonly headers: HttpResponse['headers']; readonly options?: CheckOptions },
): readonly Challenge[] {
    return library.call('parse_www_authenticate', args) as Challenge[];
}

/** Why a resource server refused (RFC 6750 3.1); `undefined` where it did not. */
export function parseResourceError(library: Library, response: HttpResponse, options: CheckOptions = {}): AuthError | undefined {
    return asError(library.callWithResponse('parse_resource_error', response, { options }));
}
