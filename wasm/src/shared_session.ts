import type { ClientInformation, ServerMetadata } from './arguments.js';
import type { AuthError } from './error.js';
import type { Library } from './library.js';
import type { SessionOptions } from './session.js';
import { SessionMachine } from './session_machine.js';
import type { SignIn } from './sign_in.js';

/** How a session is shared. */
export interface SharedSessionOptions {
    /** `by_host`, if left out: a lock that ends with whoever holds it (Web Locks). `none`: a lease in the store alone. */
    readonly lock?: 'by_host' | 'none';
    /** How long a refresh may take before another takes it over, in milliseconds. */
    readonly lease?: number;
    /** How it is kept fresh. */
    readonly session?: Omit<SessionOptions, 'storage'>;
}

/** What a shared session is opened with. */
export interface SharedSessionArguments {
    readonly server: ServerMetadata;
    readonly client: ClientInformation;
    readonly options?: SharedSessionOptions;
}

/**
 * A question about the one place where the session is kept. `lock`: wait until the lock is held here. `unlock`: let it go, or stop waiting for it. `read`: what
 * is stored? `replace`: store `value` if the store is still at `revision` ("": nothing is there), and never half of it.
 */
export interface StoreQuestion {
    readonly id: number;
    readonly what: 'lock' | 'unlock' | 'read' | 'replace';
    /** Of `replace`. */
    readonly revision?: string;
    /** Of `replace`: tokens are in it. */
    readonly value?: string;
}

/** The answer. `failed`: it could not be done, or whether it was is not known. `conflict`, to `replace`: the store is at another revision. */
export interface StoreAnswer {
    readonly what: 'failed' | 'done' | 'conflict';
    /** Whatever tells one state of the store from every other; "" where nothing is stored. */
    readonly revision?: string;
    /** Of `read`. */
    readonly value?: string;
}

/** What happened to a session that is shared. There is nothing to save: that was asked for with a `StoreQuestion`. */
export interface SharedSessionEvent {
    /** `notify`: tell the others that `generation` was stored, and nothing else: they call `handleNotice` and read for themselves. */
    readonly what: 'tokens_changed' | 'notify' | 'refresh_failed' | 'store_failed' | 'scope_reduced' | 'clock_corrected' | 'ended';
    /** Of `notify`. */
    readonly generation: number;
    readonly error?: AuthError;
    /** When it is tried again, a UNIX time in milliseconds. */
    readonly retry_at?: number;
    readonly text?: string;
}

/**
 * One session among several tabs, with one refresh between them: a machine over a store that the host supplies. What is stored is what counts, and nothing is
 * given out that is not stored. Ask for store questions after every other call.
 */
export class SharedSession extends SessionMachine<SharedSessionEvent> {
    /** Stores the session of a user who has just signed in, whatever is stored now. Errors: those of `Session.start`. */
    static start(library: Library, { sign_in, ...args }: SharedSessionArguments & { readonly sign_in: SignIn }, now: number): SharedSession {
        const handle = library.start('shared_session.start', { ...args, sign_in: sign_in.handle }, now);
        sign_in.dispose();
        return new SharedSession(library, handle);
    }

    /** Takes part in the session that is stored; where there is none, it ends with `session_missing`. Errors: those of `Session.start`. */
    static open(library: Library, args: SharedSessionArguments, now: number): SharedSession {
        return new SharedSession(library, library.start('shared_session.open', args, now));
    }

    /** Whether the store was not read yet: whether anybody is signed in is not known. */
    isOpening(): boolean {
        return this.invoke('is_opening') as boolean;
    }

    /** Another tab says that something was stored: it is read soon. Nothing that the notice says is believed. */
    handleNotice(): void {
        this.invoke('handle_notice');
    }

    /** What to ask the store, if anything; each question is handed out once. */
    pollStoreQuestion(): StoreQuestion | undefined {
        return this.library.pollStoreQuestion(this.handle) as StoreQuestion | undefined;
    }

    /** Takes the answer to a question; to another one than the open one it is ignored and says so (false). */
    handleStoreAnswer(id: number, answer: StoreAnswer): boolean {
        return this.library.handleStoreAnswer(this.handle, id, answer);
    }
}
