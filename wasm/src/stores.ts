import { AuthError, pageError } from './error.js';

/** What is stored under a name; both are '' where nothing is. */
export interface Stored {
    /** Tells one state of the store from every other. */
    readonly revision: string;
    /** Has tokens in it. */
    readonly value: string;
}

/**
 * Where a session is kept. A store that cannot do its work throws or rejects: it is asked again later, and nothing that is held is lost.
 */
export interface SessionStore {
    /** Whether other tabs see it: then they share one session, and one refresh. */
    readonly shared: boolean;
    read(name: string): Stored | Promise<Stored>;
    /** Stores the value if the store is still at that revision, and tells the new one; null: it is at another, and stays as it was. */
    replace(name: string, revision: string, value: string): string | null | Promise<string | null>;
}

/** Keeps the tokens in this page's memory alone: nothing is written, a reload signs in again, and every tab has its own sign-in. */
export function memoryStore(): SessionStore {
    const stored = new Map<string, Stored>();
    let count = 0;
    const read = (name: string) => stored.get(name) ?? { revision: '', value: '' };
    return {
        shared: false,
        read,
        replace(name, revision, value) {
            if (read(name).revision !== revision) return null;
            const next = String(++count);
            stored.set(name, { revision: next, value });
            return next;
        },
    };
}

/** Longer than a session is whose tokens are as long as can be, and short enough for the module even where JSON escapes all of it. */
const mostText = 690_000;
/** A revision and a value, without halves of a surrogate pair: text that the module can take in. */
const ours = /^[\d.e-]+ \P{Surrogate}*$/u;

/**
 * Keeps the session in localStorage, over reloads and for all tabs. What it costs: every script of this origin, one that was injected
 * included, can read the tokens there, and they stay on the disk until the user signs out. Errors: `storage_blocked`, `storage_full`.
 */
export function persistentStore(storage?: Pick<Storage, 'getItem' | 'setItem'>): SessionStore {
    const place = () => storage ?? storageOf(globalThis, 'localStorage');
    const read = (name: string): Stored => {
        const text = guarded(() => place().getItem(name)) ?? '';
        if (!text) return { revision: '', value: '' };
        // What somebody else wrote there is a state as well: a session cannot be read from it, but can replace it.
        if (text.length > mostText || !ours.test(text)) return { revision: '?', value: '?' };
        const end = text.indexOf(' ');
        return { revision: text.slice(0, end), value: text.slice(end + 1) };
    };
    return {
        shared: true,
        read,
        replace(name, revision, value) {
            if (read(name).revision !== revision) return null;
            const next = Date.now() + Math.random().toString().slice(1); // differs from what another tab writes at the same moment
            guarded(() => place().setItem(name, `${next} ${value}`));
            return next;
        },
    };
}

/** A storage of a window. Errors: `storage_blocked`: where the user has blocked it, reading the member is enough to throw. */
export function storageOf(window: object, name: 'localStorage' | 'sessionStorage'): Storage {
    const storage = guarded(() => (window as Partial<Window>)[name]);
    if (!storage) throw pageError('storage_blocked', name);
    return storage;
}

/** Does something with a storage. Errors: `storage_full`, `storage_blocked`. */
export function guarded<T>(action: () => T): T {
    try {
        return action();
    } catch (cause) {
        if (cause instanceof AuthError) throw cause;
        const name = String((cause as Partial<Error> | null)?.name);
        throw pageError(/quota/i.test(name) ? 'storage_full' : 'storage_blocked', name, cause);
    }
}
