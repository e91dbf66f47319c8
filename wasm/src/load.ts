import { botan } from './botan.js';
import { webcrypto } from './crypto.js';
import type { CryptoAnswerer } from './crypto_question.js';
import { Library, type RandomSource, webcryptoRandom } from './library.js';
import type { WasmSource } from './wasm_source.js';

/** What a page that is like others leaves out. */
export interface LoadOptions {
    /** The module, if it is not beside this file. */
    readonly module?: WasmSource | Promise<WasmSource>;
    /** The random source; that of the Web Cryptography API. */
    readonly random?: RandomSource;
    /** Who answers cryptographic questions: the Web Cryptography API, or `botan()` where a page has none, such as one of plain http. */
    readonly crypto?: CryptoAnswerer;
}

/**
 * Loads the module of WebAssembly. Nothing happens before, importing does nothing, and whoever wants one module for a page keeps the promise. Errors:
 * `wasm_not_loaded`, after which it may be tried again.
 */
export function load(options: LoadOptions = {}): Promise<Library> {
    return loadFrom(() => new URL('./auth.wasm', import.meta.url), options);
}

/** The same for a module that has another place. */
export function loadFrom(place: () => URL, { module, random = webcryptoRandom, crypto }: LoadOptions): Promise<Library> {
    return Library.instantiate(module ?? place(), crypto ?? (globalThis.crypto?.subtle ? webcrypto() : botan()), random);
}
