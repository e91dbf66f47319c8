// Signing in by redirect: what is remembered, what comes back, and every way in which it can come back wrongly.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle, until } from '../support/scripted_browser.mjs';
import { home, refused, World } from '../support/world.mjs';

test('a sign-in takes five lines', async (t) => {
    const world = new World(t);
    const page = world.window();
    const first = world.auth(page);
    assert.equal(await first.handleRedirect(), null);
    assert.equal(await first.ready(), null);
    const url = new URL(await world.leave(first, page));
    assert.equal(url.origin + url.pathname, 'https://id.example/authorize');
    assert.equal(url.searchParams.get('scope'), 'openid profile email');
    assert.equal(url.searchParams.get('redirect_uri'), world.provider.redirect_uri);

    page.load(world.provider.authorize(url));
    const auth = world.auth(page);
    const session = await auth.handleRedirect();
    assert.equal(session.claims.sub, 'u1');
    assert.equal(session.subject_key, '18:https://id.example:u1');
    assert.equal(session.expires_at, world.clock.now() + 600_000);
    assert.equal(auth.session, session);
    assert.match(await session.accessToken(), /^access-/);
    assert.deepEqual(world.provider.count, { discovery: 2, jwks: 1, code: 1, refresh: 0, userinfo: 0, revocation: 0, api: 0 });
});

test('a user interface sees every step, each state once and unchangeable', async (t) => {
    const world = new World(t);
    const page = world.window();
    const auth = world.auth(page);
    const seen = [];
    auth.subscribe((state) => seen.push(state));
    auth.subscribe(() => {
        throw new Error('a listener that throws');
    });
    assert.equal(auth.state.status, 'loading');
    await world.leave(auth, page);
    assert.deepEqual(
        seen.map(({ status }) => status),
        ['discovering', 'signing_in'],
    );
    page.load(world.provider.authorize(page.went[0]));
    const back = world.auth(page);
    const then = [];
    const stop = back.subscribe((state) => then.push(state));
    const session = await back.handleRedirect();
    assert.deepEqual([...new Set(then.map(({ status }) => status))], ['discovering', 'signing_in', 'signed_in']);
    const { state } = back;
    assert.ok(Object.isFrozen(state) && Object.isFrozen(session) && Object.isFrozen(session.claims));
    stop();
    const told = then.length;
    page.dispatch('focus');
    await settle();
    assert.equal(back.state, state, 'nothing has changed');
    assert.equal(then.length, told);
});

test('what the provider is asked for can be said once and for one sign-in', async (t) => {
    const world = new World(t);
    const page = world.window();
    const auth = world.auth(page, { scope: 'openid organization', parameters: { ui_locales: 'de', prompt: 'consent' } });
    const asked = new URL(await world.leave(auth, page, { prompt: 'login', login_hint: 'jane', extra: { tenant: '1' } })).searchParams;
    assert.deepEqual(
        ['scope', 'ui_locales', 'prompt', 'login_hint', 'tenant'].map((name) => asked.get(name)),
        ['openid organization', 'de', 'login', 'jane', '1'],
    );
});

test('claims of the organization, and UserInfo where it was asked for', async (t) => {
    const world = new World(t);
    world.provider.claims = { organization_id: 'o1', user_type: 'staff', organization_memberships: ['o1', 'o2'] };
    const { session } = await world.signed_in({ request_userinfo: true });
    assert.deepEqual(session.organization, { organization_id: 'o1', user_type: 'staff', organization_memberships: ['o1', 'o2'] });
    assert.equal(session.userinfo.name, 'Jane');
    const other = new World(t);
    other.provider.claims = { organization_id: 7 };
    const plain = await other.signed_in();
    assert.deepEqual(plain.session.organization, { organization_id: null, user_type: null, organization_memberships: null });
    assert.equal(plain.session.userinfo, null);
});

