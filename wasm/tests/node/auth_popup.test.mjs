// Signing in in a window of its own: what travels between the two windows, and what becomes of either where the other is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle, until } from '../support/scripted_browser.mjs';
import { refused, World } from '../support/world.mjs';

/** Begins a sign-in in a window: {auth, page, popup, promise}, with the provider's page in it. */
async function begin(world, options = {}, page = world.window()) {
    const auth = world.auth(page, options);
    const promise = auth.signIn({ popup: true, return_to: '/wanted' });
    promise.catch(() => {});
    const popup = page.opened.at(-1);
    assert.ok(popup, 'the window is opened at once, in the gesture of the user');
    await until(() => popup.went.length === 1, 'the window goes to the provider');
    return { auth, page, popup, promise };
}

test('a window brings the answer back, and closes', async (t) => {
    const world = new World(t);
    const { auth, page, popup, promise } = await begin(world);
    assert.deepEqual(page.went, [], 'the page stays');
    assert.equal(page.sessionStorage.length, 0);
    popup.load(world.provider.authorize(popup.went[0]));
    world.auth(popup).handleRedirect();
    const session = await promise;
    assert.equal(session.claims.sub, 'u1');
    assert.equal(auth.state.return_to, '/wanted');
    assert.ok(popup.closed);
    assert.equal(popup.location.href, world.provider.redirect_uri, 'nothing is left in its address bar');
    assert.equal(world.provider.count.code, 1);
    assert.equal(page.listening, 5, 'nothing listens to other windows any more');
});

test('an error of the provider is told where the user is', async (t) => {
    const world = new World(t);
    const { auth, popup, promise } = await begin(world);
    popup.load(world.provider.authorize(popup.went[0], { error: 'access_denied' }));
    world.auth(popup).handleRedirect();
    await refused('authorization_error', promise);
    assert.equal(auth.state.status, 'signed_out');
    assert.ok(popup.closed);
});

test('messages of others are not believed', async (t) => {
    const world = new World(t);
    const { page, popup, promise } = await begin(world);
    const answer = world.provider.authorize(popup.went[0]);
    const source = page.view_of(popup);
    const origin = 'https://app.example';
    const strangers = [
        { source: {}, origin, data: { 'calimatic-auth': answer } },
        { source, origin: 'https://evil.example', data: { 'calimatic-auth': answer } },
        { source, origin, data: null },
        { source, origin, data: 'text' },
        { source, origin, data: { 'calimatic-auth': 7 } },
        { source, origin, data: { 'calimatic-auth': 'no URL' } },
        { source, origin, data: { 'calimatic-auth': `${world.provider.redirect_uri}?code=x&state=y` } },
    ];
    for (const event of strangers) page.dispatch('message', event);
    await settle();
    assert.equal(world.provider.count.code, 0);
    page.dispatch('message', { source, origin, data: { 'calimatic-auth': answer } });
    assert.equal((await promise).claims.sub, 'u1', 'the sign-in was still waiting');
});

test('the window tells its URL to nobody but the page that opened it, of the same origin', async (t) => {
    const world = new World(t);
    const { popup } = await begin(world);
    const callback = world.provider.authorize(popup.went[0]);
    const heard = [];
    popup.opener = { closed: false, postMessage: (message, target) => heard.push([message, target]) }; // silent
    popup.load(callback);
    const auth = world.auth(popup);
    const promise = auth.handleRedirect();
    promise.catch(() => {});
    for (const event of [
        { source: {}, origin: 'https://app.example' },
        { source: popup.opener, origin: 'https://evil.example' },
    ])
        popup.dispatch('message', { ...event, data: { 'calimatic-auth': 'go' } });
    await settle();
    assert.deepEqual(heard, [[{ 'calimatic-auth': 'ready' }, 'https://app.example']]);
    await world.clock.pass(3000);
    await refused('opener_lost', promise);
    popup.dispatch('message', { source: popup.opener, origin: 'https://app.example', data: { 'calimatic-auth': 'go' } });
    assert.equal(heard.length, 1, 'too late: this window has used the answer itself');
});

