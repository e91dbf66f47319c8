// node servers.mjs FOLDER: the servers of examples/spa as a browser meets them: CORS at the platform, the page's policy, the API and what it refuses.
// FOLDER has the programs. Ends with the line `N passed, N failed`.
import { deepStrictEqual as same, match, ok } from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, exit } from 'node:process';
import { startPlatform, startSpa } from '../../examples/spa/servers.mjs';

const pages = mkdtempSync(join(tmpdir(), 'pages-'));
for (const name of ['index', 'kiosk']) writeFileSync(join(pages, `${name}.html`), `<!doctype html><title>${name}</title>`);
writeFileSync(join(pages, 'auth.wasm'), Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
writeFileSync(join(pages, 'notes.txt'), 'is no part of a page');
const stranger = 'http://stranger.example';

const running = [];
const start = async (starting) => { running.push(await starting); return running.at(-1); };
const platform = await start(startPlatform(argv[2], { otherPages: [{ client_id: 'other_page', redirect_uri: 'http://127.0.0.1:1/' }] }));
const spa = await start(startSpa(argv[2], { pages, issuer: platform.issuer, client_id: platform.client_id, port: platform.pagePort }));
const kiosk = await start(startSpa(argv[2], { pages, issuer: platform.issuer, client_id: platform.client_id, hostName: 'kiosk.test' }));
const metadata = await (await fetch(`${platform.issuer}/.well-known/openid-configuration`)).json();

const counts = async () => (await (await fetch(`${platform.issuer}/simulated`)).json()).requests;
const form = (members) => ({ method: 'POST', body: new URLSearchParams(members), headers: { Origin: spa.page.slice(0, -1) } });

// What a browser does, by hand: the page's request, the person's answer, the code. Gives the token response.
async function signIn({ client_id = platform.client_id, redirect_uri = spa.page, answer = { sub: 'jane' } } = {}) {
  const verifier = randomBytes(32).toString('base64url');
  const url = `${metadata.authorization_endpoint}?${new URLSearchParams({
    response_type: 'code', client_id, redirect_uri, scope: 'openid profile email organization', state: 'S', nonce: 'N',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
  })}`;
  const page = await (await fetch(url)).text();
  const decided = await fetch(url, { ...form(answer), redirect: 'manual' });
  const back = new URL(decided.headers.get('location'));
  const given = back.searchParams.get('code');
  const response = given && await fetch(metadata.token_endpoint, form({ grant_type: 'authorization_code', code: given, redirect_uri, client_id, code_verifier: verifier }));
  return { page, back, response, tokens: response && await response.json() };
}
const api = async (path, token, init = {}) => {
  const response = await fetch(new URL(path, spa.page), { ...init, headers: token ? { Authorization: `Bearer ${token}` } : {} });
  return [response.status, await response.json(), response.headers.get('www-authenticate')];
};
const preflight = (url, origin, method = 'POST') =>
  fetch(url, { method: 'OPTIONS', headers: { Origin: origin, 'Access-Control-Request-Method': method, 'Access-Control-Request-Headers': 'authorization' } });
// fetch() does not let a Host be chosen.
const statusFor = (base, host, path = '/') => new Promise((resolve, reject) => {
  plainRequest(new URL(path, base), { headers: { Host: host } }, (response) => resolve([response.resume().statusCode, response.headers.location])).on('error', reject).end();
});

const tests = {
  'the endpoints that a page calls are open to pages of its origin, and their clock can be read': async () => {
    const origin = spa.page.slice(0, -1);
    for (const url of [`${platform.issuer}/.well-known/openid-configuration`, metadata.jwks_uri, metadata.token_endpoint, metadata.userinfo_endpoint, metadata.revocation_endpoint]) {
      const allowed = await preflight(url, origin);
      same([allowed.status, allowed.headers.get('access-control-allow-origin')], [204, origin], url);
      match(allowed.headers.get('access-control-allow-headers'), /Authorization/);
      const answer = await fetch(url, { headers: { Origin: origin } });
      match(answer.headers.get('access-control-expose-headers'), /Date, Retry-After/);
      ok(answer.headers.get('date') && answer.headers.get('vary') === 'Origin', url);
      same(answer.headers.get('access-control-allow-credentials'), null);
    }
  },
  'pages of another origin are allowed nothing, and no page the rest of the platform': async () => {
    for (const [url, origin] of [[metadata.token_endpoint, stranger], [metadata.introspection_endpoint, spa.page.slice(0, -1)]]) {
      const refused = await preflight(url, origin);
      same([refused.status, refused.headers.get('access-control-allow-origin')], [405, null]);
      same((await fetch(url, { method: 'POST', headers: { Origin: origin } })).headers.get('access-control-allow-origin'), null);
    }
  },
  'a person is asked who they are, and may cancel': async () => {
    const { page, response, tokens } = await signIn();
    match(page, /Jane Smith/);
    ok(response.ok && tokens.access_token && tokens.refresh_token && tokens.id_token);
    const cancelled = await signIn({ answer: { deny: '' } });
    same([cancelled.back.searchParams.get('error'), cancelled.back.searchParams.get('state')], ['access_denied', 'S']);
  },
  'nobody is asked with prompt=none': async () => {
    const url = `${metadata.authorization_endpoint}?${new URLSearchParams({
      client_id: platform.client_id, redirect_uri: spa.page, response_type: 'code', scope: 'openid', code_challenge: 'x'.repeat(43), code_challenge_method: 'S256', prompt: 'none',
    })}`;
    const answer = await fetch(url, { redirect: 'manual' });
    same(new URL(answer.headers.get('location')).searchParams.get('error'), 'login_required');
  },
  'what arrived is counted': async () => {
    const before = await counts();
    const { tokens } = await signIn();
    const refreshed = await fetch(metadata.token_endpoint, form({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token, client_id: platform.client_id }));
    ok(refreshed.ok);
    await fetch(metadata.revocation_endpoint, form({ token: (await refreshed.json()).refresh_token, client_id: platform.client_id }));
    const after = await counts();
    for (const name of ['authorization', 'authorization_code', 'refresh_token', 'revocation']) same(after[name], before[name] + 1, name);
  },
  'a fault happens to the next answer that it fits, and a name that is none is refused': async () => {
    const inject = (members) => fetch(`${platform.issuer}/simulated`, { method: 'POST', body: JSON.stringify(members) });
    same((await inject({ fault: 'idt-iss-wrong' })).status, 204);
    const issuers = [];
    for (let i = 0; i < 2; ++i) issuers.push(JSON.parse(Buffer.from((await signIn()).tokens.id_token.split('.')[1], 'base64url')).iss);
    same(issuers.map((issuer) => issuer === platform.issuer), [false, true]);
    same((await inject({ fault: 'no-such' })).status, 400);
    same((await inject({ fault: 'net-response-lost' })).status, 204);
    await fetch(metadata.jwks_uri).then(() => { throw new Error('an answer came'); }, (error) => ok(error.cause, 'the connection is closed'));
  },
  'tokens live as long as --expires-in says': async () => {
    const short = await start(startPlatform(argv[2], { expiresIn: 7, pagePort: platform.pagePort }));
    const token_endpoint = metadata.token_endpoint.replace(platform.issuer, short.issuer);
    const verifier = 'v'.repeat(43);
    const url = `${metadata.authorization_endpoint.replace(platform.issuer, short.issuer)}?${new URLSearchParams({
      response_type: 'code', client_id: short.client_id, redirect_uri: spa.page, scope: 'openid', code_challenge_method: 'S256',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    })}`;
    const back = new URL((await fetch(url, { ...form({ sub: 'omar' }), redirect: 'manual' })).headers.get('location'));
    const response = await fetch(token_endpoint, form({
      grant_type: 'authorization_code', code: back.searchParams.get('code'), redirect_uri: spa.page, client_id: short.client_id, code_verifier: verifier,
    }));
    same((await response.json()).expires_in, 7);
  },
  'the page comes with its policy and its types, and nothing else is served': async () => {
    const index = await fetch(spa.page);
    const policy = index.headers.get('content-security-policy');
    for (const part of ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", `connect-src 'self' ${platform.issuer};`, "frame-ancestors 'none'"])
      ok(policy.includes(part), part);
    match(index.headers.get('content-type'), /^text\/html/);
    same((await fetch(`${spa.page}auth.wasm`)).headers.get('content-type'), 'application/wasm');
    for (const path of ['notes.txt', '..%2f..%2fetc%2fpasswd', 'missing.js']) same((await fetch(spa.page + path)).status, 404, path);
    same(await (await fetch(`${spa.page}config.json`)).json(), { issuer: platform.issuer, client_id: platform.client_id, redirect_uri: spa.page });
    same((await statusFor(spa.page, 'rebound.example'))[0], 421);
  },
  'a page on plain http is led back to by way of an address that may be registered': async () => {
    const { redirect_uri } = await (await fetch(`${kiosk.own}config.json`)).json();
    same(redirect_uri, `${kiosk.own}callback`);
    same(kiosk.page, kiosk.own.replace('127.0.0.1', 'kiosk.test'));
    same(await statusFor(kiosk.own, new URL(kiosk.page).host, '/callback?code=c&state=s'), [303, `${kiosk.page}?code=c&state=s`]);
    same((await statusFor(kiosk.own, new URL(kiosk.page).host))[0], 200);
  },
  'the API knows who calls, and refuses what is no token for it': async () => {
    const { tokens } = await signIn();
    same(await api('/api/hello', tokens.access_token), [200, { hello: 'Jane Smith' }, null]);
    const [status, , challenge] = await api('/api/hello');
    same([status, challenge], [401, 'Bearer realm="api"']);
    for (const token of ['unknown', tokens.id_token]) {
      const [code, , why] = await api('/api/hello', token);
      same(code, 401);
      match(why, /error="invalid_token"/);
    }
    const other = await signIn({ client_id: 'other_page', redirect_uri: 'http://127.0.0.1:1/' });
    const [code, , why] = await api('/api/hello', other.tokens.access_token);
    same(code, 401);
    match(why, /issued to another client/);
    await fetch(metadata.revocation_endpoint, form({ token: tokens.access_token, client_id: platform.client_id }));
    same((await api('/api/hello', tokens.access_token))[0], 401);
    same((await api('/api/nothing', tokens.access_token))[0], 404);
  },
  'whoever is signed in invites into their own organization, and only they': async () => {
    const { tokens } = await signIn();
    const invite = (members, token = tokens.access_token) => api('/api/invite', token, { method: 'POST', body: JSON.stringify(members) });
    const zoe = { email: 'zoe@riverside.example', first_name: 'Zoë <b>', last_name: "O'Neill", organization_id: 'elsewhere' };
    const [status, first] = await invite(zoe);
    same([status, first.is_new_user], [200, true]);
    same(await invite(zoe), [200, { user_id: first.user_id, is_new_user: false }, null]);
    const { page, tokens: hers } = await signIn({ answer: { sub: first.user_id } });
    ok(page.includes('Zoë &lt;b&gt; O') && !page.includes('<b> O'), 'the name is text');
    same(JSON.parse(Buffer.from(hers.id_token.split('.')[1], 'base64url')).organization_id, 'org-riverside');
    same((await invite({ first_name: 'No', last_name: 'Address' }))[0], 400);
    same((await invite(zoe, 'unknown'))[0], 401);
    same((await api('/api/invite', tokens.access_token, { method: 'POST', body: 'no JSON' }))[0], 400);
  },
  'a server without credentials of its own says so': async () => {
    const bare = await start(startSpa(argv[2], { pages, issuer: platform.issuer, client_id: platform.client_id, credentials: {} }));
    const response = await fetch(`${bare.own}api/hello`, { headers: { Authorization: 'Bearer x' } });
    same(response.status, 503);
    match((await response.json()).error, /CALIMATIC_CLIENT_SECRET/);
  },
};

let passed = 0, failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
    ++passed;
    console.log(`ok      ${name}`);
  } catch (error) {
    ++failed;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
}
for (const one of running) one.stop();
rmSync(pages, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
exit(failed ? 1 : 0);
