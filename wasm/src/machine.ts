import type { CryptoAnswer, CryptoQuestion } from './crypto_question.js';
import { pageError } from './error.js';
import type { HttpRequest, HttpResponse, TransportFailure } from './http.js';
import type { Library } from './library.js';

/** `Symbol.dispose`, also where the runtime has none yet: TypeScript's `using` looks for it under that name. */
const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/**
 * An object of the module. It is destroyed, and what it held is wiped, by `dispose()`, by the end of a `using` block, or after it has become garbage,
 * which may be never: so dispose of it. Afterwards every call but that one is the error `object_disposed`.
 */
export class ModuleObject {
    /** The module that it lives in. */
    readonly library: Library;
    #handle: number;

    protected constructor(library: Library, handle: number) {
        this.library = library;
        this.#handle = handle;
        library.own(this, handle);
    }

    /** @internal */
    get handle(): number {
        if (this.#handle === 0) throw pageError('object_disposed');
        return this.#handle;
    }

    /** Destroys it; a second time does nothing. */
    dispose(): void {
        if (this.#handle !== 0) this.library.drop(this.#handle, this);
        this.#handle = 0;
    }

    [dispose](): void {
        this.dispose();
    }

    /** @internal */
    protected invoke(name: string, args: object = {}, now = 0): unknown {
        return this.library.invoke(this.handle, name, args, now);
    }
}

/**
 * What sequences requests without sending them. The host asks `pollRequest` what to send, sends it in its own way, and hands the answer or the failure back
 * under the request's id; at most one is in flight. Cryptographic questions are asked in the same way. An answer to any other id is ignored and says so
 * (false). Calls never wait and never call back. Times are UNIX times in milliseconds. `drive` and `advance` do all of it.
 */
export class Machine extends ModuleObject {
    /** What to send, if anything; each request is handed out once. */
    pollRequest(now: number): HttpRequest | undefined {
        return this.library.pollRequest(this.handle, now);
    }

    /** Takes an answer. Its body is wiped. */
    handleResponse(id: number, response: HttpResponse, now: number): boolean {
        return this.library.handleResponse(this.handle, id, response, now);
    }

    /** Takes why there is no answer. */
    handleFailure(id: number, failure: TransportFailure, now: number): boolean {
        return this.library.handleFailure(this.handle, id, failure, now);
    }

    /** When to ask again; `undefined`: when something arrives; minus infinity: at once. */
    nextDeadline(): number | undefined {
        return this.library.nextDeadline(this.handle);
    }

    /** Gives up. A flow ends with the error `aborted`. */
    abort(): void {
        this.library.abort(this.handle);
    }

    /** A question of cryptography, if there is one; each is handed out once. */
    pollCryptoQuestion(): CryptoQuestion | undefined {
        return this.library.pollCryptoQuestion(this.handle);
    }

    /** Takes the answer to a question. */
    handleCryptoAnswer(id: number, answer: CryptoAnswer): boolean {
        return this.library.handleCryptoAnswer(this.handle, id, answer);
    }
}

/** A machine that ends, with a result that it hands out once. */
export class Flow<Result> extends Machine {
    /** The result; `undefined` until there is one, and when it was handed out. Throws the error that the flow ended with, once, too. */
    pollResult(): Result | undefined {
        const result = this.library.pollResult(this.handle);
        return result === undefined ? undefined : this.take(result);
    }

    /** @internal */
    protected take(result: unknown): Result {
        return result as Result;
    }
}
