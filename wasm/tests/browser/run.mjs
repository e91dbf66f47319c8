// The browser suite: whole sign-ins in headless Chromium, at the simulated platform over HTTP and at npm's oidc-provider. Arguments: words; only tests
// whose names contain one of them are run. Screenshots are kept in build/browser.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { argv, exit } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from './chromium.mjs';
import examples from './examples.mjs';
import { startCertified, startSimulated } from './servers.mjs';

const top = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const programs = join(top, 'build/examples/examples');
const folders = { '/package/': join(top, 'build/wasm/package'), '/': join(top, 'wasm/tests/browser/pages') };
const shots = join(top, 'build/browser');
mkdirSync(shots, { recursive: true });

const browser = await chromium();
const tests = [];
const test = (name, run) => tests.push({ name, run });
const shot = (page, name) => page.screenshot({ path: join(shots, `${name}.png`) });

// --- What a person does --------------------------------------------------------------------------------------------------------

const violations = [];
async function visitor(options = {}) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(20_000);
  context.on('console', (message) => message.type() === 'error' && violations.push(`${message.text()} ${message.location().url}`));
  return context;
}
const ready = (page) => page.locator('html[data-ready]').waitFor({ state: 'attached' });
async function open(context, world, mode) {
  const page = await context.newPage();
  await page.goto(`${world.origin}/${mode}/`);
  await ready(page);
  return page;
}
const report = (page) => page.evaluate(() => globalThis.report());
const token = (page) => page.evaluate(() => globalThis.auth.session.accessToken());
async function newToken(page, old) {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(100)) {
    const now = await token(page).catch(() => old); // while it is offline there may be none
    if (now !== old) return now;
  }
  assert.fail(`no new token: ${JSON.stringify(await report(page))}`);
}
async function signedIn(page) {
  await page.waitForFunction(() => globalThis.auth?.state.status === 'signed_in').catch(async () => assert.fail(JSON.stringify(await report(page))));
}
async function becomes(page, code) {
  await page.waitForFunction(() => globalThis.auth?.state.error).catch(async () => assert.fail(`no error: ${JSON.stringify(await report(page))}`));
  const { status, code: got, text } = await report(page);
  assert.equal(got, code, text);
  assert.equal(status, 'signed_out');
  return text;
}
async function signIn(page, world) {
  await page.locator('#sign-in').click();
  await world.signIn(page);
  await page.waitForURL(`${world.origin}/**`);
  await ready(page);
}
async function signInByPopup(page, world) {
  const opened = page.context().waitForEvent('page');
  await page.locator('#popup').click();
  const popup = await opened;
  await world.signIn(popup);
  return popup;
}

// --- At both providers ---------------------------------------------------------------------------------------------------------

function atProvider(world, short) {
  for (const mode of ['memory', 'persistent', 'memory-botan']) {
    test(`${world.name}, ${mode}: sign-in by redirect, claims, UserInfo`, async () => {
      world.use(mode);
      const context = await visitor();
      const page = await open(context, world, mode);
      assert.equal((await report(page)).status, 'signed_out');
      await signIn(page, world);
      await signedIn(page);
      const { claims, userinfo, scope } = await page.evaluate(() => globalThis.auth.session);
      assert.equal(claims.iss, world.issuer);
      assert.ok(userinfo.email.includes('@'));
      assert.equal(userinfo.sub, claims.sub);
      assert.ok(scope.includes('openid'));
      assert.equal(await page.evaluate(() => location.href), `${world.origin}/${mode}/`, 'code and state are out of the address bar');
      assert.ok((await page.evaluate(() => globalThis.shown)).includes('signing_in'), 'the user saw that a sign-in was being finished');
      await page.reload();
      await ready(page);
      assert.equal((await report(page)).status, mode.startsWith('persistent') ? 'signed_in' : 'signed_out', 'after a reload');
      await context.close();
    });
  }

  test(`${world.name}: sign-in by popup`, async () => {
    world.use('memory');
    const context = await visitor();
    const page = await open(context, world, 'memory');
    const popup = await signInByPopup(page, world);
    await signedIn(page);
    if (!popup.isClosed()) await popup.waitForEvent('close');
    assert.equal(await page.evaluate(() => sessionStorage.length), 0, 'nothing of the sign-in is left behind');
    await context.close();
  });

  test(`${world.name}: silent refresh, by one of two tabs`, async () => {
    short.use('persistent', 'short');
    const context = await visitor();
    const one = await open(context, short, 'persistent');
    await signIn(one, short);
    await signedIn(one);
    const two = await open(context, short, 'persistent');
    await signedIn(two);
    const first = await token(one);
    assert.equal(await token(two), first, 'both have the same session');
    const before = await short.refreshes();
    const both = await Promise.all([newToken(one, first), newToken(two, first)]);
    const refreshed = (await short.refreshes()) - before;
    assert.equal(both[0], both[1], 'both have the new tokens');
    assert.equal(refreshed, 1, `${refreshed} refreshes`);
    await context.close();
  });

  test(`${world.name}: a sign-out in one tab ends the other, and the provider sends the user back`, async () => {
    world.use('persistent');
    const context = await visitor();
    const one = await open(context, world, 'persistent');
    await signIn(one, world);
    await signedIn(one);
    const two = await open(context, world, 'persistent');
    await signedIn(two);
    await one.locator('#sign-out').click();
    await becomes(two, 'signed_out_elsewhere');
    await world.signOut(one);
    await one.waitForURL(`${world.origin}/persistent/`);
    await one.waitForFunction(() => globalThis.auth?.state.status === 'signed_out');
    assert.ok(!(await one.evaluate(() => JSON.stringify(localStorage))).includes('refresh_token'), 'no token is left behind');
    await context.close();
  });
}

