import type { Condition } from './error.js';

/** The rules of the page itself: what to do, where the rule is written, the sentence that says what broke, and what mends it. */
export const pageRules = {
    wasm_not_loaded: [
        'fix_configuration',
        'package',
        'the module of WebAssembly could not be loaded',
        'serve the .wasm file of this very version where it is looked for, or name its URL; the Content-Security-Policy has to allow it ' +
            "(script-src 'wasm-unsafe-eval', connect-src); then load again",
    ],
    wasm_stopped: ['retry_later', 'package', 'the module of WebAssembly has stopped, and can do no more', 'load it again, or reload the page'],
    flow_in_wrong_state: ['correct_input', 'machine contract', 'the flow does not expect this call now', 'hand in what it waits for'],
    object_disposed: ['correct_input', 'package', 'the object was disposed of before', 'make another one'],
} as const satisfies Record<string, readonly [Condition, string, string, string]>;

/** The name of such a rule. */
export type PageRule = keyof typeof pageRules;
