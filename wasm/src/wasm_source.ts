import { pageError } from './error.js';

/** Where a module of WebAssembly comes from: its URL, the answer to a request for it, its bytes, or the module itself, compiled. */
export type WasmSource = URL | string | Response | BufferSource | WebAssembly.Module;

/** The memory of the module that is being loaded: there once it runs. */
export type MemoryOf = () => WebAssembly.Memory;

/**
 * Compiles and instantiates a module that has the functions named, and whose own imports are `calimatic`. Fetching and compiling go side by side where
 * the server says that it is WebAssembly. Errors: `wasm_not_loaded`; then nothing is kept, and trying again is starting anew.
 */
export async function instantiate<Exports extends { readonly memory: WebAssembly.Memory }>(
    source: WasmSource | Promise<WasmSource>,
    calimatic: (memory: MemoryOf) => WebAssembly.ModuleImports,
    names: readonly (keyof Exports & string)[],
): Promise<Exports> {
    let instance: WebAssembly.Instance | undefined;
    const memory = () => instance?.exports['memory'] as WebAssembly.Memory;
    const imports = {
        calimatic: calimatic(memory),
        env: { emscripten_notify_memory_growth() {} }, // views are made anew each time
        wasi_snapshot_preview1: emptySystem(memory),
    };
    try {
        instance = await instantiateAny(await source, imports);
        const exports = instance.exports;
        const missing = ['_initialize', ...names].find((name) => typeof exports[name] !== 'function');
        if (missing) throw new Error(`a module without ${missing}`);
        (exports['_initialize'] as () => void)();
        return exports as unknown as Exports;
    } catch (cause) {
        throw pageError('wasm_not_loaded', cause instanceof Error ? cause.message : String(cause), cause);
    }
}

/** What the C++ library asks of WASI (snapshot_preview1), whatever is done with it: no environment, no clock, no files. */
function emptySystem(memory: MemoryOf): WebAssembly.ModuleImports {
    const [badf, nosys] = [() => 8, () => 52];
    return {
        environ_get: () => 0,
        environ_sizes_get: (count: number, size: number) => {
            const view = new DataView(memory().buffer);
            view.setUint32(count >>> 0, 0, true);
            view.setUint32(size >>> 0, 0, true);
            return 0;
        },
        clock_time_get: nosys,
        fd_close: badf,
        fd_read: badf,
        fd_seek: badf,
        fd_write: badf,
    };
}

async function instantiateAny(source: WasmSource, imports: WebAssembly.Imports): Promise<WebAssembly.Instance> {
    if (source instanceof WebAssembly.Module) return WebAssembly.instantiate(source, imports);
    if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return (await WebAssembly.instantiate(source as BufferSource, imports)).instance;
    if (typeof Response === 'function' && source instanceof Response) return instantiateResponse(source, imports);
    const url = String(source);
    if (!url.startsWith('file:')) return instantiateResponse(await fetch(url, { credentials: 'same-origin' }), imports);
    // Node.js, whose fetch reads no files. There is no `import` that a bundler would look into, or warn about.
    const node = (globalThis as { process?: { getBuiltinModule?(name: string): unknown } }).process;
    const files = node?.getBuiltinModule?.('node:fs/promises') as { readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> } | undefined;
    if (!files) throw new Error('only Node.js, from 20.16 on, reads files');
    return (await WebAssembly.instantiate(await files.readFile(new URL(url)), imports)).instance;
}

async function instantiateResponse(response: Response, imports: WebAssembly.Imports): Promise<WebAssembly.Instance> {
    const type = (response.headers.get('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase();
    if (!response.ok) throw new Error(`status ${response.status} from ${withoutQuery(response.url)}`);
    if (type === 'text/html') throw new Error(`a page of HTML from ${withoutQuery(response.url)}`);
    if (type === 'application/wasm' && WebAssembly.instantiateStreaming) return (await WebAssembly.instantiateStreaming(response, imports)).instance;
    return (await WebAssembly.instantiate(await response.arrayBuffer(), imports)).instance;
}

function withoutQuery(url: string): string {
    return url.replace(/[?#].*$/, '') || 'a Response';
}
