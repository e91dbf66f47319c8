// The session of a page: refreshed in time, over reloads, shared by tabs, awake after sleep, and never lost by a failure.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAuth, persistentStore, systemClock, webLocks } from '../../../build/wasm/package/index.js';
import { ScriptedStorage, settle, until } from '../support/scripted_browser.mjs';
import { home, refused, World } from '../support/world.mjs';

const minute = 60_000;
const name = 'calimatic-auth https://id.example cca_page';

/** So many tabs with one session: [{page, auth}, ...], the first of which signed in. */
async function tabs(world, count, options = {}) {
    const first = await world.signed_in({ ...world.shared, ...options });
    const all = [first];
    for (let i = 1; i < count; i += 1) {
        const page = world.window();
        const auth = world.auth(page, { ...world.shared, ...options });
        assert.equal((await auth.ready()).claims.sub, 'u1');
        all.push({ page, auth });
    }
    await settle();
    return all;
}

test('a session is refreshed before its token expires, and the state says when', async (t) => {
    const world = new World(t);
    const { auth, session } = await world.signed_in();
    const due = session.next_refresh;
    assert.ok(due > world.clock.now() + 8 * minute && due <= world.clock.now() + 9 * minute, String(due));
    await world.clock.pass(due - world.clock.now() - 1);
    assert.equal(world.provider.count.refresh, 0);
    await world.clock.pass(1);
    await until(() => auth.session.expires_at > session.expires_at, 'there is a new token');
    assert.equal(world.provider.count.refresh, 1);
    assert.notEqual(auth.session, session);
    assert.ok(auth.session.next_refresh > due);
    assert.equal(auth.state.status, 'signed_in');
    await world.clock.pass(60 * minute);
    assert.ok(world.provider.count.refresh >= 6, String(world.provider.count.refresh));
    assert.equal(world.provider.reused, 0);
});

test('with the memory store nothing is written, every tab has its own sign-in, and a reload signs in again', async (t) => {
    const world = new World(t);
    const { page } = await world.signed_in();
    const written = [...world.localStorage.values(), ...page.sessionStorage.values()].join();
    assert.ok(!/access-|refresh-|ey[A-Z]|verifier/.test(written), written);
    assert.equal(world.channels.open, 0);
    page.load(home);
    assert.equal(await world.auth(page).ready(), null);
});

test('with the persistent store a session is there after a reload, without a request', async (t) => {
    const world = new World(t);
    const { page, auth } = await world.signed_in({ ...world.shared, server: world.provider.server });
    const token = await auth.session.accessToken();
    auth.close();
    page.load(home);
    const before = structuredClone(world.provider.count);
    const again = world.auth(page, { ...world.shared, server: world.provider.server });
    assert.equal((await again.ready()).claims.sub, 'u1');
    assert.equal(await again.session.accessToken(), token);
    assert.deepEqual(world.provider.count, before);
});

test('a session that expired while nobody was there is refreshed at once', async (t) => {
    const world = new World(t);
    const { page, auth } = await world.signed_in(world.shared);
    auth.close();
    await world.clock.pass(60 * minute);
    page.load(home);
    const again = world.auth(page, world.shared);
    await again.ready();
    assert.match(await again.session.accessToken(), /^access-/);
    assert.equal(world.provider.count.refresh, 1);
});

test('tabs refresh once between them, with locks and without, and use the same token', async (t) => {
    for (const options of [{}, { lock: null }, { channel: () => null }, { lock: null, channel: () => null }]) {
        const world = new World(t);
        const all = await tabs(world, 4, options);
        for (let round = 1; round <= 3; round += 1) {
            await world.clock.pass(9 * minute + 35_000);
            await until(() => world.provider.count.refresh === round, 'there was a refresh');
            for (const { page } of all) page.dispatch('visibilitychange');
            await settle();
            const tokens = new Set(await Promise.all(all.map(({ auth }) => auth.session.accessToken())));
            assert.equal(tokens.size, 1, JSON.stringify(Object.keys(options)));
            assert.equal(world.provider.count.refresh, round);
        }
        assert.equal(world.provider.reused, 0);
        assert.ok(!world.locks.busy);
        for (const { auth } of all) auth.close();
    }
});

test('tabs that wake together after a long sleep refresh once', async (t) => {
    const world = new World(t);
    const all = await tabs(world, 4);
    world.clock.sleep(8 * 60 * minute);
    for (const { page } of all) page.dispatch('visibilitychange');
    const tokens = await Promise.all(all.map(({ auth }) => auth.session.accessToken()));
    assert.equal(new Set(tokens).size, 1);
    assert.equal(world.provider.count.refresh, 1);
    assert.equal(world.provider.reused, 0);
});

