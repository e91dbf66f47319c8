import type { CheckOptions, JsonObject, JwkSet, Tolerances } from './arguments.js';
import type { Library } from './library.js';
import { Flow } from './machine.js';
import type { SessionSubject } from './session.js';

/** What a logout token is held against (Back-Channel Logout 2.6). */
export interface LogoutTokenExpectations extends Tolerances {
    readonly issuer: string;
    readonly client_id: string;
    /** RS256 if left out. */
    readonly id_token_signed_response_alg?: string;
    /** Whether `typ` has to be "logout+jwt". */
    readonly typ_required?: boolean;
}

/** What is validated, and with which keys. */
export interface LogoutTokenValidationArguments {
    readonly logout_token: string;
    readonly keys: JwkSet;
    readonly expected: LogoutTokenExpectations;
    readonly options?: CheckOptions;
}

/** The claims of a logout token that was validated, with its signature. */
export interface ValidatedLogoutToken {
    readonly claims: JsonObject;
    /** Whose sessions are to end: what `Session.revoke` takes. */
    readonly subject: SessionSubject;
}

/**
 * The flow that validates a logout token (Back-Channel Logout 2.6). It sends nothing. A token that comes a second time is for whoever receives them to find,
 * by its `jti`.
 */
export class LogoutTokenValidation extends Flow<ValidatedLogoutToken> {
    /** Begins; `now` is the issuer's time. What is wrong with the token is the flow's error. */
    static start(library: Library, args: LogoutTokenValidationArguments, now: number): LogoutTokenValidation {
        return new LogoutTokenValidation(library, library.start('logout_token_validation', args, now));
    }
}
