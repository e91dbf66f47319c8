import type { CheckOptions, JsonObject, JwkSet } from './arguments.js';
import type { HttpRequest, HttpResponse } from './http.js';
import type { Library } from './library.js';

/** The header of a signed token (RFC 7515 4.1), not verified. */
export interface JoseHeader {
    readonly alg: string;
    readonly kid?: string;
    readonly typ?: string;
    readonly cty?: string;
    /** All of it. */
    readonly header: JsonObject;
}

/** Reads a set of keys (RFC 7517 5). Keys that are of no use here are told in `skipped`. Errors: `jwk_set_malformed`, those of JSON. */
export function parseJwkSet(library: Library, args: { readonly text: string; readonly options?: CheckOptions }): JwkSet {
    return library.call('parse_jwk_set', args) as JwkSet;
}

/** The request for an issuer's keys. Errors: those of URLs. */
export function buildJwkSetRequest(library: Library, args: { readonly jwks_uri: string; readonly options?: CheckOptions }): HttpRequest {
    return library.call('build_jwk_set_request', args) as HttpRequest;
}

/** Reads the answer. Errors: those of `parseJwkSet`, those of any answer. */
export function parseJwkSetResponse(library: Library, response: HttpResponse, options: CheckOptions = {}): JwkSet {
    return library.callWithResponse('parse_jwk_set_response', response, { options }) as JwkSet;
}

/** The text whose SHA-256 is the thumbprint of a key (RFC 7638 3). Errors: those of the key. */
export function thumbprintInput(library: Library, args: { readonly key: JsonObject; readonly options?: CheckOptions }): string {
    return library.call('thumbprint_input', args) as string;
}

/** Takes a signed token apart (RFC 7515 7.1). Nothing is verified: `TokenValidation` does that. Errors: `jws_not_compact`, ... */
export function parseCompactJws(library: Library, args: { readonly token: string; readonly options?: CheckOptions }): JoseHeader {
    return library.call('parse_compact_jws', args) as JoseHeader;
}

/** The claims in a signed token (RFC 7519 4). Nothing is verified: `TokenValidation` does that. Errors: those of `parseCompactJws`, of JSON. */
export function parseClaims(library: Library, args: { readonly token: string; readonly options?: CheckOptions }): JsonObject {
    return library.call('parse_claims', args) as JsonObject;
}
