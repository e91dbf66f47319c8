import { bytesOf } from './base64url.js';
import type { CryptoAnswer, CryptoAnswerer } from './crypto_question.js';
import { type MemoryExports, type Passed, passText, takeReply } from './wasm_memory.js';
import { instantiate, type WasmSource } from './wasm_source.js';

interface Exports extends MemoryExports {
    calimatic_answer(...json: Passed): number;
}

/**
 * Answers with the second module, Botan, for pages that have no Web Cryptography API, or one that lacks an algorithm. The module is loaded with the first
 * question, once; if that fails, the answer is the error `wasm_not_loaded`, and the next question tries again. It may be given in all the ways
 * that `load` takes, as a function.
 */
export function botan(source: () => WasmSource | Promise<WasmSource> = () => new URL('./botan.wasm', import.meta.url)): CryptoAnswerer {
    let loading: Promise<Exports> | undefined;
    return async (question) => {
        loading ??= instantiate<Exports>(source(), () => ({}), ['calimatic_allocate', 'calimatic_release', 'calimatic_answer']);
        let exports: Exports;
        try {
            exports = await loading;
        } catch (error) {
            loading = undefined;
            throw error;
        }
        const { what, digest } = takeReply(exports, exports.calimatic_answer(...passText(exports, JSON.stringify(question)))) as {
            what: CryptoAnswer['what'];
            digest?: string;
        };
        return what === 'digest' ? { what, digest: bytesOf(digest ?? '') } : { what };
    };
}
