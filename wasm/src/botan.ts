import { bytesOf } from './base64url.js';
import type { CryptoAnswerer, CryptoQuestion } from './crypto_question.js';
import { encoder, type MemoryExports, type Passed, passBytes, takeBytes } from './wasm_memory.js';
import { instantiate, type WasmSource } from './wasm_source.js';

interface Exports extends MemoryExports {
    calimatic_answer(...question: Passed): number;
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
        const reply = takeBytes(exports, exports.calimatic_answer(...passBytes(exports, fieldsOf(question))));
        const what = (['unavailable', 'no', 'yes', 'digest'] as const)[reply[0] as number] ?? 'unavailable';
        return what === 'digest' ? { what, digest: reply.subarray(1) } : { what };
    };
}

/** The question as the module reads it: fields, each of them its length in four bytes and the bytes. */
function fieldsOf(question: CryptoQuestion): Uint8Array {
    const fields: (string | Uint8Array)[] = [question.what, '', bytesOf(question.data)];
    if (question.what === 'hash_begins_with') {
        fields[1] = question.hash;
        fields.push(bytesOf(question.expected));
    } else if (question.what === 'verify_signature') {
        const { algorithm, expected, key } = question;
        fields[1] = algorithm;
        fields.push(bytesOf(expected), key.kty, key.kty === 'RSA' ? '' : key.crv);
        fields.push(bytesOf(key.kty === 'RSA' ? key.n : key.x), key.kty === 'OKP' ? '' : bytesOf(key.kty === 'RSA' ? key.e : key.y));
    }
    const pieces = fields.map((field) => (typeof field === 'string' ? encoder.encode(field) : field));
    const bytes = new Uint8Array(pieces.reduce((size, piece) => size + 4 + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
        new DataView(bytes.buffer).setUint32(at, piece.length, true);
        bytes.set(piece, at + 4);
        at += 4 + piece.length;
        piece.fill(0);
    }
    return bytes;
}
