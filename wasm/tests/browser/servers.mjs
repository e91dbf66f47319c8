// What the tests in the browser run against: the page's own server, the simulated platform over HTTP, and npm's oidc-provider.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { startPlatform } from '../../../examples/spa/servers.mjs';
import { nativeClient, startProvider } from '../../../examples/provider/provider.mjs';

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.wasm': 'application/wasm', '.map': 'application/json', '.css': 'text/css' };

export const modes = ['memory', 'persistent', 'memory-botan', 'persistent-botan', 'memory-coop', 'persistent-coop'];

// Serves `folders` ({'/package/': FOLDER, '/': FOLDER}) on loopback under the strictest policy that a page with WebAssembly can have.
// `answers` ({path: (request) => [status, headers, body]}) go before files.
export async function startPages(folders, { port = 0, connect = [], answers = {} } = {}) {
  const fetched = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://page').pathname);
    const policy = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src data:; connect-src 'self' ${connect.join(' ')}; ` +
      "base-uri 'none'; frame-ancestors 'none'";
    const headers = { 'content-security-policy': policy, 'cache-control': 'no-store' };
    if (path.includes('coop')) headers['cross-origin-opener-policy'] = 'same-origin';
    if (answers[path]) {
      const [status, more, body] = answers[path](request);
      return response.writeHead(status, { ...headers, ...more }).end(body);
    }
    const place = Object.keys(folders).sort((a, b) => b.length - a.length).find((start) => path.startsWith(start));
    let file = join(folders[place], normalize('/' + path.slice(place.length)));
    if (modes.some((mode) => path === `/${mode}/`)) file = join(folders['/'], 'index.html');
    if (!existsSync(file) || !types[extname(file)]) return response.writeHead(404, headers).end('there is no such file');
    fetched.push({ path, file });
    response.writeHead(200, { ...headers, 'content-type': types[extname(file)] });
    createReadStream(file).pipe(response);
  });
  await new Promise((listening, failed) => server.on('error', failed).listen(port, '127.0.0.1', listening));
  return { origin: `http://127.0.0.1:${server.address().port}`, fetched, close: () => (server.closeAllConnections(), server.close()) };
}

// A provider and a page at it: {origin, issuer, refreshes(), close()}.
export async function startSimulated(programs, folders, expiresIn) {
  let settings = {};
  const answers = { '/settings.json': () => [200, { 'content-type': 'application/json' }, JSON.stringify(settings)] };
  const connect = [];
  const pages = await startPages(folders, { answers, connect });
  const platform = await startPlatform(programs, {
    pagePort: new URL(pages.origin).port,
    expiresIn,
    otherPages: modes.map((mode) => ({ client_id: mode, redirect_uri: `${pages.origin}/${mode}/` })),
  });
  connect.push(platform.issuer);
  const simulated = (init) => fetch(`${platform.issuer}/simulated`, init);
  return {
    name: 'the simulated platform',
    origin: pages.origin,
    issuer: platform.issuer,
    fetched: pages.fetched,
    scope: 'openid profile email organization',
    refreshes: async () => (await (await simulated()).json()).requests.refresh_token,
    fault: async (name) => {
      const answer = await simulated({ method: 'POST', body: JSON.stringify({ fault: name }) });
      if (!answer.ok) throw new Error(await answer.text());
    },
    use: (mode) => (settings = { issuer: platform.issuer, client_id: mode, scope: 'openid profile email organization' }),
    signIn: (page) => page.locator('button[name=sub]').first().click(),
    signOut: () => {}, // it asks nobody
    close: () => (platform.stop(), pages.close()),
  };
}

export async function startCertified(folders) {
  let settings = {};
  let refreshes = 0;
  const answers = { '/settings.json': () => [200, { 'content-type': 'application/json' }, JSON.stringify(settings)] };
  const connect = [];
  const pages = await startPages(folders, { answers, connect });
  const here = modes.map((mode) => `${pages.origin}/${mode}/`);
  const provider = await startProvider({
    clients: ['page', 'short'].map((client_id) => ({ ...nativeClient, client_id, redirect_uris: here, post_logout_redirect_uris: here })),
    pages: [pages.origin],
    tokenSeconds: (client_id) => (client_id === 'short' ? 8 : 600),
    onGrant: (grant_type) => (refreshes += grant_type === 'refresh_token' ? 1 : 0),
  });
  connect.push(provider.issuer);
  return {
    name: 'oidc-provider',
    origin: pages.origin,
    issuer: provider.issuer,
    refreshes: () => Promise.resolve(refreshes),
    use: (mode, client_id = 'page') =>
      (settings = { issuer: provider.issuer, client_id, scope: 'openid profile email offline_access', parameters: { prompt: 'consent' } }),
    signIn: async (page) => {
      await page.locator('input[name=login]').fill('alice');
      await page.locator('input[name=password]').fill('any');
      await page.locator('button[type=submit]').click();
      await page.locator('form[action$="/confirm"] button, button[autofocus]').first().click();
    },
    signOut: (page) => page.locator('button[name=logout]').click(),
    close: () => (provider.close(), pages.close()),
  };
}
