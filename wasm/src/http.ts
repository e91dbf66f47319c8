/** One request, to be sent by the host under the transport contract (see `fetchTransport`). It carries secrets. */
export interface HttpRequest {
    readonly id: number;
    readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
    readonly url: string;
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly body: string;
    /** Milliseconds for the whole exchange. */
    readonly timeout: number;
    /** Bytes after content decoding. */
    readonly max_response_body: number;
}

/** The server's answer, whatever its status. */
export interface HttpResponse {
    readonly status: number;
    readonly headers: readonly (readonly [name: string, value: string])[];
    /** Taken over and wiped by whatever handles the response. */
    readonly body: Uint8Array;
}

/**
 * Why there is no answer. `not_sent`: no byte can have reached the server. `no_answer`: the request may have been acted upon. `too_large`: the body
 * passed `max_response_body`. `cancelled`: the host gave up.
 */
export type TransportFailure = 'not_sent' | 'no_answer' | 'too_large' | 'cancelled';