test('return_to is a path of this origin, and comes back', async (t) => {
    const rows = [
        ['/a/b?c=d#e', '/a/b?c=d#e'],
        ['/', '/'],
        ['/a/../b', '/b'],
        ['//evil.example/', null],
        ['/\\evil.example', null],
        ['\\\\evil.example', null],
        ['/\t/evil.example', null],
        ['/.//evil.example', null],
        ['https:evil.example', null],
        ['https://evil.example/', null],
        ['javascript:alert(1)', null],
        ['', null],
        ['b', null],
    ];
    for (const [return_to, expected] of rows) {
        const world = new World(t);
        const page = world.window();
        if (expected === null) {
            await refused('return_to_refused', world.auth(page).signIn({ return_to }));
            assert.deepEqual(page.went, []);
            continue;
        }
        const { auth } = await world.signed_in({}, { page, return_to });
        assert.equal(auth.state.return_to, expected, return_to);
    }
});

test('a return_to that somebody changed in the storage leads nowhere', async (t) => {
    const world = new World(t);
    const page = world.window();
    const url = await world.leave(world.auth(page), page, { return_to: '/safe' });
    const [key] = page.sessionStorage.keys();
    page.sessionStorage.setItem(key, page.sessionStorage.getItem(key).replace('/safe', '//evil.example'));
    page.load(world.provider.authorize(url));
    const auth = world.auth(page);
    await auth.handleRedirect();
    assert.equal(auth.state.status, 'signed_in');
    assert.equal(auth.state.return_to, null);
});

test('a URL that is no answer is nothing', async (t) => {
    const rows = [
        home,
        'https://app.example/callback',
        'https://app.example/callback?code=a',
        'https://app.example/callback?error=a',
        'https://app.example/callback?state=a',
        'https://app.example/other?code=a&state=b',
        'https://app.example/callback/?code=a&state=b',
    ];
    for (const href of rows) {
        const world = new World(t);
        const page = world.window(href);
        assert.equal(await world.auth(page).handleRedirect(), null, href);
        assert.equal(page.location.href, href);
    }
});

test('code and state leave the address bar, after an error too, and what is not theirs stays', async (t) => {
    for (const user of [{}, { error: 'access_denied' }]) {
        const world = new World(t);
        const page = world.window();
        world.provider.redirect_uri = 'https://app.example/callback?a=b';
        const url = await world.leave(world.auth(page), page);
        page.load(world.provider.authorize(url, user));
        page.history.state = { of: 'the application' };
        const auth = world.auth(page);
        await auth.handleRedirect().catch((error) => assert.equal(error.code, 'authorization_error'));
        assert.equal(page.location.href, 'https://app.example/callback?a=b');
        assert.deepEqual(page.history.state, { of: 'the application' });
        assert.equal(auth.state.error?.serverError, user.error);
        assert.equal(auth.state.status, user.error ? 'signed_out' : 'signed_in');
    }
});

test('an answer that is taken twice in one page, at once or later, ends where the first one did', async (t) => {
    const world = new World(t);
    const page = world.window();
    page.load(world.provider.authorize(await world.leave(world.auth(page), page)));
    const callback = page.location.href;
    const auth = world.auth(page);
    const [first, second] = await Promise.all([auth.handleRedirect(), auth.handleRedirect()]);
    assert.equal(first, second);
    assert.equal(await auth.handleRedirect(), auth.session);
    assert.equal(await auth.handleRedirect(callback), auth.session);
    assert.equal(world.provider.count.code, 1);
    await auth.signOut({ local_only: true });
    assert.equal(await auth.handleRedirect(), null, 'nobody is signed in any more');
});

