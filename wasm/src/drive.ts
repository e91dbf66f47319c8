import type { CryptoAnswer, CryptoAnswerer } from './crypto_question.js';
import { pageError } from './error.js';
import type { Library } from './library.js';
import type { Flow, Machine } from './machine.js';
import { fetchTransport, type Transport } from './transport.js';

/** How machines are run: who sends, tells the time, waits and answers cryptographic questions. */
export interface Host {
    readonly send: Transport;
    /** The UNIX time in milliseconds. */
    now(): number;
    /** Waits until then, or for a part of it, or until `signal` says to stop: whoever waits looks again. */
    waitUntil(time: number, signal?: AbortSignal): Promise<void>;
    readonly answer: CryptoAnswerer;
}

/** The host of a page: `fetch`, the system's clock, timers, and the answers of the library. */
export function fetchHost(library: Library, { fetch, now = Date.now }: { fetch?: typeof globalThis.fetch; now?: () => number } = {}): Host {
    return {
        send: fetchTransport(fetch),
        now,
        waitUntil: (time, signal) => waitUntil(time, now, signal),
        answer: library.crypto,
    };
}

/**
 * Waits until that time, half a minute at most, or until `signal` says to stop. Timers stand still while a device sleeps and run late in the background, so
 * that whoever waits looks at the clock again.
 */
export function waitUntil(time: number, now: () => number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
        const wait = Math.min(Math.max(time - now(), 0), 30_000);
        const done = () => {
            clearTimeout(timer);
            signal?.removeEventListener('abort', done);
            resolve();
        };
        const timer = setTimeout(done, wait);
        if (signal?.aborted) done();
        else signal?.addEventListener('abort', done);
    });
}

/** Answers the questions that a machine has now. False: there was none. An answerer that fails is `unavailable` to the machine, and then its error is thrown. */
export async function answerQuestions(machine: Machine, answer: CryptoAnswerer): Promise<boolean> {
    let asked = false;
    for (let question = machine.pollCryptoQuestion(); question; question = machine.pollCryptoQuestion()) {
        asked = true;
        let given: CryptoAnswer = { what: 'unavailable' };
        try {
            given = await answer(question);
        } finally {
            machine.handleCryptoAnswer(question.id, given);
        }
    }
    return asked;
}

/**
 * Does one thing that a machine can do now: answers its questions, or brings the answer to a request. False: there is nothing to do until `nextDeadline`, or
 * until something else arrives. Errors: see `answerQuestions`.
 */
export async function advance(machine: Machine, host: Host, signal?: AbortSignal): Promise<boolean> {
    if (await answerQuestions(machine, host.answer)) return true;
    const request = machine.pollRequest(host.now());
    if (!request) return false;
    const response = await host.send(request, signal);
    if (response === 'cancelled' && signal?.aborted) machine.abort();
    else if (typeof response === 'string') machine.handleFailure(request.id, response, host.now());
    else machine.handleResponse(request.id, response, host.now());
    return true;
}

/**
 * Runs a flow to its end and disposes of it. Errors: those of the flow; `aborted` when `signal` says so; `flow_in_wrong_state` where it waits for something
 * that a driver cannot bring; that of an answerer which failed.
 */
export async function drive<Result>(flow: Flow<Result>, host: Host, signal?: AbortSignal): Promise<Result> {
    try {
        for (;;) {
            if (signal?.aborted) flow.abort();
            const result = flow.pollResult();
            if (result !== undefined) return result;
            if (await advance(flow, host, signal)) continue;
            const late = flow.pollResult();
            if (late !== undefined) return late;
            const deadline = flow.nextDeadline();
            if (deadline === undefined) throw pageError('flow_in_wrong_state');
            await host.waitUntil(deadline, signal);
        }
    } finally {
        flow.dispose();
    }
}
