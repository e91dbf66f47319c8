import sodium from 'libsodium-wrappers';

/// A library of cryptography alone, in WebAssembly within JavaScript: what such a thing costs a page.
export async function open() {
    await sodium.ready;
    return { hash: (text: string) => sodium.crypto_generichash(32, text) };
}
