// Signing out: here first, then the tokens, then at the provider; and coming back from there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle, until } from '../support/scripted_browser.mjs';
import { refused, World } from '../support/world.mjs';

const bye = 'https://app.example/bye';

test('the session ends here at once, its token is revoked, and the page leaves for the provider', async (t) => {
    const world = new World(t);
    const { auth, page, session } = await world.signed_in({ post_logout_redirect_uri: bye });
    const promise = auth.signOut();
    assert.equal(auth.session, null);
    assert.equal(auth.state.status, 'signing_out');
    await promise;
    assert.equal(auth.state.status, 'signed_out');
    assert.equal(auth.state.error, null);
    assert.match(world.provider.revoked.join(), /^refresh-/);
    const url = new URL(page.went.at(-1));
    assert.equal(url.origin + url.pathname, 'https://id.example/logout');
    assert.match(url.searchParams.get('id_token_hint'), /^ey/);
    assert.equal(url.searchParams.get('post_logout_redirect_uri'), bye);
    await assert.rejects(session.accessToken(), { code: 'signed_out' });
    assert.equal(await auth.ready(), null);
    await auth.signOut();
    assert.equal(page.went.length, 2, 'a second time there is nothing to do');
});

test('coming back: the state is checked, and nothing but what is shown hangs on it', async (t) => {
    for (const [change, code] of [
        [(state) => state, null],
        [() => 'x', 'logout_state_mismatch'],
    ]) {
        const world = new World(t);
        const { auth, page } = await world.signed_in({ post_logout_redirect_uri: bye });
        await auth.signOut();
        const state = new URL(page.went.at(-1)).searchParams.get('state');
        page.load(`${bye}?state=${change(state)}&a=b`);
        const back = world.auth(page, { post_logout_redirect_uri: bye });
        assert.equal(await back.handleRedirect(), null);
        assert.equal(back.state.error?.code ?? null, code);
        assert.equal(page.location.href, `${bye}?a=b`);
        assert.equal(await back.ready(), null);
    }
    const world = new World(t);
    const page = world.window(`${bye}?state=x`);
    assert.equal(await world.auth(page, { post_logout_redirect_uri: bye }).handleRedirect(), null, 'nobody signed out here');
});

test('only here', async (t) => {
    const world = new World(t);
    const { auth, page } = await world.signed_in();
    await auth.signOut({ local_only: true });
    assert.equal(auth.state.status, 'signed_out');
    assert.equal(page.went.length, 1, 'that of the sign-in');
    assert.equal(world.provider.revoked.length, 1);
});

test('a provider without such a page, or that cannot be reached, keeps nobody signed in', async (t) => {
    const without = new World(t);
    without.provider.metadata = { end_session_endpoint: undefined };
    const { auth, page } = await without.signed_in();
    await auth.signOut();
    assert.equal(auth.state.status, 'signed_out');
    assert.equal(page.went.length, 1);

    const away = new World(t);
    away.provider.faults.revocation = Array(20).fill('offline');
    const lost = await away.signed_in();
    const promise = lost.auth.signOut({ local_only: true });
    await settle();
    await away.clock.pass(30_000);
    await promise;
    assert.equal(lost.auth.state.status, 'signed_out');
    assert.equal(lost.auth.state.error.code, 'transport_no_answer', 'whether the token was revoked is not known');
});

test('signing out in one tab ends the others', async (t) => {
    const world = new World(t);
    const { auth } = await world.signed_in(world.shared);
    const others = [world.auth(world.window(), world.shared), world.auth(world.window(), world.shared)];
    for (const other of others) assert.equal((await other.ready()).claims.sub, 'u1');
    await auth.signOut({ local_only: true });
    for (const other of others) {
        await until(() => other.state.status === 'signed_out', 'it has heard of it');
        assert.equal(other.state.error.condition, 'authorize_again');
        await refused('not_signed_in', other.fetch('https://api.example/me'));
    }
    assert.equal(world.provider.revoked.length, 1);
    assert.ok(world.channels.said.some(({ type }) => type === 'signed_out'));
    assert.ok(!JSON.stringify([...world.localStorage.values()]).includes('refresh-'), 'no token is left in the storage');
    const late = world.auth(world.window(), world.shared);
    assert.equal(await late.ready(), null);
});

test('signing out ends a sign-in that is waiting', async (t) => {
    const world = new World(t);
    const { auth, page } = await world.signed_in();
    const waiting = auth.signIn({ popup: true });
    await until(() => page.opened[0].went.length === 1, 'the window is at the provider');
    const out = auth.signOut({ local_only: true });
    await refused('sign_in_replaced', waiting);
    await out;
    assert.equal(auth.state.status, 'signed_out');
    assert.ok(page.opened[0].closed);
});
