import type { ServerMetadata } from './arguments.js';
import type { AuthContext, SignInParameters } from './auth_context.js';
import type { AuthSession } from './auth_session.js';
import { AuthorizationCodeFlow } from './authorization_code_flow.js';
import { drive } from './drive.js';
import { AuthError, pageError } from './error.js';
import type { Library } from './library.js';
import { isAt, type PageWindow, pathOf, stripAnswer, urlOf } from './page.js';
import { type Pending, PendingSignIns } from './pending_store.js';
import { answerOfPopup, handToOpener, openPopup } from './popup.js';
import type { SessionKeeper } from './session_keeper.js';
import { storageOf } from './stores.js';
import { validateEndSessionResponse } from './oidc.js';

/** How to sign in this time; parameters of the client are replaced by those given here. */
export interface SignInOptions extends SignInParameters {
    /**
     * In a window of its own; call it right in the handler of a click. Otherwise the page itself leaves, and comes back to the
     * redirect_uri.
     */
    readonly popup?: boolean;
    /** Where the user wanted to go, a path of this origin: comes back as `state.return_to`. */
    readonly return_to?: string;
}

/** An answer that a URL brought: what became of it is told to everybody who asks again. */
interface Answer {
    readonly url: string;
    readonly promise: Promise<AuthSession | null>;
    settled: boolean;
    /** Whether it can be tried again: it failed before the code was used. */
    unused: boolean;
}

/** Signs users in from a page, by redirect or in a window of its own. */
export class PageSignIn {
    readonly #context: AuthContext;
    readonly #keeper: SessionKeeper;
    #attempt: AbortController | null = null;
    #window: PageWindow | null = null;
    #left: ((error: AuthError) => void) | null = null;
    #answer: Answer | null = null;

    constructor(context: AuthContext, keeper: SessionKeeper) {
        this.#context = context;
        this.#keeper = keeper;
        context.closed.signal.addEventListener('abort', () => this.cancel(pageError('client_closed')));
    }

    /** The answer that is being worked on, if any; never rejects. */
    settled(): Promise<unknown> | undefined {
        return this.#answer?.settled === false ? this.#answer.promise.catch(() => {}) : undefined;
    }

    /** Ends an attempt that is waiting; nothing is ever busy. */
    cancel(error: AuthError = pageError('sign_in_replaced')): void {
        this.#attempt?.abort(error);
        this.#attempt = null;
    }

    /** The page is shown again that left for the provider: the user came back without an answer. */
    shownAgain(): void {
        this.#left?.(pageError('sign_in_left'));
    }

