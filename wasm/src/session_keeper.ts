import type { JsonObject, ServerMetadata } from './arguments.js';
import type { AuthContext } from './auth_context.js';
import { type AuthSession, SessionRunner } from './auth_session.js';
import { broadcastChannel, type ChannelLike, isNotice } from './channel.js';
import { AuthError, pageError } from './error.js';
import type { Library } from './library.js';
import { onWake } from './page.js';
import { SharedSession, type SharedSessionEvent } from './shared_session.js';
import type { SignIn } from './sign_in.js';

/**
 * Keeps the one session of a client: opens what is stored, starts a new one, listens to the other tabs and to whatever may mean that time
 * has passed.
 */
export class SessionKeeper {
    readonly #context: AuthContext;
    #channel: ChannelLike | null = null;
    #stopListening = () => {};
    #listening = false;
    #opening: Promise<AuthSession | null> | undefined;
    /** Whether the user signs out in this tab. */
    signingOut = false;

    constructor(context: AuthContext) {
        this.#context = context;
    }

    /** Begins to listen, once there is a page; where there is none, nothing wakes but the clock. */
    listen(onEvent: (event: Event) => void): void {
        if (this.#listening) return;
        this.#listening = true;
        const { options, store, name } = this.#context;
        if (store.shared) {
            this.#channel = (options.channel ?? broadcastChannel)(name);
            if (this.#channel) this.#channel.onmessage = ({ data }) => isNotice(data) && this.wake();
        }
        if (!options.page && typeof window === 'undefined') return;
        this.#stopListening = onWake(this.#context.page, (event) => {
            onEvent(event);
            this.wake();
        });
    }

    /** Looks again: at the machine, and, where others may have stored something, at the store. */
    wake(): void {
        const { runner, store, cell } = this.#context;
        if (runner) {
            if (store.shared) runner.machine.handleNotice();
            runner.step();
        } else if (store.shared && cell.state.status === 'signed_out') {
            // Somebody may have signed in elsewhere. What goes wrong here was not asked for by anybody.
            this.open().catch(() => {});
        }
    }

    /** Opens what is stored, if anything is. Errors: why that cannot be told. */
    open(): Promise<AuthSession | null> {
        return (this.#opening ??= this.#open().finally(() => (this.#opening = undefined)));
    }

    async #open(): Promise<AuthSession | null> {
        const context = this.#context;
        if (context.session()) return context.session();
        const { value } = await context.store.read(context.name);
        if (!value) return null;
        const { library, server } = await context.prepare();
        if (context.session()) return context.session(); // somebody signed in meanwhile
        const error = await this.#run(SharedSession.open(library, this.#arguments(server), context.clock.now()), library);
        if (error && error.condition !== 'authorize_again' && error.condition !== 'correct_input') throw error;
        return context.session();
    }

    /**
     * Keeps the session of a user who has just signed in, and stores it. Errors: why it is not stored; that is tried again all the same.
     */
    async start(library: Library, server: ServerMetadata, signed_in: SignIn): Promise<AuthSession> {
        const context = this.#context;
        context.keys = signed_in.keys;
        const machine = SharedSession.start(library, { ...this.#arguments(server), sign_in: signed_in }, context.clock.now());
        const error = await this.#run(machine, library, signed_in.userinfo);
        const session = context.session();
        if (error || !session) throw error ?? pageError('not_signed_in');
        return session;
    }

    /** Ends it here, and by what is stored for all others, and revokes its token; `error` tells whether that failed. */
    async end(): Promise<AuthError | null> {
        const context = this.#context;
        const { runner } = context;
        if (!runner) return null;
        this.signingOut = true;
        runner.machine.signOut(context.clock.now());
        runner.step();
        while (context.runner === runner && !runner.machine.hasEnded()) await runner.stepped();
        const error = context.runner === runner ? (runner.machine.lastError() ?? null) : null;
        this.#drop(runner, pageError('not_signed_in'));
        this.signingOut = false;
        return error;
    }

    close(): void {
        this.#stopListening();
        this.#channel?.close();
        const { runner } = this.#context;
        if (runner) this.#drop(runner, pageError('client_closed'));
    }

    #arguments(server: ServerMetadata) {
        const { client, lock, keys } = this.#context;
        return { server, client, options: { lock: lock ? ('by_host' as const) : ('none' as const), ...(keys && { session: { keys } }) } };
    }

    /** Until the session is there, or why it is not. */
    async #run(machine: SharedSession, library: Library, userinfo: JsonObject | null = null): Promise<AuthError | null> {
        const context = this.#context;
        if (context.runner) this.#drop(context.runner, pageError('sign_in_replaced'));
        if (context.closed.signal.aborted) {
            machine.dispose();
            throw pageError('client_closed');
        }
        const { clock, store, lock, name } = context;
        const parts = { host: context.host(library), clock, store, lock, name, userinfo };
        const runner: SessionRunner = new SessionRunner(machine, parts, (event) => this.#hear(runner, event));
        context.runner = runner;
        const first = runner.next();
        runner.step();
        return first;
    }

    #hear(runner: SessionRunner, event: SharedSessionEvent | null): void {
        const context = this.#context;
        if (context.runner !== runner) return;
        if (event?.what === 'notify')
            this.#channel?.postMessage(this.signingOut ? { type: 'signed_out' } : { type: 'stored', generation: event.generation });
        if (event?.what === 'ended' && !this.signingOut) {
            this.#drop(runner, event.error ?? pageError('not_signed_in'));
            context.rest({ error: event.error?.code === 'session_missing' ? null : (event.error ?? null) });
        }
        if (event) return;
        const { status, session } = context.cell.state;
        if (runner.snapshot === session) return;
        if (status === 'signed_in' || status === 'signed_out') context.rest(session ? {} : { error: null });
        else if (!this.signingOut) context.cell.set({ session: runner.snapshot });
    }

    #drop(runner: SessionRunner, error: AuthError): void {
        runner.close(error);
        if (this.#context.runner === runner) this.#context.runner = null;
    }
}