// --- At the simulated platform -------------------------------------------------------------------------------------------------

function atSimulated(world) {
  for (const mode of ['memory', 'memory-botan'])
    test(`${mode}: an ID Token with a broken signature is refused`, async () => {
      world.use(mode);
      const context = await visitor();
      const page = await open(context, world, mode);
      await world.fault('idt-sig-flip');
      await signIn(page, world);
      await becomes(page, 'jws_signature_invalid');
      await context.close();
    });

  test('the answer opened a second time, in the same tab and in another', async () => {
    world.use('memory');
    const context = await visitor();
    const page = await open(context, world, 'memory');
    let answer = '';
    page.on('request', (request) => request.isNavigationRequest() && request.url().includes('code=') && (answer = request.url()));
    await signIn(page, world);
    await signedIn(page);
    await page.goto(answer);
    await ready(page);
    assert.match(await becomes(page, 'sign_in_answered'), /sign in again/);
    assert.equal(await page.evaluate(() => location.search), '');
    const other = await context.newPage();
    await other.goto(answer);
    await ready(other);
    await becomes(other, 'sign_in_unknown');
    await context.close();
  });

  test('the back button, and a reload at the provider', async () => {
    world.use('memory');
    const context = await visitor();
    const page = await open(context, world, 'memory');
    await page.locator('#sign-in').click();
    await page.locator('button[name=sub]').first().waitFor();
    await page.reload();
    await page.goBack();
    await ready(page);
    await page.waitForFunction(() => globalThis.auth.state.status === 'signed_out');
    await signIn(page, world);
    await signedIn(page);
    await context.close();
  });

  test('two sign-ins at once, in two tabs', async () => {
    world.use('persistent');
    const context = await visitor();
    const one = await open(context, world, 'persistent');
    const two = await open(context, world, 'persistent');
    await one.locator('#sign-in').click();
    await two.locator('#sign-in').click();
    await world.signIn(two);
    await two.waitForURL(`${world.origin}/**`);
    await ready(two);
    await signedIn(two);
    await world.signIn(one);
    await one.waitForURL(`${world.origin}/**`);
    await ready(one);
    await signedIn(one);
    assert.equal(await one.locator('#user').textContent(), 'jane');
    await context.close();
  });

  test('an opener lost to COOP: the window says so, or signs in where the session is shared', async () => {
    const context = await visitor();
    world.use('memory-coop');
    const page = await open(context, world, 'memory-coop');
    const popup = await signInByPopup(page, world);
    await popup.waitForURL(`${world.origin}/**`);
    await ready(popup);
    assert.match(await becomes(popup, 'opener_lost'), /redirect/);
    world.use('persistent-coop');
    const sharing = await open(context, world, 'persistent-coop');
    const window = await signInByPopup(sharing, world);
    await window.waitForURL(`${world.origin}/**`).catch(() => {});
    await signedIn(sharing);
    await context.close();
  });

  test('a module that is truncated, something else, or not there: told, and tried again', async () => {
    world.use('memory');
    const context = await visitor();
    const whole = readFileSync(join(folders['/package/'], 'auth.wasm'));
    const bad = [
      { status: 200, contentType: 'application/wasm', body: whole.subarray(0, whole.length / 2) },
      { status: 200, contentType: 'text/html', body: '<!doctype html>not found' },
      { status: 404, body: '' },
    ];
    const page = await context.newPage();
    for (const answer of bad) {
      await page.route('**/auth.wasm', (route) => route.fulfill(answer));
      await page.goto(`${world.origin}/memory/`);
      await ready(page);
      assert.match(await becomes(page, 'wasm_not_loaded'), /\.wasm/);
      await page.unroute('**/auth.wasm');
      assert.equal(await page.evaluate(() => globalThis.auth.ready()), null);
    }
    violations.length = 0; // of the answers above
    await context.close();
  });

  test('a store that is blocked, or full: told, with a way out that works', async () => {
    world.use('memory');
    for (const [code, script] of [
      ['storage_blocked', () => Object.defineProperty(globalThis, 'sessionStorage', { get() { throw new DOMException('', 'SecurityError'); } })],
      ['storage_full', () => (Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); })],
    ]) {
      const context = await visitor();
      await context.addInitScript(script);
      const page = await open(context, world, 'memory');
      await page.locator('#sign-in').click();
      assert.match(await becomes(page, code), /popup/);
      await signInByPopup(page, world);
      await signedIn(page);
      await context.close();
    }
  });

  for (const days of [-1, 1])
    test(`a clock that is ${days > 0 ? 'a day ahead' : 'a day behind'}`, async () => {
      world.use('memory');
      const context = await visitor();
      await context.addInitScript((ahead) => {
        const now = Date.now.bind(Date);
        Date.now = () => now() + ahead;
      }, days * 86_400_000 - days * 60_000);
      const page = await open(context, world, 'memory');
      await signIn(page, world);
      await signedIn(page);
      assert.match(await page.evaluate(() => globalThis.auth.session.clock), /this device's clock is .* (fast|slow)/);
      await context.close();
    });

  test('a stranger on the channel changes nothing', async () => {
    world.use('persistent');
    const context = await visitor();
    const page = await open(context, world, 'persistent');
    await signIn(page, world);
    await signedIn(page);
    const before = await token(page);
    const stranger = await open(context, world, 'memory');
    await stranger.evaluate((name) => {
      const channel = new BroadcastChannel(name);
      for (const message of [null, 7, 'signed out', { generation: 1e308 }, { generation: 'x'.repeat(1e6) }, { signed_out: true }, { access_token: 'mine' }, [[[]]]])
        channel.postMessage(message);
    }, `calimatic-auth ${world.issuer} persistent`);
    await sleep(500);
    assert.equal(await token(page), before);
    assert.equal((await report(page)).code, null);
    await context.close();
  });

  test('offline for the time of a refresh, and back', async () => {
    world.short.use('memory');
    const context = await visitor();
    const page = await open(context, world.short, 'memory');
    await signIn(page, world.short);
    await signedIn(page);
    const first = await token(page);
    await context.setOffline(true);
    await sleep(6_000);
    assert.equal((await report(page)).status, 'signed_in', 'nothing is lost');
    await context.setOffline(false);
    await newToken(page, first);
    violations.length = 0; // requests that could not leave
    await context.close();
  });
}

// --- Go ------------------------------------------------------------------------------------------------------------------------

const simulated = await startSimulated(programs, folders, 3600);
simulated.short = await startSimulated(programs, folders, 8);
const certified = await startCertified(folders);
const worlds = [simulated, simulated.short, certified];
atProvider(simulated, simulated.short);
atProvider(certified, certified);
atSimulated(simulated);
examples({ test, visitor, shot, programs, top });

test('no page broke the Content-Security-Policy', () => {
  assert.deepEqual(violations.filter((text) => /Content Security Policy|Content-Security-Policy/.test(text)), []);
});

const words = argv.slice(2);
const chosen = tests.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
let failed = 0;
for (const { name, run } of chosen) {
  const start = Date.now();
  try {
    await run();
    console.log(`passed  ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}`);
    for (const context of browser.contexts()) {
      for (const [i, page] of context.pages().entries()) await shot(page, `failed-${chosen.findIndex((one) => one.name === name)}-${i}`).catch(() => {});
      await context.close();
    }
  }
}
await browser.close();
for (const world of worlds) world.close();
console.log(`${chosen.length - failed} passed, ${failed} failed`);
exit(failed > 0 || chosen.length === 0 ? 1 : 0);
