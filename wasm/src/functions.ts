// The entry point `calimatic-auth/functions`: all that `calimatic-auth/platform` has, and each request and each answer as a function of its own, for a
// host that does without the machines.

import type { AuthOptions } from './auth_context.js';
import { type Auth, createAuthWith } from './create_auth.js';
import type { Library } from './library.js';
import { loadFrom, type LoadOptions } from './load.js';

export * from './jose.js';
export { JwkSetSource } from './jwk_set_source.js';
export type { JwkSetSourceArguments, JwkSetSourceOptions } from './jwk_set_source.js';
export * from './oauth.js';
export * from './oidc.js';
export * from './platform.js';

/** As `load` of the other entry points, for the module that has everything. Errors: `wasm_not_loaded`. */
export function load(options: LoadOptions = {}): Promise<Library> {
    return loadFrom(place, options);
}

/** As `createAuth` of the other entry points, with the module that has everything, so that a page fetches one only. */
export function createAuth(options: AuthOptions): Auth {
    return createAuthWith(options, load);
}

function place(): URL {
    return new URL('./functions.wasm', import.meta.url);
}
