import { AuthError, pageError, type ErrorReport } from './error.js';

/** What every module exports for passing text and bytes. Whatever is passed in is wiped by the function that takes it. */
export interface MemoryExports {
    readonly memory: WebAssembly.Memory;
    calimatic_allocate(size: number): number;
    calimatic_release(pointer: number, size: number): void;
}

/** A place in the memory of a module. */
export type Passed = readonly [pointer: number, size: number];

const nothing: Passed = [0, 0];
/** Between text and memory. */
export const encoder = /* @__PURE__ */ new TextEncoder();
export const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Copies text into the memory of a module, which takes it over with the next call. Views of the memory are made anew each time: it grows. */
export function passText(exports: MemoryExports, text: string): Passed {
    if (!text) return nothing;
    const most = text.length * 3;
    const pointer = allocate(exports, most);
    const { written } = encoder.encodeInto(text, new Uint8Array(exports.memory.buffer, pointer, most));
    return [pointer, written];
}

/** The same for bytes, which are wiped where they were. */
export function passBytes(exports: MemoryExports, bytes: Uint8Array): Passed {
    if (bytes.length === 0) return nothing;
    const pointer = allocate(exports, bytes.length);
    new Uint8Array(exports.memory.buffer, pointer, bytes.length).set(bytes);
    bytes.fill(0);
    return [pointer, bytes.length];
}

function allocate(exports: MemoryExports, size: number): number {
    const pointer = exports.calimatic_allocate(size) >>> 0;
    if (pointer === 0) throw pageError('wasm_stopped', 'no memory');
    return pointer;
}

/** Takes the bytes of a packed reply and gives its memory back, wiped. */
export function takeBytes(exports: MemoryExports, pointer: number): Uint8Array {
    const size = new DataView(exports.memory.buffer).getUint32(pointer >>> 0, true);
    const bytes = new Uint8Array(exports.memory.buffer, (pointer >>> 0) + 4, size).slice();
    exports.calimatic_release(pointer, 4 + size);
    return bytes;
}

/** The same as JSON; `undefined` for no reply. */
export function takeReply(exports: MemoryExports, pointer: number): unknown {
    if (pointer === 0) return undefined;
    const bytes = takeBytes(exports, pointer);
    try {
        return JSON.parse(decoder.decode(bytes));
    } finally {
        bytes.fill(0);
    }
}

/** The value in a reply. Throws the error in it; `undefined` where there was no reply. */
export function valueOf(reply: unknown): unknown {
    const { value, error } = (reply ?? {}) as { value?: unknown; error?: ErrorReport };
    if (error) throw new AuthError(error);
    return value;
}