test('whatever may mean that time has passed has the machine asked', async (t) => {
    for (const type of ['visibilitychange', 'pageshow', 'focus', 'online', 'offline']) {
        const world = new World(t);
        const { page, auth } = await world.signed_in();
        const before = await auth.session.accessToken();
        world.clock.sleep(9 * minute + 40_000); // no timer has run
        await settle();
        assert.equal(world.provider.count.refresh, 0);
        page.dispatch(type);
        await until(() => world.provider.count.refresh === 1, `${type} is noticed`);
        await until(async () => (await auth.session.accessToken()) !== before, 'there is a new token');
    }
});

test('asking for the token is enough to wake', async (t) => {
    const world = new World(t);
    const { auth } = await world.signed_in();
    const before = await auth.session.accessToken();
    world.clock.sleep(11 * minute);
    assert.notEqual(await auth.session.accessToken(), before);
});

test('no timer is longer than timers can be', (t) => {
    const set = t.mock.method(globalThis, 'setTimeout', () => 0);
    systemClock.after(100 * 24 * 3600_000, () => {});
    systemClock.after(-1, () => {});
    assert.deepEqual(
        set.mock.calls.map(({ arguments: [, wait] }) => wait),
        [2 ** 31 - 1, 0],
    );
});

test('offline and back: the token is used as long as it is good, and nothing is lost', async (t) => {
    const navigator = { onLine: false };
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
    t.after(() => delete globalThis.navigator);
    const world = new World(t);
    const { page, auth } = await world.signed_in();
    const before = await auth.session.accessToken();
    world.provider.faults.refresh = Array(50).fill('offline');
    await world.clock.pass(9 * minute + 40_000);
    await until(() => auth.session.last_error, 'the failure is told');
    assert.equal(auth.session.last_error.condition, 'retry_later');
    assert.equal(await auth.session.accessToken(), before);
    assert.equal(auth.state.status, 'signed_in');
    world.provider.faults.refresh = [];
    navigator.onLine = true;
    page.dispatch('online');
    await world.clock.pass(minute);
    await until(async () => (await auth.session.accessToken()) !== before, 'there is a new token');
    assert.equal(auth.session.last_error, null);
});

test('a provider that is down is waited for, and the caller is told at once', async (t) => {
    const world = new World(t);
    const { auth } = await world.signed_in();
    world.provider.faults.refresh = Array(50).fill(503);
    await world.clock.pass(11 * minute);
    const error = await auth.session.accessToken().catch((e) => e);
    assert.equal(error.condition, 'retry_later', String(error));
    assert.equal(auth.state.status, 'signed_in', 'the session is not over');
    world.provider.faults.refresh = [];
    await world.clock.pass(6 * minute);
    assert.match(await auth.session.accessToken(), /^access-/);
});

test('an answer that was lost is asked for again soon, and the session ends only where the provider ends it', async (t) => {
    const world = new World(t);
    world.provider.rotates = false;
    const { auth } = await world.signed_in(world.shared);
    const before = await auth.session.accessToken();
    world.provider.faults.refresh = ['lost'];
    await world.clock.pass(9 * minute + 50_000);
    await until(async () => (await auth.session.accessToken()) !== before, 'there is a new token');
    assert.equal(world.provider.count.refresh, 2);
});

test('invalid_grant ends the session in every tab, and is not asked for again', async (t) => {
    const world = new World(t);
    const all = await tabs(world, 2);
    world.provider.forget_refresh_tokens();
    await world.clock.pass(9 * minute + 40_000);
    for (const { auth } of all) await until(() => auth.state.status === 'signed_out', 'it is over');
    assert.equal(world.provider.count.refresh, 1);
    assert.equal(all[0].auth.state.error.condition, 'authorize_again');
    await world.clock.pass(60 * minute);
    assert.equal(world.provider.count.refresh, 1);
});

test('a tab that signs in is noticed by the others, with a channel or at the next look', async (t) => {
    for (const channel of [true, false]) {
        const world = new World(t);
        const options = { ...world.shared, ...(channel ? {} : { channel: () => null }) };
        const page = world.window();
        const waiting = world.auth(page, options);
        assert.equal(await waiting.ready(), null);
        await world.signed_in(options);
        if (!channel) page.dispatch('focus');
        await until(() => waiting.session?.claims.sub === 'u1', 'it is noticed');
        assert.equal(waiting.state.status, 'signed_in');
        assert.equal(waiting.state.error, null);
    }
});

