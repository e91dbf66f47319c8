// What a page downloads, each file at brotli 11. Ours: every file that Chromium fetched from the import to the end of a run of all features, with
// the page's own few lines. The others: the bundle of a page that does as much of it as they can.
import { join } from 'node:path';
import { chromium } from '../wasm/tests/browser/chromium.mjs';
import { bundle, compressed, serve, top } from './pages.mjs';

export const shows = 'what a page downloads: sign-in, session, UserInfo, logout, logout tokens; beside other libraries';

export const verifies = {
  'calimatic-auth': 'state, iss, nonce, PKCE; every ID Token with its signature, at refreshes too; signed UserInfo; logout tokens',
  'oidc-client-ts': 'state, PKCE; of an ID Token only its form and some claims, no signature',
  'auth0-spa-js': 'state, nonce, PKCE; the claims of an ID Token, no signature',
  'msal-browser': 'state, nonce, PKCE; no signature',
  oauth4webapi: 'state, iss, nonce, PKCE; claims of an ID Token, its signature where the page asks; logout tokens; no session',
  'libsodium-wrappers': 'nothing: cryptography alone, for comparison',
};

export async function run(say) {
  say('running every feature in Chromium');
  const rows = [];
  const ours = await measured();
  for (const { path, bytes } of ours) say(`${path}: ${bytes} bytes`);
  rows.push(['calimatic-auth', ours.reduce((sum, { bytes }) => sum + bytes, 0)]);
  for (const name of ['oidc-client-ts', 'auth0-spa-js', 'msal-browser', 'oauth4webapi', 'libsodium-wrappers']) {
    say(`bundling ${name}`);
    rows.push([name, compressed(join(bundle(name.replaceAll('-', '_')), 'app.js'))]);
  }
  const made = join(top, 'build/wasm/package');
  const modules = ['auth', 'platform', 'functions', 'botan'].map((name) => [`${name}.wasm`, compressed(join(made, `${name}.wasm`))]);
  const kilobytes = (bytes) => (bytes / 1000).toFixed(1);
  const text = [
    '| library | kB | beside ours | what it verifies |', '|---|---|---|---|',
    ...rows.map(([name, bytes]) => `| ${name} | ${kilobytes(bytes)} | ${(bytes / rows[0][1]).toFixed(2)} | ${verifies[name]} |`),
    '', '| of ours | kB |', '|---|---|',
    ...ours.map(({ path, bytes }) => `| ${path} | ${kilobytes(bytes)} |`),
    ...modules.filter(([name]) => !ours.some(({ path }) => path === `/${name}`)).map(([name, bytes]) => `| ${name}, not fetched by this page | ${kilobytes(bytes)} |`),
  ].join('\n');
  return { text, figures: { pages: Object.fromEntries(rows), modules: Object.fromEntries(modules) } };
}

/// Our files, as Chromium fetched them.
export async function measured() {
  const world = await serve(bundle('calimatic_auth'));
  const browser = await chromium();
  try {
    const page = await browser.newPage();
    await page.goto(world.page);
    await page.evaluate(async () => void (await globalThis.opened).signIn());
    await page.locator('button[name=sub]').first().click();
    await page.waitForURL(`${world.page}?*`);
    const sub = await page.evaluate(async () => (await globalThis.opened).callback(location.href));
    if (sub !== 'jane') throw new Error(`the sign-in ended with ${sub}`);
    await page.evaluate(async () => (await globalThis.opened).refresh());
    const refused = await page.evaluate(async () => (await globalThis.opened).logoutToken('a.b.c', { keys: [] }).catch((error) => error.code));
    if (typeof refused !== 'string') throw new Error('a logout token that is none was not refused');
    await page.evaluate(async () => (await globalThis.opened).signOut());
    await page.waitForURL(`${world.page}*`);
    const files = new Map(world.fetched.filter(({ path }) => path !== '/index.html').map(({ path, file }) => [path, file]));
    return [...files].map(([path, file]) => ({ path, bytes: compressed(file) }));
  } finally {
    await browser.close();
    world.close();
  }
}
