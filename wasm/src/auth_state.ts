import type { AuthSession } from './auth_session.js';
import type { AuthError } from './error.js';

/** What a user interface shows. Immutable, and the same object until something changes. */
export interface AuthState {
    readonly status: 'loading' | 'discovering' | 'signed_out' | 'signing_in' | 'signed_in' | 'signing_out';
    /** The user who is signed in, also while another sign-in is under way. */
    readonly session: AuthSession | null;
    /** Why the last thing that was tried failed, or why nobody is signed in any more; null after a success. */
    readonly error: AuthError | null;
    /** Where the user wanted to go before the sign-in: a path of this origin. */
    readonly return_to: string | null;
}

/** Holds the state, and tells everybody who asked when it changes. */
export class StateCell {
    #state: AuthState = Object.freeze({ status: 'loading', session: null, error: null, return_to: null });
    readonly #listeners = new Set<(state: AuthState) => void>();

    get state(): AuthState {
        return this.#state;
    }

    set(change: Partial<AuthState>): void {
        const before = this.#state;
        if ((Object.keys(change) as (keyof AuthState)[]).every((name) => Object.is(before[name], change[name]))) return;
        const state = (this.#state = Object.freeze({ ...before, ...change }));
        for (const listener of [...this.#listeners]) {
            try {
                listener(state);
            } catch (cause) {
                globalThis.reportError?.(cause); // the others are told all the same
            }
        }
    }

    subscribe(listener: (state: AuthState) => void): () => void {
        const own = (state: AuthState) => listener(state); // so that one function can be given twice
        this.#listeners.add(own);
        return () => void this.#listeners.delete(own);
    }

    clear(): void {
        this.#listeners.clear();
    }
}
