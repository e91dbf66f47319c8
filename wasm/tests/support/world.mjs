// One user, one browser and one provider, for the tests of `createAuth`.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { AuthError, createAuth, persistentStore, webcrypto } from '../../../build/wasm/package/index.js';
import { ScriptedChannels, ScriptedClock, ScriptedLocks, ScriptedStorage, ScriptedWindow, until, working } from './scripted_browser.mjs';
import { ScriptedProvider } from './scripted_provider.mjs';

const wasm = await WebAssembly.compile(await readFile(new URL('../../../build/wasm/package/auth.wasm', import.meta.url)));

const answer = webcrypto();

export const home = 'https://app.example/home';

export class World {
    clock = new ScriptedClock();
    provider = new ScriptedProvider(this.clock.true_now);
    localStorage = new ScriptedStorage();
    locks = new ScriptedLocks();
    channels = new ScriptedChannels();
    #made = [];

    /** A world that is taken down with the test. */
    constructor(t) {
        t.after(() => this.#made.forEach((auth) => auth.close()));
    }

    window(href = home, parts = {}) {
        return new ScriptedWindow(href, parts);
    }

    /** The client of the page in that window. */
    auth(page, options = {}) {
        const { provider, clock, locks, channels } = this;
        const auth = createAuth({
            issuer: provider.issuer,
            client_id: provider.client_id,
            redirect_uri: provider.redirect_uri,
            allowed_origins: [provider.api],
            fetch: provider.fetch,
            clock,
            lock: locks,
            channel: channels.make,
            crypto: (question) => working(answer(question)),
            page,
            wasm,
            ...options,
        });
        this.#made.push(auth);
        return auth;
    }

    /** What makes a client keep its session in this world's localStorage. */
    get shared() {
        return { store: persistentStore(this.localStorage) };
    }

    /** Begins a sign-in by redirect, and tells what the page left for. */
    async leave(auth, page, options = {}) {
        const left = page.went.length;
        auth.signIn(options).catch(() => {});
        await until(() => page.went.length > left || auth.state.error, 'the page leaves');
        if (auth.state.error) throw auth.state.error;
        return page.went.at(-1);
    }

    /** A user who signed in by redirect: {page, auth, session}. */
    async signed_in(options = {}, { page = this.window(), user, ...asked } = {}) {
        const leaving = this.auth(page, options);
        const url = await this.leave(leaving, page, asked);
        leaving.close(); // as a page is that was left
        page.load(this.provider.authorize(url, user));
        const auth = this.auth(page, options);
        const session = await auth.handleRedirect();
        return { page, auth, session };
    }
}

/** Fails unless the promise is refused with that code; gives the error. */
export async function refused(code, promise) {
    const error = await promise.then(
        () => assert.fail(`nothing was refused, ${code} was expected`),
        (e) => e,
    );
    assert.ok(error instanceof AuthError, String(error?.stack ?? error));
    assert.equal(error.code, code, error.message);
    return error;
}
