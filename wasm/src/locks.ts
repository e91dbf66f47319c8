/** Keeps those who share a session from refreshing it at the same time. */
export interface SessionLock {
    /** Resolves once the lock of that name is held, to a function that lets it go. Rejects when `signal` is aborted before that. */
    acquire(name: string, signal: AbortSignal): Promise<() => void>;
}

/** What one tab has written to localStorage may reach the process of another some milliseconds after the lock does. */
const settling = 50;

/**
 * Web Locks, which end with the tab that holds them; null where there are none (a page over plain http): then the leases in the store
 * protect alone, and a tab that dies in the middle of a refresh is waited for.
 */
export function webLocks(manager: LockManager | null | undefined = globalThis.navigator?.locks): SessionLock | null {
    if (!manager) return null;
    return {
        acquire: (name, signal) =>
            new Promise((resolve, reject) => {
                const held = () => new Promise<void>((release) => setTimeout(() => resolve(release), settling));
                manager.request(name, { signal }, held).catch(reject);
            }),
    };
}
