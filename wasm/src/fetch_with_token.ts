import type { AuthContext } from './auth_context.js';
import type { SessionRunner } from './auth_session.js';
import { pageError } from './error.js';
import type { Library } from './library.js';
import { putBearerToken } from './oauth.js';

/**
 * `fetch` with the access token, for an API of the origins allowed. A 401 is answered by one refresh and one repetition, unless the body is
 * a stream, which cannot be sent twice. No redirect is followed, because the token is not for whoever it leads to: with `redirect:
 * 'manual'` the caller gets it to see, otherwise it is the error that `fetch` makes of it. Errors: `not_signed_in`, `origin_not_allowed`,
 * `authorization_present`, why there is no token, and those of `fetch`, which are not of this package.
 */
export async function fetchWithToken(context: AuthContext, input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    const { runner, options } = context;
    if (!runner) throw pageError('not_signed_in');
    const base = options.page || typeof window !== 'undefined' ? context.page.location.href : undefined;
    const given = input instanceof Request ? input : new Request(new URL(input, base), init);
    // A Request that has a body is a stream as well; a copy keeps what was read until it is known whether it is wanted again.
    const request = input instanceof Request ? new Request(input, init) : given;
    const { origin } = new URL(request.url);
    const allowed = options.allowed_origins ?? (base ? [new URL(base).origin] : []);
    if (!allowed.some((one) => new URL(one).origin === origin)) throw pageError('origin_not_allowed', origin);
    if (request.headers.has('Authorization')) throw pageError('authorization_present');

    const library = await context.library();
    const again = init.body instanceof ReadableStream ? null : request.clone();
    const token = await aborted(runner.accessToken(), request.signal);
    const response = await send(context, library, request, token);
    if (response.status !== 401 || !again) return response;
    const next = await renewed(runner, context, token, request.signal);
    if (next === null) return response;
    await response.body?.cancel();
    return send(context, library, again, next);
}

/** Another token than the one that was refused; null: there is none. */
async function renewed(runner: SessionRunner, context: AuthContext, refused: string, signal: AbortSignal): Promise<string | null> {
    if (context.runner !== runner) return null;
    const due = runner.machine.handleUnauthorized(refused, context.clock.now());
    const outcome = due ? runner.next() : null;
    runner.step();
    try {
        if (outcome && (await aborted(outcome, signal))) return null;
        const token = await aborted(runner.accessToken(), signal);
        return token === refused ? null : token;
    } catch {
        signal.throwIfAborted();
        return null; // the answer that is there says more than why there is no other token
    }
}

function send(context: AuthContext, library: Library, request: Request, access_token: string): Promise<Response> {
    const { url } = request;
    // Whether the token may go there, and in a header, is for the library to say.
    const { headers } = putBearerToken(library, { request: { method: 'GET', url }, access_token });
    const with_token = new Headers(request.headers);
    for (const [name, value] of headers) with_token.set(name, value);
    const redirect = request.redirect === 'manual' ? 'manual' : 'error';
    return (context.options.fetch ?? fetch)(new Request(request, { headers: with_token, redirect }));
}

function aborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
        const stop = () => reject(signal.reason);
        if (signal.aborted) stop();
        signal.addEventListener('abort', stop, { once: true });
        promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    });
}