test('an answer that is opened again in another page', async (t) => {
    for (const shared of [false, true]) {
        const world = new World(t);
        const page = world.window();
        const options = () => (shared ? world.shared : {});
        page.load(world.provider.authorize(await world.leave(world.auth(page, options()), page)));
        const callback = page.location.href;
        const before = world.auth(page, options());
        await before.handleRedirect();
        before.close();
        page.load(callback); // the back button
        const auth = world.auth(page, options());
        if (shared) {
            assert.equal((await auth.handleRedirect()).claims.sub, 'u1');
            assert.equal(auth.state.error.code, 'sign_in_answered');
        } else await refused('sign_in_answered', auth.handleRedirect());
        assert.equal(page.location.href, world.provider.redirect_uri);
        assert.equal(world.provider.count.code, 1, 'a code is never used twice');
        assert.equal(world.provider.reused, 0);
        // In another tab, which knows nothing of it.
        const other = world.window(callback);
        const elsewhere = world.auth(other, options());
        if (shared) {
            assert.equal((await elsewhere.handleRedirect()).claims.sub, 'u1');
            assert.equal(elsewhere.state.error.code, 'sign_in_unknown');
        } else await refused('sign_in_unknown', elsewhere.handleRedirect());
        assert.equal(other.location.href, world.provider.redirect_uri);
    }
});

test('a page that is left while it finishes a sign-in says so when it is back, and signs in anew', async (t) => {
    const world = new World(t);
    const page = world.window();
    page.load(world.provider.authorize(await world.leave(world.auth(page), page)));
    world.provider.faults.code = ['hang'];
    world.auth(page).handleRedirect().catch(() => {});
    await until(() => world.provider.count.code === 1, 'it is in the middle');
    page.load(page.location.href); // a reload
    const auth = world.auth(page);
    assert.equal(await auth.handleRedirect(), null);
    assert.equal(auth.state.error.code, 'sign_in_interrupted');
    assert.equal(await auth.ready(), null);
    page.load(world.provider.authorize(await world.leave(auth, page)));
    assert.equal((await world.auth(page).handleRedirect()).claims.sub, 'u1');
});

test('what an answer can be refused for, each with what to do', async (t) => {
    const rows = {
        'of another state': ['sign_in_unknown', (url) => (url.searchParams.set('state', 'x'), url)],
        'of another issuer': ['authorization_iss_mismatch', (url) => (url.searchParams.set('iss', 'https://evil.example'), url)],
        'state twice': ['parameter_repeated', (url) => (url.searchParams.append('state', 'x'), url)],
        'at another origin': ['redirect_uri_of_another_origin', (url) => ((url.host = 'www.app.example'), url)],
        'over http': ['redirect_uri_of_another_origin', (url) => ((url.protocol = 'http:'), url)],
    };
    for (const [name, [code, change]] of Object.entries(rows)) {
        const world = new World(t);
        const page = world.window();
        const callback = world.provider.authorize(await world.leave(world.auth(page), page));
        page.load(change(new URL(callback)).href);
        const auth = world.auth(page);
        const error = await refused(code, auth.handleRedirect());
        assert.ok(error.message.includes('do: '), name);
        assert.equal(auth.state.error, error);
        assert.equal(auth.state.status, 'signed_out');
        assert.ok(!/[?&](code|state)=/.test(page.location.href), page.location.href);
        assert.equal(world.provider.count.code, 0, name);
    }
});

test('a sign-in that took too long', async (t) => {
    for (const [wait, code] of [
        [11 * 60_000, 'sign_in_expired'],
        [25 * 3600_000, 'sign_in_unknown'],
    ]) {
        const world = new World(t);
        const page = world.window();
        const callback = world.provider.authorize(await world.leave(world.auth(page), page));
        await world.clock.pass(wait);
        page.load(callback);
        await refused(code, world.auth(page).handleRedirect());
    }
});

