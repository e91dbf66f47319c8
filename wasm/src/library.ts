import type { CryptoAnswer, CryptoAnswerer, CryptoQuestion } from './crypto_question.js';
import { AuthError, pageError } from './error.js';
import type { HttpRequest, HttpResponse, TransportFailure } from './http.js';
import { decoder, encoder, type MemoryExports, passBytes, type Passed, passText, takeReply, valueOf } from './wasm_memory.js';
import { instantiate, type MemoryOf, type WasmSource } from './wasm_source.js';

interface Exports extends MemoryExports {
    calimatic_call(...args: [...name: Passed, ...json: Passed, ...bytes: Passed, now: number]): number;
    calimatic_invoke(...args: [handle: number, ...name: Passed, ...json: Passed, now: number]): number;
    calimatic_drop(handle: number): void;
    calimatic_poll_request(handle: number, now: number): number;
    calimatic_handle_response(...args: [handle: number, id: number, ...json: Passed, ...body: Passed, now: number]): number;
    calimatic_handle_failure(handle: number, id: number, failure: number, now: number): number;
    calimatic_next_deadline(handle: number): number;
    calimatic_abort(handle: number): void;
    calimatic_poll_result(handle: number): number;
    calimatic_poll_event(handle: number): number;
    calimatic_poll_crypto_question(handle: number): number;
    calimatic_handle_crypto_answer(...args: [handle: number, id: number, what: number, ...digest: Passed]): number;
    calimatic_poll_store_question(handle: number): number;
    calimatic_handle_store_answer(...args: [handle: number, id: number, ...json: Passed]): number;
}

const exportNames = [
    'calimatic_allocate',
    'calimatic_release',
    'calimatic_call',
    'calimatic_invoke',
    'calimatic_drop',
    'calimatic_poll_request',
    'calimatic_handle_response',
    'calimatic_handle_failure',
    'calimatic_next_deadline',
    'calimatic_abort',
    'calimatic_poll_result',
    'calimatic_poll_event',
    'calimatic_poll_crypto_question',
    'calimatic_handle_crypto_answer',
    'calimatic_poll_store_question',
    'calimatic_handle_store_answer',
] as const satisfies readonly (keyof Exports)[];

const failures = ['not_sent', 'no_answer', 'too_large', 'cancelled'] as const satisfies readonly TransportFailure[];
const answers = ['unavailable', 'no', 'yes', 'digest'] as const satisfies readonly CryptoAnswer['what'][];

/** Fills bytes with random ones, unpredictable to anybody; throws where it cannot. */
export type RandomSource = (bytes: Uint8Array<ArrayBuffer>) => void;

/** The random source of the Web Cryptography API (10.1.1). */
export function webcryptoRandom(bytes: Uint8Array<ArrayBuffer>): void {
    const most = 65536; // of one call
    for (let at = 0; at < bytes.length; at += most) globalThis.crypto.getRandomValues(bytes.subarray(at, at + most));
}

/**
 * The module of WebAssembly, loaded. Everything else hangs on it; it is used by one thread, and several may be loaded. Names of functions are
 * those of C++, arguments and values have the registered names, and times are UNIX times in milliseconds.
 */
export class Library {
    /** Who answers the cryptographic questions of its machines. */
    readonly crypto: CryptoAnswerer;
    readonly #exports: Exports;
    readonly #forgotten: FinalizationRegistry<number> | undefined;
    #stopped = false;

    private constructor(exports: Exports, crypto: CryptoAnswerer) {
        this.#exports = exports;
        this.crypto = crypto;
        if (typeof FinalizationRegistry === 'function') this.#forgotten = new FinalizationRegistry((handle) => this.drop(handle));
    }

    /** Loads the module; see `load`. Errors: `wasm_not_loaded`. */
    static async instantiate(source: WasmSource | Promise<WasmSource>, crypto: CryptoAnswerer, random: RandomSource): Promise<Library> {
        const imports = (memory: MemoryOf) => ({
            fill_random: (pointer: number, size: number) => {
                try {
                    random(new Uint8Array(memory().buffer as ArrayBuffer, pointer >>> 0, size));
                    return 1;
                } catch {
                    return 0; // `random_source_failed`
                }
            },
            parse_number: (pointer: number, size: number) => Number(decoder.decode(new Uint8Array(memory().buffer, pointer >>> 0, size))),
            format_number: (number: number, pointer: number) => {
                const text = number.toExponential().replace('e', 'E').replace('+', '');
                return encoder.encodeInto(text, new Uint8Array(memory().buffer, pointer >>> 0)).written;
            },
        });
        const exports = await instantiate<Exports>(source, imports, exportNames);
        return new Library(exports, crypto);
    }