test('only notices travel between tabs, and a stranger among them is harmless', async (t) => {
    const world = new World(t);
    const all = await tabs(world, 2);
    await world.clock.pass(20 * minute);
    for (const message of world.channels.said) {
        assert.ok(['stored', 'signed_out'].includes(message.type), JSON.stringify(message));
        assert.ok(Object.keys(message).every((key) => ['type', 'generation'].includes(key)));
        assert.equal(typeof (message.generation ?? 0), 'number');
    }
    const state = all[0].auth.state;
    const count = structuredClone(world.provider.count);
    const strangers = [null, 7, 'signed_out', [], {}, { type: 'signed_out' }, { type: 'stored', generation: 1e9 }, { type: 'stored' }];
    for (const message of [...strangers, { type: 'tokens', access_token: 'x' }]) world.channels.say(name, message);
    await settle();
    assert.equal(all[0].auth.state, state);
    assert.deepEqual(world.provider.count, count);
});

test('what is stored and cannot be read is nobody, and a sign-in replaces it', async (t) => {
    const spoilt = ['x', 'hello world', '{}', '1.2 {"kind":"session"}', ' ', 'null', '\u0000', '\ud800', '1.2 {"kind":"\udfff"}'];
    for (const garbage of [...spoilt, 'x'.repeat(5_000_000), `1.2 ${'\u0001'.repeat(5_000_000)}`]) {
        const world = new World(t);
        world.localStorage.setItem(name, garbage);
        const page = world.window();
        const auth = world.auth(page, world.shared);
        assert.equal(await auth.ready(), null, garbage);
        assert.equal(auth.state.status, 'signed_out');
        assert.ok(auth.state.error, 'and it is said');
        const { session } = await world.signed_in(world.shared, { page });
        assert.equal(session.claims.sub, 'u1');
    }
});

test('what is stored is spoilt or gone while a session is held: its token is used on', async (t) => {
    for (const spoil of [
        (storage) => storage.setItem(name, 'garbage'),
        (storage) => storage.removeItem(name),
        (storage) => (storage.blocked = true),
    ]) {
        const world = new World(t);
        const { page, auth } = await world.signed_in(world.shared);
        const token = await auth.session.accessToken();
        spoil(world.localStorage);
        page.dispatch('focus');
        await settle();
        await world.clock.pass(minute);
        assert.equal(auth.state.status, 'signed_in');
        assert.equal(await auth.session.accessToken(), token);
        assert.equal(world.provider.count.refresh, 0);
    }
});

test('a store that is blocked is an error that says so', async (t) => {
    const world = new World(t);
    world.localStorage.blocked = true;
    const auth = world.auth(world.window(), world.shared);
    const error = await refused('storage_blocked', auth.ready());
    assert.match(error.message, /memory store/);
    assert.equal(auth.state.status, 'signed_out');
    world.localStorage.blocked = false;
    assert.equal(await auth.ready(), null, 'it can be tried again');
});

test('a store that answers with something else is a store that failed, and is asked again', async (t) => {
    for (const stored of [{ revision: 7, value: 'x' }, { revision: '1', value: {} }, { revision: '1', value: '\ud800' }]) {
        const world = new World(t);
        let answer = stored;
        const store = { shared: true, read: () => answer, replace: () => null };
        const auth = world.auth(world.window(), { ...world.shared, store });
        await refused('store_failed', auth.ready());
        assert.equal(auth.state.status, 'signed_out');
        answer = { revision: '', value: '' };
        assert.equal(await auth.ready(), null);
    }
});

test('a store that is full: told at the sign-in, and stored as soon as there is room', async (t) => {
    const world = new World(t);
    world.localStorage.capacity = 100;
    const page = world.window();
    page.load(world.provider.authorize(await world.leave(world.auth(page, world.shared), page)));
    const auth = world.auth(page, world.shared);
    await refused('storage_full', auth.handleRedirect());
    world.localStorage.capacity = Infinity;
    await world.clock.pass(10_000);
    await until(() => auth.session, 'it is stored');
    assert.equal(auth.state.status, 'signed_in');
    assert.equal(world.provider.count.code, 1);
});