    async signIn({ popup, return_to, ...asked }: SignInOptions): Promise<AuthSession> {
        const context = this.#context;
        const { clock, cell } = context;
        this.cancel();
        const attempt = (this.#attempt = new AbortController());
        const { signal } = attempt;
        this.#answer = null;
        let opened;
        try {
            context.open();
            const { page } = context;
            const back = return_to === undefined ? null : pathOf(page, return_to);
            const { redirect_uri, scope = 'openid profile email', parameters } = context.options;
            const { origin } = page.location;
            if (new URL(redirect_uri, origin).origin !== origin) throw pageError('redirect_uri_of_another_origin', origin);
            opened = this.#window = popup ? openPopup(page) : null;
            cell.set({ status: 'loading', error: null, return_to: null });
            const { library, server } = await context.prepare();
            signal.throwIfAborted();
            cell.set({ status: 'signing_in' });
            const flow = await AuthorizationCodeFlow.start(
                library,
                { server, client: context.client, parameters: { redirect_uri, scope, ...parameters, ...asked }, options: this.#options() },
                clock.now(),
            );
            try {
                signal.throwIfAborted();
                const url = flow.authorizationUrl() ?? '';
                const blob = flow.pending() ?? '';
                const pending: Pending = { kind: 'sign_in', blob, begun_at: clock.now(), return_to: back, popup: !!opened };
                if (!opened) {
                    context.pending.save(pending);
                    page.location.assign(url);
                    return await this.#leave(signal);
                }
                // Where the window loses its opener, it finds there what it needs.
                this.#tryToSave(opened, pending);
                opened.location.replace(url);
                await answerOfPopup(page, opened, clock, signal, (answer) => {
                    try {
                        flow.handleRedirect(answer, clock.now());
                    } catch {
                        return !flow.awaitingRedirect(); // anybody may have sent what is no answer; an answer's error is the flow's result
                    }
                    return true;
                });
                return await this.#finish(library, server, flow, back, signal);
            } finally {
                flow.dispose();
            }
        } catch (cause) {
            if (signal.aborted) throw signal.reason; // what took its place shows its own state
            const before = context.session();
            const error = context.fail(cause);
            if (before || error.code !== 'popup_closed' || !context.store.shared) throw error;
            // A window that lost its opener signs in by itself, and may have said so while nobody here listened.
            const session = await this.#keeper.open().catch(() => null);
            if (!session || signal.aborted) throw error;
            return session;
        } finally {
            if (this.#attempt === attempt) this.#attempt = null;
            if (!this.#attempt || this.#window !== opened) opened?.close(); // else it is the window of the later one
        }
    }

    /** What a URL says, once; null: it is no answer. */
    handleRedirect(url: string | undefined): Promise<AuthSession | null> {
        const before = this.#answer;
        const href = url ?? this.#context.page.location.href;
        const parsed = urlOf(href, this.#context.page.location.href);
        if (!parsed) return Promise.resolve(null);
        const { redirect_uri, post_logout_redirect_uri } = this.#context.options;
        const has = (name: string) => parsed.searchParams.has(name);
        const at = has('state') && (has('code') || has('error')) ? isAt(parsed, redirect_uri) : false;
        if (before && (before.url === href || (url === undefined && at === false))) {
            if (!before.settled) return before.promise;
            return before.unused ? this.#handle(before.url) : before.promise.then(() => this.#context.session());
        }
        if (at !== false) return this.#handle(href);
        if (post_logout_redirect_uri && has('state') && isAt(parsed, post_logout_redirect_uri)) return this.#handleLogout(parsed);
        this.#reportInterrupted();
        return Promise.resolve(null);
    }

    #handle(href: string): Promise<AuthSession | null> {
        const context = this.#context;
        context.open();
        const url = new URL(href, context.page.location.href);
        const work = handToOpener(context.page, context.clock, href).then((handed) => {
            stripAnswer(context.page, url);
            return handed ? new Promise<never>(() => {}) : this.#take(url, answer);
        });
        const promise = work.catch((cause: unknown) => {
            throw context.fail(cause);
        });
        const answer: Answer = { url: href, promise, settled: false, unused: true };
        this.#answer = answer;
        promise.catch(() => {}).finally(() => (answer.settled = true));
        return promise;
    }

    async #take(url: URL, answer: Answer): Promise<AuthSession | null> {
        const context = this.#context;
        const { page, clock, cell, store } = context;
        if (isAt(url, context.options.redirect_uri) === null) throw pageError('redirect_uri_of_another_origin', url.origin);
        cell.set({ status: 'loading', error: null });
        const { library, server } = await context.prepare();
        cell.set({ status: 'signing_in' });
        answer.unused = false;
        const state = url.searchParams.get('state') ?? '';
        let refused: AuthError | null = null;
        for (const [key, pending] of context.pending.list(clock.now())) {
            if (pending.kind !== 'sign_in') continue;
            if (!pending.blob) {
                if (pending.state === state) refused = pageError('sign_in_answered');
                continue;
            }
            let flow;
            try {
                flow = AuthorizationCodeFlow.resume(
                    library,
                    { server, client: context.client, pending: pending.blob, options: this.#options() },
                    clock.now(),
                );
            } catch {
                context.pending.remove(key); // it was changed by somebody else, or the page has another issuer by now
                continue;
            }
            try {
                try {
                    flow.handleRedirect(url.href, clock.now());
                } catch (error) {
                    if (flow.awaitingRedirect()) {
                        if (error instanceof AuthError && error.code !== 'state_mismatch') refused ??= error;
                        continue;
                    }
                    this.#mark(key, pending, state, true);
                    throw error;
                }
                // From here on the code counts as used, whatever happens to this page.
                this.#mark(key, pending, state, pending.popup && !store.shared);
                if (pending.popup && !store.shared) throw pageError('opener_lost');
                try {
                    const session = await this.#finish(library, server, flow, safePath(context, pending.return_to), context.closed.signal);
                    if (pending.popup) page.close();
                    return session;
                } finally {
                    if (!context.closed.signal.aborted) this.#mark(key, pending, state, true);
                }
            } finally {
                flow.dispose();
            }
        }
        const error = refused ?? pageError('sign_in_unknown');
        const session = context.session() ?? (await this.#keeper.open());
        if (!session) throw error;
        context.rest({ error }); // the user is signed in all the same
        return session;
    }

    async #finish(
        library: Library,
        server: ServerMetadata,
        flow: AuthorizationCodeFlow,
        return_to: string | null,
        signal: AbortSignal,
    ): Promise<AuthSession> {
        const context = this.#context;
        const signedIn = await drive(flow, context.host(library), signal);
        try {
            const session = await this.#keeper.start(library, server, signedIn);
            context.rest({ error: null, return_to });
            return session;
        } finally {
            signedIn.dispose();
        }
    }

    async #handleLogout(url: URL): Promise<null> {
        const context = this.#context;
        context.open();
        const found = context.pending.list(context.clock.now()).filter(([, pending]) => pending.kind === 'logout');
        if (found.length === 0) return null;
        stripAnswer(context.page, url);
        let error: unknown = null;
        for (const [key, { blob }] of found) {
            try {
                validateEndSessionResponse(await context.library(), { url: url.href, pending: blob });
                context.pending.remove(key);
                error = null;
                break;
            } catch (cause) {
                error = cause;
            }
        }
        // Any page can open that address: nothing but what is shown changes.
        if (error instanceof AuthError) context.cell.set({ error });
        return null;
    }

    /** An answer that was used by a page that left before it was done: nothing of it is left to go on with. */
    #reportInterrupted(): void {
        const context = this.#context;
        for (const [key, pending] of context.pending.list(context.clock.now())) {
            if (pending.blob || pending.finished !== false) continue;
            this.#mark(key, pending, pending.state ?? '', true);
            context.cell.set({ error: pageError('sign_in_interrupted') });
        }
    }

    #mark(key: string, { kind, begun_at, popup }: Pending, state: string, finished: boolean): void {
        try {
            this.#context.pending.save({ kind, blob: '', begun_at, return_to: null, popup, state, finished }, key);
        } catch {
            this.#context.pending.remove(key);
        }
    }

    #tryToSave(opened: object, pending: Pending): void {
        const context = this.#context;
        try {
            const there = () => context.options.pending_store ?? storageOf(opened, 'sessionStorage');
            new PendingSignIns(there, context.name).save(pending);
        } catch {
            // This page holds it, too, and waits for the answer.
        }
    }

    /** While the page leaves, nothing more is to come; it may be shown again, though. */
    #leave(signal: AbortSignal): Promise<never> {
        return new Promise((_, reject) => {
            this.#left = reject;
            signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
    }

    #options() {
        const { options, keys } = this.#context;
        return { ...(options.request_userinfo && { request_userinfo: true }), ...(keys && { keys }) };
    }
}

function safePath(context: AuthContext, return_to: string | null): string | null {
    try {
        return return_to === null ? null : pathOf(context.page, return_to);
    } catch {
        return null; // it was changed by somebody else
    }
}
