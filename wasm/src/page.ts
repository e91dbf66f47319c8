import { pageError } from './error.js';

/** What of a window is needed. The default is the page's own. */
export interface Page {
    readonly location: Pick<Location, 'href' | 'origin' | 'assign'>;
    readonly history: Pick<History, 'replaceState' | 'state'>;
    readonly document?: Document;
    readonly sessionStorage?: Storage;
    readonly name: string;
    readonly opener: PageWindow | null;
    open(url: string, name: string, features: string): PageWindow | null;
    close(): void;
    addEventListener(type: string, listener: (event: Event) => void): void;
    removeEventListener(type: string, listener: (event: Event) => void): void;
}

/** Another window of this origin, as far as one can see it. */
export interface PageWindow {
    readonly closed: boolean;
    readonly location: Pick<Location, 'replace'>;
    readonly sessionStorage?: Storage;
    postMessage(message: unknown, targetOrigin: string): void;
    close(): void;
}

/** Milliseconds, and a way to be woken. Nothing trusts the latter: whoever is woken asks the machine. */
export interface Clock {
    now(): number;
    /** Calls `wake` after so many milliseconds, or later; the function that it returns takes that back. */
    after(milliseconds: number, wake: () => void): () => void;
}

/** The device's clock. */
export const systemClock: Clock = {
    now: () => Date.now(),
    after(milliseconds, wake) {
        const timer = setTimeout(wake, Math.min(Math.max(milliseconds, 0), 2 ** 31 - 1));
        return () => clearTimeout(timer);
    },
};

/** The page's own window. Errors: `page_missing`. */
export function ownPage(): Page {
    if (typeof window === 'undefined' || typeof window.history === 'undefined') throw pageError('page_missing');
    return window as unknown as Page;
}

/** What may mean that time has passed, or that the network is back. */
const wakers = ['visibilitychange', 'pageshow', 'focus', 'online', 'offline'];

/** Calls `wake` whenever one of these happens, until the function that it returns is called. */
export function onWake(page: Page, wake: (event: Event) => void): () => void {
    for (const type of wakers) page.addEventListener(type, wake);
    return () => wakers.forEach((type) => page.removeEventListener(type, wake));
}

/** Whether `url` is at the address of `expected`, whatever its query says; null: it is at another origin, but the same path. */
export function isAt(url: URL, expected: string): boolean | null {
    const address = new URL(expected);
    if (url.pathname !== address.pathname) return false;
    return url.origin === address.origin || null;
}

/**
 * Takes what an answer brought out of the address bar, and leaves the rest of the query, so that neither a reload nor a copied address has
 * it.
 */
export function stripAnswer(page: Page, url: URL): void {
    const bar = new URL(page.location.href);
    if (bar.href !== url.href) return;
    for (const name of ['code', 'state', 'iss', 'session_state', 'error', 'error_description', 'error_uri']) bar.searchParams.delete(name);
    bar.hash = '';
    page.history.replaceState(page.history.state, '', bar.href);
}

/** A path of this origin, normalised (RFC 9700 4.11.1). Errors: `return_to_refused`. */
export function pathOf(page: Page, return_to: string): string {
    const { origin } = page.location;
    const url = return_to.startsWith('/') && URL.canParse(return_to, origin) ? new URL(return_to, origin) : null;
    if (!url || url.origin !== origin || url.pathname.startsWith('//')) throw pageError('return_to_refused');
    return url.pathname + url.search + url.hash;
}

/** Sends the browser away with a form, for what is too long for a URL (RP-Initiated Logout 2). */
export function submitForm(page: Page, action: string, fields: readonly (readonly [name: string, value: string])[]): void {
    const { document } = page;
    if (!document) throw pageError('page_missing');
    const form = document.createElement('form');
    form.method = 'post';
    form.action = action;
    for (const [name, value] of fields) {
        const input = document.createElement('input');
        Object.assign(input, { type: 'hidden', name, value });
        form.append(input);
    }
    document.body.append(form);
    form.submit();
}
