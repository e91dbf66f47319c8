import type { AuthorizationParameters, CheckOptions, ClientInformation, JwkSet, ServerMetadata, Tolerances } from './arguments.js';
import { answerQuestions } from './drive.js';
import type { Library } from './library.js';
import { Flow } from './machine.js';
import { SignIn } from './sign_in.js';

/** How to sign in, beyond what the server is asked for. */
export interface AuthorizationCodeOptions extends CheckOptions, Tolerances {
    /** Read UserInfo after the ID Token was validated. */
    readonly request_userinfo?: boolean;
    /** Held from an earlier sign-in: nothing is fetched unless they do not fit. */
    readonly keys?: JwkSet;
    /** Learned earlier: `clock.learned` of a sign-in, in milliseconds. */
    readonly clock?: number;
    /** How long the user may take in the browser, in milliseconds. */
    readonly lifetime?: number;
}

/** What a sign-in begins with. */
export interface AuthorizationCodeArguments {
    readonly server: ServerMetadata;
    readonly client: ClientInformation;
    readonly parameters: AuthorizationParameters;
    readonly options?: AuthorizationCodeOptions;
}

/** What a sign-in is taken up again with. */
export interface PendingArguments {
    readonly server: ServerMetadata;
    readonly client: ClientInformation;
    /** What `pending()` gave. */
    readonly pending: string;
    readonly options?: AuthorizationCodeOptions;
}

/**
 * The authorization code flow (RFC 6749 4.1, OIDC Core 3.1) with PKCE, state, nonce and a validated ID Token. Open `authorizationUrl()`, keep `pending()`,
 * hand in the URL that the browser comes back to, and `drive` the rest. The code is exchanged once, whatever happens.
 */
export class AuthorizationCodeFlow extends Flow<SignIn> {
    /**
     * Begins a sign-in; there is an authorization URL when the promise is kept. Errors: `random_source_failed`, `crypto_unavailable`, `endpoint_missing`,
     * `secret_in_page`, `argument_malformed`, those of C++'s `authorization_code_flow::start`.
     */
    static async start(library: Library, args: AuthorizationCodeArguments, now: number): Promise<AuthorizationCodeFlow> {
        const flow = new AuthorizationCodeFlow(library, library.start('authorization_code_flow.start', args, now));
        try {
            await answerQuestions(flow, library.crypto); // the challenge of PKCE (RFC 7636 4.2)
            if (!flow.awaitingRedirect()) flow.pollResult(); // throws why
            return flow;
        } catch (error) {
            flow.dispose();
            throw error;
        }
    }

    /**
     * Takes a sign-in up again, in this page or another one. Errors: `pending_of_another_server`, `pending_of_another_client`, `blob_malformed`, and those
     * of `start`. One that is too old ends with `sign_in_expired`.
     */
    static resume(library: Library, args: PendingArguments, now: number): AuthorizationCodeFlow {
        return new AuthorizationCodeFlow(library, library.start('authorization_code_flow.resume', args, now));
    }

    /** What to open in the browser; `undefined` after `resume`. It holds state and nonce. */
    authorizationUrl(): string | undefined {
        return (this.invoke('authorization_url') as string | null) ?? undefined;
    }

    /** Whether the redirect is still to come: then what `handleRedirect` refuses was not the answer. */
    awaitingRedirect(): boolean {
        return this.invoke('awaiting_redirect') as boolean;
    }

    /** The only thing that must outlive the trip through the browser, a secret. `undefined` once the redirect was taken. */
    pending(): string | undefined {
        return (this.invoke('pending') as string | null) ?? undefined;
    }

    /**
     * Takes the URL that the browser was redirected to. Throws what is wrong with it; until exactly one `state`, equal to ours, was read at our redirect_uri,
     * the flow keeps waiting. Errors: `state_mismatch`, `sign_in_expired`, `redirect_already_used`, those of C++'s `validate_authorization_response`.
     */
    handleRedirect(url: string, now: number): void {
        this.invoke('handle_redirect', { url }, now);
    }

    /** @internal */
    protected override take(result: unknown): SignIn {
        return new SignIn(this.library, result);
    }
}