test('a window that the browser blocks, the user closes, or another takes over', async (t) => {
    const world = new World(t);
    const page = world.window();
    page.blocks_popups = true;
    const auth = world.auth(page);
    await refused('popup_blocked', auth.signIn({ popup: true }));
    assert.equal(world.provider.count.discovery, 0);
    page.blocks_popups = false;

    const closed = await begin(world);
    closed.popup.close();
    await world.clock.pass(500);
    await refused('popup_closed', closed.promise);
    assert.equal(closed.auth.state.status, 'signed_out');

    const first = auth.signIn({ popup: true });
    const second = auth.signIn({ popup: true });
    await refused('sign_in_replaced', first);
    assert.equal(page.opened.length, 1, 'the window is used again');
    const popup = page.opened[0];
    await until(() => popup.went.length === 1, 'it goes to the provider once');
    assert.ok(!popup.closed);
    popup.load(world.provider.authorize(popup.went[0]));
    world.auth(popup).handleRedirect();
    assert.equal((await second).claims.sub, 'u1');

    const replaced = await begin(world);
    replaced.auth.signIn().catch(() => {});
    await refused('sign_in_replaced', replaced.promise);
    assert.ok(replaced.popup.closed, 'nobody waits for that window any more');
});

test('an opener lost to COOP: with a shared store the window signs in by itself, and the page notices', async (t) => {
    const world = new World(t);
    const { auth, popup, promise } = await begin(world, world.shared);
    popup.sever();
    await world.clock.pass(500);
    await refused('popup_closed', promise);
    popup.load(world.provider.authorize(popup.went[0]));
    const there = world.auth(popup, world.shared);
    assert.equal((await there.handleRedirect()).claims.sub, 'u1');
    assert.ok(popup.closed);
    await until(() => auth.session, 'the page notices');
    assert.equal(await auth.session.accessToken(), await there.session.accessToken());
    assert.equal(world.provider.count.code, 1);
    assert.ok(!JSON.stringify(world.channels.said).includes('code'), JSON.stringify(world.channels.said));
});

test('an opener lost to COOP: a window that is quicker than the page notices is found all the same', async (t) => {
    const world = new World(t);
    const { auth, popup, promise } = await begin(world, world.shared);
    popup.sever();
    popup.load(world.provider.authorize(popup.went[0]));
    assert.equal((await world.auth(popup, world.shared).handleRedirect()).claims.sub, 'u1');
    await world.clock.pass(500);
    assert.equal((await promise).claims.sub, 'u1');
    assert.equal(auth.state.status, 'signed_in');
    assert.equal(auth.state.error, null);
    assert.equal(world.provider.count.code, 1);
});

test('an opener lost to COOP: with the memory store both say what to do', async (t) => {
    const world = new World(t);
    const { auth, popup, promise } = await begin(world);
    popup.sever();
    await world.clock.pass(500);
    assert.match((await refused('popup_closed', promise)).message, /Cross-Origin-Opener-Policy.*redirect/);
    popup.load(world.provider.authorize(popup.went[0]));
    assert.match((await refused('opener_lost', world.auth(popup).handleRedirect())).message, /redirect/);
    assert.equal(world.provider.count.code, 0);
    assert.equal(auth.state.status, 'signed_out');
});

test('a page that was reloaded while its window was away does not wait any more', async (t) => {
    const world = new World(t);
    const { page, popup } = await begin(world, world.shared);
    page.load(page.location.href);
    const auth = world.auth(page, world.shared);
    assert.equal(await auth.ready(), null);
    popup.load(world.provider.authorize(popup.went[0]));
    const there = world.auth(popup, world.shared).handleRedirect();
    await settle();
    await world.clock.pass(3000);
    assert.equal((await there).claims.sub, 'u1');
    await until(() => auth.session, 'the page notices');
});

test('where nothing can be stored, a window still signs in', async (t) => {
    const world = new World(t);
    const page = world.window();
    page.sessionStorage.blocked = true;
    const auth = world.auth(page);
    const promise = auth.signIn({ popup: true });
    const popup = page.opened[0];
    popup.sessionStorage.blocked = true;
    await until(() => popup.went.length === 1, 'the window goes to the provider');
    popup.load(world.provider.authorize(popup.went[0]));
    world.auth(popup).handleRedirect();
    assert.equal((await promise).claims.sub, 'u1');
});

test('a window that is not of a sign-in is left alone', async (t) => {
    const world = new World(t);
    const page = world.window();
    page.open('https://app.example/home', 'of the application');
    const other = page.opened[0];
    const url = await world.leave(world.auth(other), other);
    other.load(world.provider.authorize(url));
    assert.equal((await world.auth(other).handleRedirect()).claims.sub, 'u1');
    assert.ok(!other.closed);
});
