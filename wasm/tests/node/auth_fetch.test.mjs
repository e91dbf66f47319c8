// `auth.fetch`: whom the token goes to, and what a 401 is answered with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle, until } from '../support/scripted_browser.mjs';
import { refused, World } from '../support/world.mjs';

const me = 'https://api.example/me';

test('the token goes along, in the header and nowhere else', async (t) => {
    const world = new World(t);
    const { auth } = await world.signed_in();
    const response = await auth.fetch(me, { method: 'POST', body: 'hello', headers: { 'X-Of': 'the application' } });
    assert.deepEqual(await response.json(), { sub: 'u1' });
    const [request] = world.provider.api_requests;
    assert.equal(request.authorization, `Bearer ${await auth.session.accessToken()}`);
    assert.equal(request.method, 'POST');
    assert.equal(request.body, 'hello');
    assert.equal(request.redirect, 'error', 'a token does not follow to somebody else');
    await auth.fetch(new URL(me), { redirect: 'manual' });
    assert.equal(world.provider.api_requests[1].redirect, 'manual');
});

test('the token goes only to the origins allowed, over https or to loopback', async (t) => {
    const rows = [
        [['https://api.example'], 'https://api.example/a', null],
        [['https://api.example/with/path'], 'https://api.example:443/a', null],
        [['https://api.example'], 'https://api.example.evil.example/a', 'origin_not_allowed'],
        [['https://api.example'], 'https://evil.example/https://api.example/', 'origin_not_allowed'],
        [['https://api.example'], 'https://api.example:8443/a', 'origin_not_allowed'],
        [['https://api.example'], 'http://api.example/a', 'origin_not_allowed'],
        [['https://api.example'], '/relative', 'origin_not_allowed'],
        [['http://api.example'], 'http://api.example/a', 'url_not_https'],
        [['http://localhost:3001'], 'http://localhost:3001/a', null],
        [['http://127.0.0.1:3001'], 'http://127.0.0.1:3001/a', null],
        [undefined, '/relative', null],
        [undefined, 'https://app.example/a', null],
        [undefined, 'https://api.example/a', 'origin_not_allowed'],
        [[], '/relative', 'origin_not_allowed'],
        [['https://api.example'], 'data:text/plain,x', 'origin_not_allowed'],
    ];
    const world = new World(t);
    for (const [allowed_origins, url, code] of rows) {
        const { auth } = await world.signed_in({ allowed_origins, server: world.provider.server });
        const before = world.provider.api_requests.length;
        if (code) await refused(code, auth.fetch(url));
        else assert.equal((await auth.fetch(url)).status, 200, url);
        assert.equal(world.provider.api_requests.length - before, code ? 0 : 1, url);
        auth.close();
    }
});

test('a request with an Authorization header of its own is refused', async (t) => {
    const world = new World(t);
    const { auth } = await world.signed_in();
    await refused('authorization_present', auth.fetch(me, { headers: { authorization: 'Basic x' } }));
    await refused('authorization_present', auth.fetch(new Request(me, { headers: { Authorization: 'Bearer y' } })));
    assert.equal(world.provider.api_requests.length, 0);
});

test('nobody signed in, no request', async (t) => {
    const world = new World(t);
    const auth = world.auth(world.window());
    await refused('not_signed_in', auth.fetch(me));
    assert.equal(world.provider.api_requests.length, 0);
});

test('one 401 is answered by one refresh and one repetition, whatever can be sent again', async (t) => {
    const stream = () => new ReadableStream({ start: (c) => (c.enqueue(new TextEncoder().encode('hello')), c.close()) });
    const rows = {
        nothing: [() => [me], true],
        text: [() => [me, { method: 'POST', body: 'hello' }], true],
        form: [() => [me, { method: 'POST', body: new URLSearchParams('a=b') }], true],
        blob: [() => [me, { method: 'POST', body: new Blob(['hello']) }], true],
        request: [() => [new Request(me, { method: 'POST', body: 'hello' })], true],
        stream: [() => [me, { method: 'POST', body: stream(), duplex: 'half' }], false],
    };
    for (const [name, [args, again]] of Object.entries(rows)) {
        const world = new World(t);
        const { auth } = await world.signed_in();
        await world.clock.pass(60_000);
        world.provider.forget_access_tokens();
        const response = await auth.fetch(...args());
        assert.equal(response.status, again ? 200 : 401, name);
        assert.equal(world.provider.count.refresh, again ? 1 : 0, name);
        const bodies = world.provider.api_requests.map(({ body }) => body);
        assert.equal(bodies.length, again ? 2 : 1, name);
        assert.ok(bodies.every((body) => body === bodies[0]), name);
    }
});

test('several calls that meet a 401 at once share one refresh', async (t) => {
    const world = new World(t);
    const { auth } = await world.signed_in();
    await world.clock.pass(60_000);
    world.provider.forget_access_tokens();
    const responses = await Promise.all(Array.from({ length: 5 }, () => auth.fetch(me)));
    assert.deepEqual(
        responses.map(({ status }) => status),
        [200, 200, 200, 200, 200],
    );
    assert.equal(world.provider.count.refresh, 1);
});

test('an API that refuses a fresh token, too, is not asked a third time', async (t) => {
    const world = new World(t);
    const { auth } = await world.signed_in();
    await world.clock.pass(60_000);
    world.provider.faults.api = [401, 401, 401];
    assert.equal((await auth.fetch(me)).status, 401);
    assert.equal(world.provider.count.api, 2);
    assert.equal(world.provider.count.refresh, 1);
    assert.equal((await auth.fetch(me)).status, 401, 'a token that young is not replaced');
    assert.equal(world.provider.count.refresh, 1);
});

test('a 401 that no refresh helps against is given to the caller', async (t) => {
    const world = new World(t);
    const { auth } = await world.signed_in();
    await world.clock.pass(60_000);
    world.provider.forget_access_tokens();
    world.provider.forget_refresh_tokens();
    assert.equal((await auth.fetch(me)).status, 401);
    assert.equal(auth.state.status, 'signed_out');
    assert.equal(auth.state.error.serverError, 'invalid_grant', String(auth.state.error));
    await refused('not_signed_in', auth.fetch(me));
    assert.equal(world.provider.count.refresh, 1, 'invalid_grant is final');
});

test('a call that is given up while it waits for a token ends', async (t) => {
    const world = new World(t);
    const { auth } = await world.signed_in();
    world.provider.faults.refresh = ['hang'];
    world.clock.sleep(11 * 60_000);
    const giving_up = new AbortController();
    const call = auth.fetch(me, { signal: giving_up.signal });
    call.catch(() => {});
    await until(() => world.provider.count.refresh === 1, 'a refresh is under way');
    giving_up.abort();
    await assert.rejects(call, { name: 'AbortError' });
    await settle();
    assert.equal(world.provider.count.api, 0);
});