test('two sign-ins at once, in one tab and in two, each end', async (t) => {
    const world = new World(t);
    const page = world.window();
    const first = await world.leave(world.auth(page), page);
    const second = await world.leave(world.auth(page), page);
    assert.notEqual(first, second);
    page.load(world.provider.authorize(first, { sub: 'u1' }));
    assert.equal((await world.auth(page).handleRedirect()).claims.sub, 'u1');
    page.load(world.provider.authorize(second, { sub: 'u2' }));
    assert.equal((await world.auth(page).handleRedirect()).claims.sub, 'u2');
    const [a, b] = [world.window(), world.window()];
    const urls = [await world.leave(world.auth(a, world.shared), a), await world.leave(world.auth(b, world.shared), b)];
    a.load(world.provider.authorize(urls[0]));
    b.load(world.provider.authorize(urls[1]));
    const [one, other] = [world.auth(a, world.shared), world.auth(b, world.shared)];
    const sessions = await Promise.all([one.handleRedirect(), other.handleRedirect()]);
    assert.deepEqual(
        sessions.map(({ claims }) => claims.sub),
        ['u1', 'u1'],
    );
    await settle();
    assert.equal(await one.session.accessToken(), await other.session.accessToken(), 'they share one session in the end');
});

test('a second call takes the place of the first', async (t) => {
    const world = new World(t);
    const page = world.window();
    const auth = world.auth(page);
    const first = auth.signIn();
    auth.signIn().catch(() => {});
    await refused('sign_in_replaced', first);
    await until(() => page.went.length === 1, 'the page leaves once');
    await settle();
    assert.equal(page.went.length, 1);
    assert.equal(auth.state.status, 'signing_in');
    assert.equal(auth.state.error, null);
});

test('a page that is shown again without an answer says so, and can sign in', async (t) => {
    const world = new World(t);
    const page = world.window();
    const auth = world.auth(page);
    const promise = auth.signIn();
    await until(() => page.went.length === 1, 'the page leaves');
    page.dispatch('pageshow', { persisted: false });
    await settle();
    assert.equal(auth.state.status, 'signing_in');
    page.dispatch('pageshow', { persisted: true });
    await refused('sign_in_left', promise);
    assert.equal(auth.state.status, 'signed_out');
    await world.leave(auth, page);
    assert.equal(page.went.length, 2);
});

test('storage that is blocked or full is an error before the page leaves', async (t) => {
    const blocked = () => {
        throw new DOMException('no', 'SecurityError');
    };
    for (const [code, spoil] of [
        ['storage_blocked', (page) => (page.sessionStorage.blocked = true)],
        ['storage_full', (page) => (page.sessionStorage.capacity = 100)],
        ['storage_blocked', (page) => Object.defineProperty(page, 'sessionStorage', { get: blocked })],
    ]) {
        const world = new World(t);
        const page = world.window();
        spoil(page);
        const auth = world.auth(page);
        assert.equal(await auth.handleRedirect(), null);
        const error = await refused(code, auth.signIn());
        assert.ok(error.message.includes('popup: true'));
        assert.deepEqual(page.went, []);
        assert.equal(auth.state.status, 'signed_out');
    }
});

test('what somebody else stored there is no sign-in, and goes', async (t) => {
    const world = new World(t);
    const page = world.window();
    const url = await world.leave(world.auth(page), page);
    const [key] = page.sessionStorage.keys();
    const mine = page.sessionStorage.getItem(key);
    const rows = ['', 'null', '[]', '{', '{"blob":7}', '{"blob":"x","begun_at":"y"}'];
    rows.push(JSON.stringify({ ...JSON.parse(mine), begun_at: world.clock.now() + 1, blob: '{"v":1}' }));
    rows.forEach((text, i) => page.sessionStorage.setItem(`${key}${i}`, text));
    page.sessionStorage.setItem('of the application', 'kept');
    page.load(world.provider.authorize(url));
    assert.equal((await world.auth(page).handleRedirect()).claims.sub, 'u1');
    assert.deepEqual(page.sessionStorage.keys().sort(), [key, 'of the application'].sort());
    assert.ok(!page.sessionStorage.getItem(key).includes('verifier'), 'nothing secret is left of what was used');
});

