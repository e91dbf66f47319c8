import type { HttpRequest, HttpResponse, TransportFailure } from './http.js';

/** Sends one request and brings the answer, or why there is none. */
export type Transport = (request: HttpRequest, signal?: AbortSignal) => Promise<HttpResponse | TransportFailure>;

/**
 * The transport contract over `fetch`: no redirect is followed, no cookie and no cache takes part, the whole exchange ends after `timeout`, and reading
 * ends once the body passes `max_response_body`. A failure of `fetch` does not tell whether the request left: it counts as `no_answer`, unless the
 * browser says that it is offline. Of the header fields of an answer from another origin only those are seen that it exposes (Fetch 3.3.3).
 */
export function fetchTransport(send: typeof fetch = (input, init) => fetch(input, init)): Transport {
    return async (request, signal) => {
        const ending = new AbortController();
        let ended: TransportFailure | undefined;
        const end = (why: TransportFailure) => {
            ended ??= why;
            ending.abort();
        };
        const cancel = () => end('cancelled');
        if (signal?.aborted) return 'cancelled';
        signal?.addEventListener('abort', cancel);
        const timer = setTimeout(() => end('no_answer'), request.timeout);
        try {
            const response = await send(request.url, {
                method: request.method,
                headers: request.headers as [string, string][],
                ...(request.body && { body: request.body }),
                redirect: 'error',
                credentials: 'omit',
                cache: 'no-store',
                referrerPolicy: 'no-referrer',
                signal: ending.signal,
            });
            const body = await readBody(response, request.max_response_body);
            if (!body) end('too_large');
            return ended ?? { status: response.status, headers: [...response.headers], body: body as Uint8Array };
        } catch {
            return ended ?? (globalThis.navigator?.onLine === false ? 'not_sent' : 'no_answer');
        } finally {
            clearTimeout(timer);
            signal?.removeEventListener('abort', cancel);
        }
    };
}

/** The body; `undefined` where it is longer than allowed. No copy of it is left. */
async function readBody(response: Response, most: number): Promise<Uint8Array | undefined> {
    if (!response.body) return new Uint8Array();
    const reader = response.body.getReader();
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
        for (;;) {
            const { done, value } = await reader.read();
            if (done) break;
            size += value.length;
            chunks.push(value);
            if (size > most) return undefined;
        }
        const body = new Uint8Array(size);
        let at = 0;
        for (const chunk of chunks) {
            body.set(chunk, at);
            at += chunk.length;
        }
        return body;
    } finally {
        for (const chunk of chunks) chunk.fill(0);
    }
}