test('another user who signs in elsewhere ends the session here, and takes over at the next look', async (t) => {
    const world = new World(t);
    const [first] = await tabs(world, 1);
    const held = first.auth.session;
    await world.signed_in(world.shared, { user: { sub: 'u2' } });
    await until(() => first.auth.session === null, 'it is noticed');
    assert.equal(first.auth.state.error.code, 'session_of_another_user');
    await refused('session_of_another_user', held.accessToken());
    await refused('not_signed_in', first.auth.fetch('https://api.example/me'));
    first.page.dispatch('focus');
    await until(() => first.auth.session, 'it looks again');
    assert.equal(first.auth.session.claims.sub, 'u2');
    assert.equal((await (await first.auth.fetch('https://api.example/me')).json()).sub, 'u2');
    const late = world.auth(world.window(), world.shared);
    assert.equal((await late.ready()).claims.sub, 'u2', 'the newest sign-in is the one that is stored');
});

test('closing frees everything and signs nobody out', async (t) => {
    const world = new World(t);
    const { page, auth, session } = await world.signed_in(world.shared);
    await settle();
    const told = [];
    auth.subscribe((state) => told.push(state));
    auth.close();
    auth.close();
    await settle();
    assert.equal(page.listening, 0);
    assert.equal(world.channels.open, 0);
    assert.equal(world.clock.waiting, 0);
    assert.ok(!world.locks.busy);
    await refused('client_closed', session.accessToken());
    for (const call of ['signIn', 'handleRedirect', 'ready', 'signOut']) await refused('client_closed', auth[call]());
    await refused('client_closed', auth.fetch('https://api.example/me'));
    assert.equal(told.length, 0);
    assert.equal((await world.auth(world.window(), world.shared).ready()).claims.sub, 'u1');
});

test('a tab that is closed in the middle of a refresh: the next one takes it over', async (t) => {
    for (const options of [{}, { lock: null }]) {
        const world = new World(t);
        const [first] = await tabs(world, 1, options);
        world.provider.faults.refresh = ['hang'];
        await world.clock.pass(9 * minute);
        await until(() => world.provider.count.refresh === 1, 'a refresh is under way');
        const second = world.auth(world.window(), { ...world.shared, ...options });
        await second.ready();
        const before = await second.session.accessToken();
        first.auth.close();
        await world.clock.pass(45_000);
        await until(async () => (await second.session.accessToken()) !== before, 'there is a new token');
        assert.equal(world.provider.count.refresh, 2);
        assert.equal(world.provider.reused, 0);
        assert.ok(!world.locks.busy);
        second.close();
    }
});

test('a server may make a client, and is told where there is no page', async () => {
    const auth = createAuth({ issuer: 'https://id.example', client_id: 'c', redirect_uri: 'https://app.example/callback' });
    assert.equal(auth.state.status, 'loading');
    assert.equal(auth.session, null);
    auth.subscribe(() => {})();
    await refused('page_missing', auth.signIn());
    await refused('page_missing', auth.handleRedirect());
    auth.close();
});

test('the persistent store: compare and swap, and a storage of the page', async () => {
    const storage = new ScriptedStorage();
    const [a, b] = [persistentStore(storage), persistentStore(storage)];
    assert.deepEqual(a.read('n'), { revision: '', value: '' });
    const first = a.replace('n', '', 'one two');
    assert.deepEqual(b.read('n'), { revision: first, value: 'one two' });
    assert.equal(b.replace('n', '', 'x'), null);
    const second = b.replace('n', first, 'three');
    assert.notEqual(first, second);
    assert.equal(a.replace('n', first, 'x'), null);
    assert.equal(a.read('n').value, 'three');
    assert.throws(() => persistentStore().read('n'), { code: 'storage_blocked' });
});

test('Web Locks: held until let go, given up when asked to, null where there are none', async () => {
    assert.equal(webLocks(null), null);
    const asked = [];
    const manager = {
        request(name, { signal }, held) {
            asked.push(name);
            if (signal.aborted) return Promise.reject(signal.reason);
            return held();
        },
    };
    const lock = webLocks(manager);
    const release = await lock.acquire('n', new AbortController().signal);
    assert.deepEqual(asked, ['n']);
    release();
    await assert.rejects(lock.acquire('n', AbortSignal.abort(new Error('given up'))), /given up/);
});

