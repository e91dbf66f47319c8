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
    page_missing: [
        'correct_input',
        'page',
        'there is no page to sign in from',
        'call this in the browser, not while rendering on a server',
    ],
    page_failed: ['correct_input', 'page', 'something failed that is not of this package', "look at this error's cause"],
    client_closed: ['correct_input', 'page', 'this client was closed', 'make another one with createAuth'],
    storage_blocked: [
        'fix_configuration',
        'page',
        'the browser does not let this page store anything',
        'allow it to, or sign in with signIn({ popup: true }) and the memory store',
    ],
    storage_full: [
        'fix_configuration',
        'page',
        'what this origin may store is full',
        'remove something of it, or sign in with signIn({ popup: true }) and the memory store',
    ],
    redirect_uri_of_another_origin: [
        'fix_configuration',
        'page',
        'this page and the redirect_uri are of two origins, and what is stored at one is not at the other',
        'open the page at the origin of the redirect_uri: localhost and 127.0.0.1 are two, and so are http and https',
    ],
    return_to_refused: [
        'correct_input',
        'RFC 9700 4.11.1',
        'return_to leads away from this origin',
        'give a path that begins with one slash',
    ],
    sign_in_unknown: [
        'authorize_again',
        'RFC 6749 10.12',
        'no sign-in that was begun in this tab is waiting for this answer',
        'sign in again, and stay in one tab and one browser',
    ],
    sign_in_answered: ['authorize_again', 'RFC 9700 4.7.1', 'the answer to this sign-in was used before', 'sign in again'],
    sign_in_interrupted: ['authorize_again', 'RFC 9700 4.7.1', 'the page was left while a sign-in was being finished', 'sign in again'],
    sign_in_left: ['authorize_again', 'page', 'the user came back without having signed in', 'sign in again'],
    sign_in_replaced: ['authorize_again', 'page', 'a later call of signIn or signOut took the place of this one', 'wait for that one'],
    popup_blocked: [
        'correct_input',
        'page',
        'the browser did not open the window',
        'call signIn({ popup: true }) right in the handler of a click, or sign in by redirect',
    ],
    popup_closed: [
        'authorize_again',
        'page',
        'the window was closed, or cut off by a Cross-Origin-Opener-Policy, before the user had signed in',
        'sign in again; by redirect if it was not the user who closed it',
    ],
    opener_lost: [
        'authorize_again',
        'page',
        'the page that opened this window cannot be reached any more (Cross-Origin-Opener-Policy), and its session is in its memory',
        'close this window and sign in by redirect, or use the persistent store',
    ],
    not_signed_in: ['authorize_again', 'page', 'nobody is signed in', 'call signIn'],
    origin_not_allowed: [
        'fix_configuration',
        'RFC 6750 5.3',
        'the access token is not sent to this origin',
        'name it in allowed_origins (https, or http on loopback), or call the fetch of the page, which sends no token',
    ],
    authorization_present: ['correct_input', 'RFC 6750 2.1', 'the request has an Authorization header of its own', 'leave it out'],
} as const satisfies Record<string, readonly [Condition, string, string, string]>;

/** The name of such a rule. */
export type PageRule = keyof typeof pageRules;
