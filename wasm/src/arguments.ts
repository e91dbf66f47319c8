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

/** Bounds on what is accepted, in bytes unless the name counts things (`limits` in C++). What is left out has the value of C++. */
export interface Limits {
    readonly url?: number;
    readonly parameters?: number;
    readonly headers?: number;
    readonly header_bytes?: number;
    readonly metadata_body?: number;
    readonly jwk_set_body?: number;
    readonly token_body?: number;
    readonly userinfo_body?: number;
    readonly platform_body?: number;
    readonly token?: number;
    readonly jose_header?: number;
    readonly kid?: number;
    readonly keys?: number;
    readonly key_candidates?: number;
    readonly json_depth?: number;
    readonly json_string?: number;
    readonly blob?: number;
    readonly server_text?: number;
}

/** What every function that reads something takes. */
export interface CheckOptions {
    readonly limits?: Limits;
}

/** How strictly an ID Token's times and audience are taken. */
export interface Tolerances {
    /** Further audiences that the ID Token may also be for. */
    readonly trusted_audiences?: readonly string[];
    /** Seconds. */
    readonly exp_tolerance?: number;
    /** Seconds. */
    readonly iat_tolerance?: number;
    /** Seconds. */
    readonly iat_max_age?: number;
}

/** What was learned of this device's clock. */
export interface ClockOffset {
    /** How many milliseconds are to be added to it; left out: nothing was learned. */
    readonly learned?: number;
    /** The same in words, where it is of note: "this device's clock is 11 minutes slow". */
    readonly description: string;
}