/** A store that other tabs see and that takes its time: `hold()` has everything wait until the function that it gives is called. */
function slowStore(storage) {
    const store = persistentStore(storage);
    let waiting = Promise.resolve();
    const late = (name) => async (...args) => {
        await waiting;
        return store[name](...args);
    };
    const hold = () => {
        let go;
        waiting = new Promise((resolve) => (go = resolve));
        return go;
    };
    return { shared: true, read: late('read'), replace: late('replace'), hold };
}

test('what was stored before does not replace a sign-in that is being stored', async (t) => {
    const world = new World(t);
    world.localStorage.setItem(name, 'of somebody else');
    const store = slowStore(world.localStorage);
    const page = world.window();
    const auth = world.auth(page, { store });
    const signing = auth.signIn({ popup: true });
    const [popup] = page.opened;
    await until(() => popup.went.length === 1, 'the window is at the provider');
    const go = store.hold();
    popup.load(world.provider.authorize(popup.went[0]));
    world.auth(popup).handleRedirect();
    await until(() => world.provider.count.jwks === 1, 'the answer is there');
    await settle();
    const ready = auth.ready();
    await settle();
    go();
    assert.equal((await signing).claims.sub, 'u1');
    assert.equal((await ready)?.claims.sub, 'u1');
});

test('a sign-in that could not be stored is not lost to a call of ready', async (t) => {
    const world = new World(t);
    world.localStorage.setItem(name, 'of somebody else');
    world.localStorage.capacity = 100;
    const page = world.window();
    page.load(world.provider.authorize(await world.leave(world.auth(page, world.shared), page)));
    const auth = world.auth(page, world.shared);
    await refused('storage_full', auth.handleRedirect());
    await refused('storage_full', auth.ready());
    world.localStorage.capacity = Infinity;
    assert.equal((await auth.ready()).claims.sub, 'u1');
    assert.equal(auth.state.status, 'signed_in');
});

test('where there is no refresh token, no refresh is announced, and the session ends with its token', async (t) => {
    const world = new World(t);
    world.provider.gives_refresh_tokens = false;
    const { auth, session } = await world.signed_in();
    assert.equal(session.next_refresh, null);
    await world.clock.pass(session.expires_at - world.clock.now() + 1000);
    assert.equal(auth.state.status, 'signed_out');
    assert.equal(auth.state.error.code, 'refresh_token_missing');
    assert.equal(world.provider.count.refresh, 0);
});

test('what stops the machine is told to whoever waits for a token', async (t) => {
    const world = new World(t);
    const { now } = world.clock;
    let stops = false;
    const fetch = async (...args) => {
        const response = await world.provider.fetch(...args);
        if (stops) world.clock.now = () => assert.fail('no clock any more');
        return response;
    };
    const { auth, session } = await world.signed_in({ fetch });
    world.clock.sleep(11 * minute);
    stops = true;
    await refused('page_failed', session.accessToken());
    world.clock.now = now;
    assert.equal(auth.state.status, 'signed_out');
    assert.equal(auth.state.error.code, 'page_failed');
});

test('a session of one page needs no lock of the browser', async (t) => {
    const asked = [];
    Object.defineProperty(globalThis, 'navigator', {
        value: { locks: { request: (lock, _, held) => (asked.push(lock), held()) } },
        configurable: true,
    });
    t.after(() => delete globalThis.navigator);
    for (const [shared, locks] of [[false, 0], [true, 1]]) {
        const world = new World(t);
        const { auth } = await world.signed_in({ lock: undefined, ...(shared ? world.shared : {}) });
        await world.clock.pass(9 * minute + 50_000);
        if (shared) await until(() => asked.length > 0, 'a lock is asked for');
        else await until(() => world.provider.count.refresh === 1, 'there was a refresh');
        assert.equal(asked.length, locks);
        auth.close();
    }
});

test('a tab that was put to sleep with the lock: who waits is told, and nothing is refreshed beside it', async (t) => {
    const world = new World(t);
    let asleep = true;
    const lock = {
        acquire: (of, signal) =>
            asleep
                ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
                : world.locks.acquire(of, signal),
    };
    const { auth, session } = await world.signed_in({ ...world.shared, lock });
    world.clock.sleep(11 * minute);
    const waiting = refused('store_failed', session.accessToken());
    await world.clock.pass(minute);
    assert.equal((await waiting).condition, 'retry_later');
    assert.equal(world.provider.count.refresh, 0);
    assert.equal(auth.state.status, 'signed_in');
    asleep = false;
    await world.clock.pass(minute);
    assert.match(await auth.session.accessToken(), /^access-/);
    assert.equal(world.provider.count.refresh, 1);
});
