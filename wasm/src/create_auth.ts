import { AuthContext, type AuthOptions } from './auth_context.js';
import type { AuthSession } from './auth_session.js';
import type { AuthState } from './auth_state.js';
import { fetchWithToken } from './fetch_with_token.js';
import { PageSignIn, type SignInOptions } from './page_sign_in.js';
import { signOut, type SignOutOptions } from './page_sign_out.js';
import { SessionKeeper } from './session_keeper.js';

/** One client of one provider in one page. Every failure is a rejection with an `AuthError`, and `state.error`. */
export interface Auth {
    /** The same object until something changes. */
    readonly state: AuthState;
    /** The user who is signed in, or null. */
    readonly session: AuthSession | null;
    /**
     * Signs in. By redirect the page leaves, and the promise is kept only if it did not get away: then it rejects. Errors:
     * `return_to_refused`, `redirect_uri_of_another_origin`, `storage_blocked`, `storage_full`, `popup_blocked`, `popup_closed`,
     * `sign_in_left`, `sign_in_replaced`, those of the protocols.
     */
    signIn(options?: SignInOptions): Promise<AuthSession>;
    /**
     * Takes the answer of a sign-in that the page's URL, or the one given, has, and takes it out of the address bar; null: it has none. The
     * same answer a second time ends where the first one did. Errors: `sign_in_unknown`, `sign_in_answered`, `sign_in_expired`,
     * `opener_lost`, `redirect_uri_of_another_origin`, those of the protocols.
     */
    handleRedirect(url?: string): Promise<AuthSession | null>;
    /**
     * Loads everything, and opens the session that is stored; null: nobody is signed in, and `state.error` says why if there was somebody.
     */
    ready(): Promise<AuthSession | null>;
    /** `fetch` with the access token, for the origins allowed. */
    fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
    /** Signs out: here and in the other tabs that share the session, then the tokens, then at the provider, for which the page leaves. */
    signOut(options?: SignOutOptions): Promise<void>;
    /** Calls `listener` whenever the state changes, until the function that it returns is called. */
    subscribe(listener: (state: AuthState) => void): () => void;
    /** Frees everything, and signs nobody out. */
    close(): void;
    [Symbol.dispose](): void;
}

/** Makes the client of a page. Nothing happens before the first call of a method, so that a server may render with it, too. */
export function createAuth(options: AuthOptions): Auth {
    const context = new AuthContext(options);
    const keeper = new SessionKeeper(context);
    const signing = new PageSignIn(context, keeper);
    const listen = () => {
        context.open();
        keeper.listen((event) => (event as PageTransitionEvent).persisted && signing.shownAgain());
    };
    const close = () => {
        if (context.closed.signal.aborted) return;
        context.closed.abort();
        keeper.close();
        context.cell.clear();
    };
    const auth: Auth = {
        get state() {
            return context.cell.state;
        },
        get session() {
            return context.cell.state.session;
        },
        async signIn(how = {}) {
            listen();
            return signing.signIn(how);
        },
        async handleRedirect(url) {
            listen();
            return signing.handleRedirect(url);
        },
        async ready() {
            listen();
            await signing.settled();
            try {
                await context.library();
                const session = await keeper.open();
                const { status, error } = context.cell.state;
                if (status === 'loading' || status === 'discovering' || session) context.rest({ error: session ? null : error });
                return session;
            } catch (error) {
                throw context.fail(error);
            }
        },
        async fetch(input, init) {
            context.open();
            return fetchWithToken(context, input, init);
        },
        async signOut(how = {}) {
            context.open();
            signing.cancel();
            return signOut(context, keeper, how);
        },
        subscribe: (listener) => context.cell.subscribe(listener),
        close,
        [Symbol.dispose]: close,
    };
    return auth;
}
