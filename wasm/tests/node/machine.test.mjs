// A sign-in and a session against a provider that is scripted, over the machines themselves: with both answerers, and what handles promise.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { advance, AuthError, AuthorizationCodeFlow, botan, Discovery, drive, fetchHost, load, Session, SignIn, waitUntil, webcrypto } from '../../../build/wasm/package/index.js';
import { ScriptedProvider } from '../support/scripted_provider.mjs';

const now = () => Date.UTC(2027, 0, 15, 8);
const redirect_uri = 'https://app.example/callback';
const client = { client_id: 'cca_page' };

/** Loads a module and brings its memory along. */
async function loadWithMemory(options) {
    const original = WebAssembly.instantiate;
    let memory;
    WebAssembly.instantiate = async (...args) => {
        const made = await original(...args);
        memory ??= (made.instance ?? made).exports.memory;
        return made;
    };
    try {
        return { library: await load(options), memory: () => Buffer.from(memory.buffer) };
    } finally {
        WebAssembly.instantiate = original;
    }
}

async function signIn(library, provider, host) {
    const server = await drive(Discovery.start(library, { issuer: provider.issuer }), host);
    const first = await AuthorizationCodeFlow.start(library, { server, client, parameters: { redirect_uri, scope: 'openid offline_access' } }, now());
    const pending = first.pending();
    const url = first.authorizationUrl();
    first.dispose();
    const flow = AuthorizationCodeFlow.resume(library, { server, client, pending }, now());
    assert.equal(flow.authorizationUrl(), undefined);
    flow.handleRedirect(String(provider.authorize(url)), now());
    assert.equal(flow.awaitingRedirect(), false);
    return { server, pending, signed_in: await drive(flow, host) };
}

for (const [name, answerer] of [['webcrypto', () => webcrypto()], ['botan', () => botan()]]) {
    test(`a sign-in and a session, answered by ${name}`, async () => {
        const provider = new ScriptedProvider(now);
        const library = await load({ crypto: answerer() });
        const host = fetchHost(library, { fetch: provider.fetch, now });
        const { server, signed_in } = await signIn(library, provider, host);
        assert.ok(signed_in instanceof SignIn);
        assert.equal(signed_in.claims.sub, 'u1');
        assert.equal(signed_in.claims.iss, provider.issuer);
        const session = Session.start(library, { server, client, sign_in: signed_in }, now());
        assert.throws(() => Session.start(library, { server, client, sign_in: signed_in }, now()), { code: 'object_disposed' });
        assert.throws(() => session.accessToken(now()), { code: 'access_token_unavailable' });
        const event = session.pollEvent();
        assert.equal(event.what, 'tokens_changed');
        assert.equal(session.handleSaved(event.generation + 1), false);
        assert.equal(session.handleSaved(event.generation), true);
        assert.match(session.accessToken(now()), /^access-/);
        assert.equal(session.claims().claims.sub, 'u1');
        assert.equal(session.expiresAt(), now() + 600_000);
        assert.equal(session.lastError(), undefined);
        const copy = Session.resume(library, { server, client, blob: session.serialize() }, now());
        assert.equal(copy.accessToken(now()), session.accessToken(now()));
        assert.equal(await advance(copy, host), false);
        session.signOut(now());
        while (await advance(session, host)) /* revokes */;
        assert.equal(session.hasEnded(), true);
        assert.equal(provider.count.revocation, 1);
    });

    test(`an ID Token whose signature is broken is refused, answered by ${name}`, async () => {
        const provider = new ScriptedProvider(now);
        provider.signature_broken = true;
        const library = await load({ crypto: answerer() });
        const host = fetchHost(library, { fetch: provider.fetch, now });
        await assert.rejects(signIn(library, provider, host), (error) => error instanceof AuthError && error.code === 'jws_signature_invalid');
    });
}

test('an answerer that fails ends the flow, and its error is told', async () => {
    const provider = new ScriptedProvider(now);
    const mine = new Error('mine');
    const library = await load({ crypto: () => Promise.reject(mine) });
    const start = AuthorizationCodeFlow.start(library, { server: provider.server, client, parameters: { redirect_uri } }, now());
    await assert.rejects(start, (error) => error === mine);
});