test('sign-ins that nobody came back from go, the oldest first', async (t) => {
    const world = new World(t);
    const page = world.window();
    const auth = world.auth(page, { server: world.provider.server });
    for (let i = 0; i < 20; i += 1) {
        await world.leave(auth, page);
        await world.clock.pass(1000);
    }
    assert.ok(page.sessionStorage.length <= 17, String(page.sessionStorage.length));
    await world.clock.pass(25 * 3600_000);
    await world.leave(auth, page);
    assert.equal(page.sessionStorage.length, 1);
});

test('an ID Token with a broken signature signs nobody in', async (t) => {
    const world = new World(t);
    world.provider.signature_broken = true;
    await assert.rejects(world.signed_in(), { code: 'jws_signature_invalid' });
    assert.equal(world.provider.count.userinfo, 0);
});

test('a provider that cannot be reached is tried again, and nothing is lost', async (t) => {
    const world = new World(t);
    const page = world.window();
    world.provider.faults.discovery = ['offline'];
    const auth = world.auth(page);
    const error = await refused('transport_no_answer', auth.signIn());
    assert.equal(error.condition, 'retry_later');
    page.load(world.provider.authorize(await world.leave(auth, page)));
    world.provider.faults.discovery = ['offline'];
    const back = world.auth(page);
    await refused('transport_no_answer', back.handleRedirect());
    assert.equal(page.location.href, world.provider.redirect_uri);
    assert.equal((await back.handleRedirect()).claims.sub, 'u1', 'the code was not used yet, and is still held');
    assert.equal(world.provider.count.code, 1);
});

test('metadata may be given, and are asked for once in a page', async (t) => {
    const given = new World(t);
    await given.signed_in({ server: given.provider.server });
    assert.equal(given.provider.count.discovery, 0);
    const asked = new World(t);
    const { auth, page } = await asked.signed_in();
    const before = asked.provider.count.discovery;
    await asked.leave(auth, page, { prompt: 'login' });
    assert.equal(asked.provider.count.discovery, before);
});

test('a page at another origin than its redirect_uri is told before it leaves', async (t) => {
    const world = new World(t);
    const page = world.window('http://127.0.0.1:3000/');
    const error = await refused('redirect_uri_of_another_origin', world.auth(page).signIn());
    assert.equal(error.got, 'http://127.0.0.1:3000');
    assert.deepEqual(page.went, []);
});

test('a clock that is wrong by a day signs in, and says so', async (t) => {
    for (const [error, exposes_date, words] of [
        [24 * 3600_000 - 60_000, false, /fast/],
        [-24 * 3600_000 + 60_000, false, /slow/],
        [-11 * 60_000, true, /11 minutes slow/],
        [0, true, /^$/],
    ]) {
        const world = new World(t);
        world.clock.error = error;
        world.provider.exposes_date = exposes_date;
        const { session, auth } = await world.signed_in();
        assert.match(session.clock, words);
        assert.equal(session.expires_at, world.clock.now() + 600_000, 'by this clock');
        const before = await session.accessToken();
        await world.clock.pass(9 * 60_000 + 40_000);
        await until(async () => (await auth.session.accessToken()) !== before, 'there is another token');
        assert.equal(world.provider.count.refresh, 1);
    }
});

test('a module that cannot be loaded is an error, and can be tried again', async (t) => {
    const page = new TextEncoder().encode('<!doctype html>');
    const rows = { 'cut off': new Uint8Array([0, 97, 115, 109, 1, 0, 0]), 'of something else': page };
    for (const [name, wasm] of Object.entries(rows)) {
        const world = new World(t);
        const auth = world.auth(world.window(), { wasm });
        await refused('wasm_not_loaded', auth.ready());
        assert.equal(auth.state.status, 'signed_out', name);
        assert.equal(auth.state.error.code, 'wasm_not_loaded');
        await refused('wasm_not_loaded', auth.signIn());
        await refused('wasm_not_loaded', auth.signIn({ popup: true }));
    }
});

test('a secret has no place in a page', async (t) => {
    const world = new World(t);
    await refused('secret_in_page', world.auth(world.window()).signIn({ extra: { client_secret: 'ccas_x' } }));
});
