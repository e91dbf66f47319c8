import type { ClockOffset, JsonObject, JwkSet } from './arguments.js';
import { asError, type AuthError, type ErrorReport } from './error.js';
import type { Library } from './library.js';
import { ModuleObject } from './machine.js';

/** What a token endpoint gave (RFC 6749 5.1). Times are UNIX times in milliseconds. */
export interface TokenSet {
    readonly access_token: string;
    readonly token_type: string;
    readonly expires_at?: number;
    readonly received_at: number;
    readonly refresh_token?: string;
    readonly id_token?: string;
    /** What was granted. */
    readonly scope: string;
}

/** The claims of an ID Token that was validated (OIDC Core 2). */
export interface IdTokenClaims extends JsonObject {
    readonly iss: string;
    readonly sub: string;
    readonly aud: string | readonly string[];
    readonly exp: number;
    readonly iat: number;
    readonly auth_time?: number;
    readonly acr?: string;
    readonly sid?: string;
}

/** The claims of an ID Token that was validated, with its signature. */
export interface ValidatedIdToken {
    readonly claims: IdTokenClaims;
    /** `iss` and `sub` as one text (OIDC Core 2): what to know the user by. */
    readonly subject_key: string;
}

/** A user who has signed in. It holds tokens: hand it to `Session.start`, which takes it over, or dispose of it. */
export class SignIn extends ModuleObject {
    readonly tokens: TokenSet;
    /** Who it is. */
    readonly claims: IdTokenClaims;
    /** `iss` and `sub` as one text: what to know the user by. */
    readonly subject_key: string;
    /** UserInfo, if it was asked for and could be had (OIDC Core 5.3). */
    readonly userinfo: JsonObject | undefined;
    /** Why it could not. */
    readonly userinfo_error: AuthError | undefined;
    /** The issuer's keys, for the next time. */
    readonly keys: JwkSet;
    /** What was learned of this device's clock. */
    readonly clock: ClockOffset;
    /** Whether less was granted than asked for. */
    readonly scope_reduced: boolean;

    /** @internal */
    constructor(library: Library, written: unknown) {
        const of = written as WrittenSignIn;
        super(library, of.handle);
        this.tokens = of.tokens;
        this.claims = of.claims;
        this.subject_key = of.subject_key;
        this.userinfo = of.userinfo;
        this.userinfo_error = asError(of.userinfo_error);
        this.keys = of.keys;
        this.clock = of.clock;
        this.scope_reduced = of.scope_reduced;
    }
}

interface WrittenSignIn extends ValidatedIdToken {
    readonly handle: number;
    readonly tokens: TokenSet;
    readonly userinfo?: JsonObject;
    readonly userinfo_error?: ErrorReport;
    readonly keys: JwkSet;
    readonly clock: ClockOffset;
    readonly scope_reduced: boolean;
}