test('an abort ends a flow, and what it waits for is given up', async () => {
    const library = await load();
    const ending = new AbortController();
    const host = fetchHost(library, { fetch: (_, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))), now });
    setTimeout(() => ending.abort(), 20);
    await assert.rejects(drive(Discovery.start(library, { issuer: 'https://id.example' }), host, ending.signal), { code: 'aborted' });
});

test('what a transport gives that is no response counts as no answer', async () => {
    const library = await load();
    for (const wrong of [{ status: 'ok' }, { status: 200, headers: [['a']] }, { status: 2000 }]) {
        const host = { ...fetchHost(library, { now }), send: async () => ({ status: 200, headers: [], body: new Uint8Array(), ...wrong }) };
        await assert.rejects(drive(Discovery.start(library, { issuer: 'https://id.example' }), host), { code: 'transport_no_answer' });
    }
});

test('an object that was disposed of says so, and nothing else is touched', async () => {
    const library = await load();
    const flow = Discovery.start(library, { issuer: 'https://id.example' });
    assert.ok(flow.pollRequest(now()));
    flow.dispose();
    flow.dispose();
    flow[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
    const other = Discovery.start(library, { issuer: 'https://id.example' });
    for (const call of [() => flow.pollRequest(now()), () => flow.abort(), () => flow.pollResult(), () => flow.nextDeadline()])
        assert.throws(call, (error) => error instanceof AuthError && error.code === 'object_disposed');
    assert.ok(other.pollRequest(now()));
});

test('the same place used again is another object', async () => {
    const library = await load();
    const handles = new Set();
    for (let i = 0; i < 1000; ++i) {
        const flow = Discovery.start(library, { issuer: 'https://id.example' });
        handles.add(flow.handle);
        flow.dispose();
    }
    assert.equal(handles.size, 1000);
});

test('an object that has become garbage gives its place back', async () => {
    setFlagsFromString('--expose_gc');
    const collect = runInNewContext('gc');
    const library = await load();
    const place = () => Discovery.start(library, { issuer: 'https://id.example' }).handle & 0xffff;
    let highest = 0;
    for (let i = 0; i < 100; ++i) highest = Math.max(highest, place());
    assert.ok(highest >= 90, 'they are all there');
    for (let i = 0; i < 100 && place() >= 50; ++i) {
        collect();
        await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.ok(place() < 100);
    collect();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(place() < 50);
});

test('a secret of an application, and an unknown argument, are refused', async () => {
    const provider = new ScriptedProvider(now);
    const library = await load();
    const start = (members) => AuthorizationCodeFlow.start(library, { server: provider.server, client, parameters: { redirect_uri }, ...members }, now());
    await assert.rejects(start({ client: { ...client, client_secret: 'x' } }), { code: 'secret_in_page' });
    await assert.rejects(start({ insecure: true }), { code: 'argument_malformed', got: 'insecure' });
    await assert.rejects(start({ options: { lifetime: 'long' } }), { code: 'argument_malformed', got: 'options.lifetime' });
});

test('what was secret is nowhere in the memory of the module after its end', async () => {
    const provider = new ScriptedProvider(now);
    const { library, memory } = await loadWithMemory();
    const host = fetchHost(library, { fetch: provider.fetch, now });
    const { server, pending, signed_in } = await signIn(library, provider, host);
    const { access_token, refresh_token, id_token } = signed_in.tokens;
    const session = Session.start(library, { server, client, sign_in: signed_in, options: { storage: 'none' } }, now());
    assert.equal(session.accessToken(now()), access_token);
    const blob = session.serialize();
    assert.ok(memory().includes(access_token), 'a session holds its token');
    session.dispose();
    const { state, code_verifier } = JSON.parse(pending);
    for (const [name, secret] of Object.entries({ access_token, refresh_token, id_token, state, code_verifier, blob })) {
        assert.ok(secret?.length >= 8, name);
        assert.ok(!memory().includes(secret), `${name} is still there`);
    }
});

test('a wait ends at its time, at an abort, and never later than it takes to look at the clock again', async () => {
    const began = Date.now();
    await waitUntil(Date.now() + 20, Date.now);
    assert.ok(Date.now() - began >= 19);
    const ending = new AbortController();
    setTimeout(() => ending.abort(), 20);
    await waitUntil(Infinity, Date.now, ending.signal);
    await waitUntil(Infinity, Date.now, ending.signal);
    await waitUntil(-Infinity, Date.now);
    assert.ok(Date.now() - began < 5000);
});
