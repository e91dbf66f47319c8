import { pageError } from './error.js';
import type { Clock, Page, PageWindow } from './page.js';

/** The window's name, and the member of every message by which the two windows know each other. */
const mark = 'calimatic-auth';
const features = 'popup,width=480,height=680';

/** Opens the window of a sign-in, empty: at once, in the user's gesture, before there is a URL. Errors: `popup_blocked`. */
export function openPopup(page: Page): PageWindow {
    const popup = page.open('about:blank', mark, features);
    if (!popup || popup.closed) throw pageError('popup_blocked');
    return popup;
}

/**
 * Waits for the URLs that the window comes back with, and gives each to `accept` until that returns true. What others send is ignored.
 * Rejects with `popup_closed`, or when `signal` is aborted.
 */
export function answerOfPopup(
    page: Page,
    popup: PageWindow,
    clock: Clock,
    signal: AbortSignal,
    accept: (url: string) => boolean,
): Promise<void> {
    return new Promise((resolve, reject) => {
        let stopWatching = () => {};
        const end = (settle: () => void) => {
            stopWatching();
            page.removeEventListener('message', receive);
            signal.removeEventListener('abort', aborted);
            settle();
        };
        const aborted = () => end(() => reject(signal.reason));
        const receive = (event: Event) => {
            const { source, origin, data } = event as MessageEvent;
            if (source !== popup || origin !== page.location.origin) return;
            const message = (data as Record<string, unknown> | null)?.[mark];
            if (message === 'ready') popup.postMessage({ [mark]: 'go' }, origin);
            else if (typeof message === 'string' && accept(message)) end(resolve);
        };
        const watch = () => {
            if (popup.closed) end(() => reject(pageError('popup_closed')));
            else stopWatching = clock.after(500, watch);
        };
        page.addEventListener('message', receive);
        signal.addEventListener('abort', aborted);
        if (signal.aborted) aborted();
        else watch();
    });
}

/**
 * In the window of a sign-in: gives the URL that it came back with to the page that opened it, and closes. That page is asked first, and
 * the URL is not sent before it answered, so that of two only one ever uses a code. False: there is no such page, or it is not waiting (any
 * more).
 */
export function handToOpener(page: Page, clock: Clock, url: string): Promise<boolean> {
    const { opener } = page;
    const { origin } = page.location;
    if (!opener || opener.closed || page.name !== mark) return Promise.resolve(false);
    return new Promise((resolve) => {
        const end = (handed: boolean) => {
            stopWaiting();
            page.removeEventListener('message', receive);
            resolve(handed);
        };
        const receive = (event: Event) => {
            const { source, origin: from, data } = event as MessageEvent;
            if (source !== opener || from !== origin || (data as Record<string, unknown> | null)?.[mark] !== 'go') return;
            opener.postMessage({ [mark]: url }, origin);
            end(true);
            page.close();
        };
        const stopWaiting = clock.after(3000, () => end(false));
        page.addEventListener('message', receive);
        opener.postMessage({ [mark]: 'ready' }, origin);
    });
}