    /**
     * Calls a pure function by its name. `bytes` go with the arguments: the body of a response, which is wiped. Errors: those of the function,
     * `argument_malformed`, `secret_in_page`.
     */
    call(name: string, args: object = {}, bytes: Uint8Array = new Uint8Array(), now = 0): unknown {
        const json = JSON.stringify(args);
        return this.#run((e) => valueOf(takeReply(e, e.calimatic_call(...passText(e, name), ...passText(e, json), ...passBytes(e, bytes), now))));
    }

    /** Calls one that reads a response. Its body is wiped. Errors: as `call`. */
    callWithResponse(name: string, { status, headers, body }: HttpResponse, args: object = {}, now = 0): unknown {
        return this.call(name, { ...args, response: { status, headers } }, body, now);
    }

    /** Starts a machine by its name, and gives its handle. Errors: as `call`. */
    start(name: string, args: object, now = 0): number {
        return (this.call(name, args, undefined, now) as { handle: number }).handle;
    }

    /** Calls what only one kind of object has, by its name. Errors: as `call`. */
    invoke(handle: number, name: string, args: object, now: number): unknown {
        const json = JSON.stringify(args);
        return this.#run((e) => valueOf(takeReply(e, e.calimatic_invoke(handle, ...passText(e, name), ...passText(e, json), now))));
    }

    /** Has the handle given back when its owner is garbage. */
    own(owner: object, handle: number): void {
        this.#forgotten?.register(owner, handle, owner);
    }

    /** Gives a handle back: the object is destroyed, its memory wiped. */
    drop(handle: number, owner?: object): void {
        if (owner) this.#forgotten?.unregister(owner);
        if (!this.#stopped) this.#run((e) => e.calimatic_drop(handle));
    }

    pollRequest(handle: number, now: number): HttpRequest | undefined {
        return this.#run((e) => valueOf(takeReply(e, e.calimatic_poll_request(handle, now)))) as HttpRequest | undefined;
    }

    handleResponse(handle: number, id: number, response: HttpResponse, now: number): boolean {
        const { status, headers, body } = response;
        const json = JSON.stringify({ status, headers });
        const taken = this.#run((e) => e.calimatic_handle_response(handle, id, ...passText(e, json), ...passBytes(e, body), now));
        // What is no response counts as none: a request that was never answered would be waited for.
        return taken < 0 ? this.handleFailure(handle, id, 'no_answer', now) : taken === 1;
    }

    handleFailure(handle: number, id: number, failure: TransportFailure, now: number): boolean {
        return this.#run((e) => e.calimatic_handle_failure(handle, id, 1 + failures.indexOf(failure), now) === 1);
    }

    nextDeadline(handle: number): number | undefined {
        const deadline = this.#run((e) => e.calimatic_next_deadline(handle));
        return Number.isNaN(deadline) ? undefined : deadline;
    }

    abort(handle: number): void {
        this.#run((e) => e.calimatic_abort(handle));
    }

    /** `undefined`: the flow has not ended, or has handed its result out. Throws the error that it ended with. */
    pollResult(handle: number): unknown {
        return this.#run((e) => valueOf(takeReply(e, e.calimatic_poll_result(handle))));
    }

    pollEvent(handle: number): unknown {
        return this.#run((e) => valueOf(takeReply(e, e.calimatic_poll_event(handle))));
    }

    pollCryptoQuestion(handle: number): CryptoQuestion | undefined {
        return this.#run((e) => valueOf(takeReply(e, e.calimatic_poll_crypto_question(handle)))) as CryptoQuestion | undefined;
    }

    handleCryptoAnswer(handle: number, id: number, answer: CryptoAnswer): boolean {
        const digest = answer.what === 'digest' ? answer.digest : new Uint8Array();
        return this.#run((e) => e.calimatic_handle_crypto_answer(handle, id, answers.indexOf(answer.what), ...passBytes(e, digest)) === 1);
    }

    pollStoreQuestion(handle: number): unknown {
        return this.#run((e) => valueOf(takeReply(e, e.calimatic_poll_store_question(handle))));
    }

    handleStoreAnswer(handle: number, id: number, answer: object): boolean {
        const json = JSON.stringify(answer);
        return this.#run((e) => valueOf(takeReply(e, e.calimatic_handle_store_answer(handle, id, ...passText(e, json)))) === true);
    }

    /** A module that has trapped is in no state to go on. */
    #run<T>(f: (exports: Exports) => T): T {
        if (this.#stopped) throw pageError('wasm_stopped');
        try {
            return f(this.#exports);
        } catch (cause) {
            if (cause instanceof AuthError) throw cause;
            this.#stopped = true;
            throw pageError('wasm_stopped', cause instanceof Error ? cause.message : String(cause), cause);
        }
    }
}
