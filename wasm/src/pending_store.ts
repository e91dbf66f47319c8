import { guarded } from './stores.js';

/** Where a sign-in is remembered while the user is away: what sessionStorage has of which this needs something. */
export type PendingStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** A sign-in, or a logout, that the user has not come back from. Secret. */
export interface Pending {
    readonly kind: 'sign_in' | 'logout';
    /** As the library saved it. '': it was answered, and must not be again. */
    readonly blob: string;
    /** Milliseconds. */
    readonly begun_at: number;
    readonly return_to: string | null;
    /** Begun in another window, which waits for the answer. */
    readonly popup: boolean;
    /** Of one that was answered: by which `state`, and whether it was finished. */
    readonly state?: string;
    readonly finished?: boolean;
}

/** How long it is told what became of a sign-in. The sign-in itself expires sooner, as the library says. */
const remembered = 24 * 3600 * 1000;
const most = 16;

/** The pending sign-ins of one client, each under a key of its own, so that no attempt overwrites another. */
export class PendingSignIns {
    readonly #place: () => PendingStore;
    readonly #prefix: string;

    constructor(place: () => PendingStore, name: string) {
        this.#place = place;
        this.#prefix = `${name} pending `;
    }

    /** The newest first; what is too old, or was not written by this class, is removed. Empty where the storage is blocked. */
    list(now: number): [key: string, pending: Pending][] {
        try {
            const store = this.#place();
            const all = Array.from({ length: store.length }, (_, i) => store.key(i) ?? '');
            const keys = all.filter((key) => key.startsWith(this.#prefix));
            const found = keys.map((key) => [key, read(store.getItem(key))] as [string, Pending]);
            found.sort((a, b) => (b[1]?.begun_at ?? 0) - (a[1]?.begun_at ?? 0));
            return found.filter(([key, pending], i) => {
                if (pending && i < most && Math.abs(now - pending.begun_at) < remembered) return true;
                store.removeItem(key);
                return false;
            });
        } catch {
            return [];
        }
    }

    /** Remembers one, and tells its key. Errors: `storage_blocked`, `storage_full`. */
    save(pending: Pending, key = this.#prefix + Math.random().toString(36).slice(2)): string {
        this.list(pending.begun_at);
        guarded(() => this.#place().setItem(key, JSON.stringify(pending)));
        return key;
    }

    /** Forgets one. */
    remove(key: string): void {
        try {
            this.#place().removeItem(key);
        } catch {
            // What cannot be removed is told apart by what it says.
        }
    }
}

function read(text: string | null): Pending | null {
    try {
        const value = JSON.parse(text ?? '') as Partial<Pending> | null;
        if (typeof value?.blob !== 'string' || typeof value.begun_at !== 'number') return null;
        return { ...value, return_to: typeof value.return_to === 'string' ? value.return_to : null } as Pending;
    } catch {
        return null;
    }
}
