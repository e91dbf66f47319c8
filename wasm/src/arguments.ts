/** What any JSON is. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** A JSON object. */
export interface JsonObject {
    readonly [member: string]: Json | undefined;
}

/**
 * The metadata of an authorization server (RFC 8414 2, OIDC Discovery 3), as it was published or as `Discovery` brings it. Members that are not listed
 * are kept.
 */
export interface ServerMetadata extends JsonObject {
    readonly issuer: string;
    readonly authorization_endpoint?: string;
    readonly token_endpoint?: string;
    readonly jwks_uri?: string;
    readonly userinfo_endpoint?: string;
    readonly revocation_endpoint?: string;
    readonly end_session_endpoint?: string;
    readonly registration_endpoint?: string;
}

/** What a page is registered as: a public client. There is no place for a secret here; one is refused with `secret_in_page`. */
export interface ClientInformation {
    readonly client_id: string;
    /** Of its ID Tokens (OIDC Registration 2); RS256 if left out. */
    readonly id_token_signed_response_alg?: string;
    /** Where UserInfo is registered as signed (OIDC Registration 2). */
    readonly userinfo_signed_response_alg?: string;
}

/** What the server is asked for (RFC 6749 4.1.1, OIDC Core 3.1.2.1). */
export interface AuthorizationParameters {
    readonly redirect_uri: string;
    /** "openid" if left out. */
    readonly scope?: string;
    readonly prompt?: string;
    /** Seconds. */
    readonly max_age?: number;
    readonly acr_values?: string;
    /** Whether another `acr` is refused (OIDC Core 5.5.1.1). */
    readonly acr_required?: boolean;
    readonly login_hint?: string;
    readonly ui_locales?: string;
    readonly display?: string;
    /** Where the token is to be used (RFC 8707 2). */
    readonly resource?: readonly string[];
    /** Parameters of the server's own. */
    readonly extra?: Readonly<Record<string, string>>;
}

/** The public keys of an issuer (RFC 7517 5). */
export interface JwkSet extends JsonObject {
    readonly keys: readonly JsonObject[];
}
