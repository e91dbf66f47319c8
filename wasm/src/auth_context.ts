import type { AuthorizationParameters, ClientInformation, JwkSet, ServerMetadata } from './arguments.js';
import type { AuthSession, SessionRunner } from './auth_session.js';
import { StateCell } from './auth_state.js';
import type { ChannelLike } from './channel.js';
import type { CryptoAnswerer } from './crypto_question.js';
import { Discovery } from './discovery.js';
import { drive, type Host } from './drive.js';
import { AuthError, pageError } from './error.js';
import type { Library, RandomSource } from './library.js';
import { load } from './load.js';
import { type SessionLock, webLocks } from './locks.js';
import { type Clock, ownPage, type Page, systemClock } from './page.js';
import { type PendingStore, PendingSignIns } from './pending_store.js';
import { memoryStore, type SessionStore, storageOf } from './stores.js';
import { fetchTransport } from './transport.js';
import type { WasmSource } from './wasm_source.js';

/** What an application says once. */
export interface AuthOptions {
    /** Of the provider, exactly as its metadata spell it. */
    readonly issuer: string;
    readonly client_id: string;
    /** Exactly as registered: a page of this origin that calls `handleRedirect`. */
    readonly redirect_uri: string;
    /** "openid profile email" if left out. */
    readonly scope?: string;
    /** Where the user comes back to after signing out at the provider, exactly as registered; left out: the user stays there. */
    readonly post_logout_redirect_uri?: string;
    /** The provider's metadata, if they are not to be asked for. */
    readonly server?: ServerMetadata;
    /** As registered; RS256 if left out. */
    readonly id_token_signed_response_alg?: string;
    /** Read UserInfo after the ID Token was validated: `session.userinfo`. */
    readonly request_userinfo?: boolean;
    /** What else the provider is asked for at every sign-in. */
    readonly parameters?: SignInParameters;
    /** `memoryStore()`, if left out, or `persistentStore()`. */
    readonly store?: SessionStore;
    /** Where a sign-in is remembered while the user is away; sessionStorage if left out. */
    readonly pending_store?: PendingStore;
    /** Whom `fetch` sends the access token to, besides the page's own origin if this is left out; with it, only these. */
    readonly allowed_origins?: readonly string[];
    readonly fetch?: typeof globalThis.fetch;
    readonly clock?: Clock;
    readonly random?: RandomSource;
    /** The window. */
    readonly page?: Page;
    /** Web Locks if left out; null: none. */
    readonly lock?: SessionLock | null;
    /** Makes the channel between tabs; a BroadcastChannel if left out. */
    readonly channel?: (name: string) => ChannelLike | null;
    /** Who answers cryptographic questions. */
    readonly crypto?: CryptoAnswerer;
    /** The module of WebAssembly, if it is not beside this package. */
    readonly wasm?: WasmSource;
}

/** What the provider may be asked for. */
export type SignInParameters = Omit<AuthorizationParameters, 'redirect_uri' | 'scope'>;

/** What the parts of one client share. */
export class AuthContext {
    readonly options: AuthOptions;
    readonly cell = new StateCell();
    readonly clock: Clock;
    readonly store: SessionStore;
    readonly lock: SessionLock | null;
    /** Of everything that this client stores or locks. */
    readonly name: string;
    readonly client: ClientInformation;
    readonly pending: PendingSignIns;
    /** Ends with the client. */
    readonly closed = new AbortController();
    runner: SessionRunner | null = null;
    keys: JwkSet | undefined;
    #library: Promise<Library> | undefined;
    #server: Promise<ServerMetadata> | undefined;

    constructor(options: AuthOptions) {
        this.options = options;
        this.clock = options.clock ?? systemClock;
        this.store = options.store ?? memoryStore();
        this.lock = options.lock === undefined ? webLocks() : options.lock;
        this.name = `calimatic-auth ${options.issuer} ${options.client_id}`;
        const { client_id, id_token_signed_response_alg } = options;
        this.client = { client_id, ...(id_token_signed_response_alg && { id_token_signed_response_alg }) };
        this.pending = new PendingSignIns(() => options.pending_store ?? storageOf(this.page, 'sessionStorage'), this.name);
    }

    /** Errors: `page_missing`. */
    get page(): Page {
        return this.options.page ?? ownPage();
    }

    /** Loaded once; what failed is tried again by the next call. Errors: `wasm_not_loaded`. */
    library(): Promise<Library> {
        const { wasm, random, crypto } = this.options;
        const options = { ...(wasm && { module: wasm }), ...(random && { random }), ...(crypto && { crypto }) };
        return (this.#library ??= load(options).catch((error: unknown) => {
            this.#library = undefined;
            throw error;
        }));
    }

    host(library: Library): Host {
        const { clock } = this;
        return {
            send: fetchTransport(this.options.fetch),
            now: () => clock.now(),
            waitUntil: (time, signal) =>
                new Promise((resolve) => {
                    const stop = clock.after(time - clock.now(), resolve);
                    signal?.addEventListener('abort', () => (stop(), resolve()), { once: true });
                }),
            answer: library.crypto,
        };
    }

    /** The metadata, kept for the page's life. Errors: those of `Discovery`. */
    server(library: Library): Promise<ServerMetadata> {
        const { server, issuer } = this.options;
        if (server) return Promise.resolve(server);
        const discover = () => drive(Discovery.start(library, { issuer }), this.host(library), this.closed.signal);
        return (this.#server ??= discover().catch((error: unknown) => {
            this.#server = undefined;
            throw error;
        }));
    }

    /** Module and metadata, with what the user sees meanwhile. */
    async prepare(): Promise<{ library: Library; server: ServerMetadata }> {
        this.open();
        const library = await this.library();
        if (this.cell.state.status === 'loading' && !this.options.server && !this.#server) this.cell.set({ status: 'discovering' });
        return { library, server: await this.server(library) };
    }

    /** Errors: `client_closed`. */
    open(): void {
        if (this.closed.signal.aborted) throw pageError('client_closed');
    }

    /** Who is signed in. */
    session(): AuthSession | null {
        return this.runner?.snapshot ?? null;
    }

    /** Shows what failed, and where that leaves the user. */
    fail(cause: unknown): AuthError {
        const error = cause instanceof AuthError ? cause : pageError('page_failed', cause instanceof Error ? cause.message : '', cause);
        this.rest({ error });
        return error;
    }

    /** Shows who is signed in. */
    rest(change: { error?: AuthError | null; return_to?: string | null } = {}): void {
        const session = this.session();
        this.cell.set({ status: session ? 'signed_in' : 'signed_out', session, ...change });
    }
}
