import type { CheckOptions, JwkSet, Tolerances } from './arguments.js';
import type { Library } from './library.js';
import { Flow } from './machine.js';
import type { ValidatedIdToken } from './sign_in.js';

/** What an ID Token is held against (OIDC Core 3.1.3.7). */
export interface IdTokenExpectations extends Tolerances {
    readonly issuer: string;
    readonly client_id: string;
    /** RS256 if left out. */
    readonly id_token_signed_response_alg?: string;
    readonly nonce?: string;
    /** Seconds. */
    readonly max_age?: number;
    readonly acr_values?: readonly string[];
    /** Whose `at_hash` is looked at. */
    readonly access_token?: string;
}

/** What is validated, and with which keys. */
export interface TokenValidationArguments {
    readonly id_token: string;
    readonly keys: JwkSet;
    readonly expected: IdTokenExpectations;
    readonly options?: CheckOptions;
}

/** The flow that validates an ID Token, always with its signature (OIDC Core 3.1.3.7). It sends nothing. */
export class TokenValidation extends Flow<ValidatedIdToken> {
    /** Begins; `now` is the issuer's time. What is wrong with the token is the flow's error. */
    static start(library: Library, args: TokenValidationArguments, now: number): TokenValidation {
        return new TokenValidation(library, library.start('token_validation', args, now));
    }
}
