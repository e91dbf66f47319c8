import type { CheckOptions, JsonObject, ServerMetadata } from './arguments.js';
import type { HttpRequest, HttpResponse } from './http.js';
import type { Library } from './library.js';
import type { ClientAtServer, ResourceRequest } from './oauth.js';

/** How a user is signed out at the provider (RP-Initiated Logout 2). */
export interface EndSessionArguments extends ClientAtServer {
    /** What `makePendingLogout` gave; left out: the user does not come back. */
    readonly pending?: string;
    readonly parameters?: {
        readonly id_token_hint?: string;
        readonly logout_hint?: string;
        readonly ui_locales?: string;
    };
}

/** Such a request as a form to be posted, for hints that are too long for a URL, or are to stay out of logs. */
export interface EndSessionForm {
    readonly url: string;
    readonly fields: readonly (readonly [name: string, value: string])[];
}

/** Who may begin a sign-in here, and where it may lead (OIDC Core 4). */
export interface LoginInitiationExpectations {
    readonly issuers: readonly string[];
    /** Whose it is where `iss` is missing. */
    readonly iss_if_missing?: string;
    /** What may be opened afterwards. */
    readonly targets?: readonly string[];
}

/** A sign-in that somebody else asks to begin. */
export interface ThirdPartyInitiatedLogin {
    readonly iss: string;
    readonly login_hint?: string;
    readonly target_link_uri?: string;
}

/** The request for UserInfo (OIDC Core 5.3.1). Errors: `endpoint_missing`. */
export function buildUserinfoRequest(
    library: Library,
    args: { readonly server: ServerMetadata; readonly access_token: string; readonly options?: CheckOptions },
): HttpRequest {
    return library.call('build_userinfo_request', args) as HttpRequest;
}

/** Reads the answer, which is about that user (OIDC Core 5.3.2). Errors: `userinfo_sub_mismatch`, those of any answer. */
export function parseUserinfoResponse(
    library: Library,
    response: HttpResponse,
    args: { readonly sub: string; readonly options?: CheckOptions },
): JsonObject {
    return library.callWithResponse('parse_userinfo_response', response, args) as JsonObject;
}

/** Begins a logout whose user comes back: what to keep until then, a secret. Errors: `random_source_failed`, `redirect_uri_invalid`. */
export function makePendingLogout(
    library: Library,
    args: { readonly post_logout_redirect_uri: string; readonly options?: CheckOptions },
): string {
    return library.call('make_pending_logout', args) as string;
}

/** The URL to open (RP-Initiated Logout 2). Errors: `endpoint_missing`. */
export function buildEndSessionUrl(library: Library, args: EndSessionArguments): string {
    return library.call('build_end_session_url', args) as string;
}

/** The same as a form. Errors: as `buildEndSessionUrl`. */
export function buildEndSessionForm(library: Library, args: EndSessionArguments): EndSessionForm {
    return library.call('build_end_session_form', args) as EndSessionForm;
}

/** Throws unless the URL is where the user comes back to after that logout (RP-Initiated Logout 3). Errors: `state_mismatch`, ... */
export function validateEndSessionResponse(
    library: Library,
    args: { readonly url: string; readonly pending: string; readonly options?: CheckOptions },
): void {
    library.call('validate_end_session_response', args);
}

/** Checks a request to begin a sign-in (OIDC Core 4). Errors: `login_iss_untrusted`, `login_target_refused`, ... */
export function validateThirdPartyInitiatedLogin(
    library: Library,
    args: { readonly request: ResourceRequest; readonly expected: LoginInitiationExpectations; readonly options?: CheckOptions },
): ThirdPartyInitiatedLogin {
    return library.call('validate_third_party_initiated_login', args) as ThirdPartyInitiatedLogin;
}
