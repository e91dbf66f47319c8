// The interop suite: starts npm's oidc-provider on loopback, a person in front of a browser and a server that misbehaves, and runs the
// programs of this folder and examples/console_login against them. Arguments: words; only tests whose names contain one of them are run.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer as createTcpServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { argv, env, exit, getuid, platform } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { signIn } from '../../examples/provider/browser.mjs';
import { nativeClient, signatureAlgorithms, startProvider } from '../../examples/provider/provider.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const programs = env.CALIMATIC_BUILD ? join(env.CALIMATIC_BUILD, 'tests/interop') : '';
const folder = mkdtempSync(join(tmpdir(), 'calimatic-interop-'));
const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => exit(1));

function check(truth, what) {
  if (!truth) throw new Error(what);
}
function equal(got, wanted, what) {
  check(got === wanted, `${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);
}

// --- The servers ---------------------------------------------------------------------------------------------------------------

// The same as in host.hpp. A client_secret has printable ASCII only: oidc-provider keeps to RFC 6749, appendix A.2.
const secret = '&=+% "~:;?<>#/\\';
const longSecret = secret.padEnd(64, 'x'); // for HS512 (RFC 7518 3.2)
const confidential = (method) => ({
  ...nativeClient,
  client_id: `${method} client:id+%`,
  client_secret: secret,
  token_endpoint_auth_method: method,
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
});
const clients = [
  { ...nativeClient, redirect_uris: [...nativeClient.redirect_uris, 'http://localhost/callback'] },
  { ...confidential('client_secret_post'), scope: 'openid profile email offline_access' }, // and not `machine`
  confidential('client_secret_basic'),
  { ...nativeClient, client_id: 'short-lived' },
  ...signatureAlgorithms.flatMap((alg) => {
    const kind = alg.startsWith('HS') ? { ...confidential('client_secret_basic'), client_secret: longSecret } : nativeClient;
    return [
      { ...kind, client_id: `demonstration-${alg}`, id_token_signed_response_alg: alg },
      { ...kind, client_id: `signed-userinfo-${alg}`, userinfo_signed_response_alg: alg },
    ];
  }),
];

const logoutClient = (port) => ({
  ...nativeClient,
  client_id: 'logout',
  post_logout_redirect_uris: ['http://127.0.0.1:4711/bye?from=provider'],
  backchannel_logout_uri: `http://127.0.0.1:${port}/backchannel-logout`,
  backchannel_logout_session_required: true,
});

// What the provider told the application.
function startApplication() {
  const server = createServer((request, response) => {
    const body = [];
    request.on('data', (part) => body.push(part)).on('end', () => {
      server.requests.push({ method: request.method, url: request.url, type: request.headers['content-type'], body: Buffer.concat(body).toString() });
      response.writeHead(200, { 'cache-control': 'no-store' }).end();
    });
  });
  server.requests = [];
  return server;
}

async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

// What the programs ask for (host.hpp, transport.cpp).
function startControl(provider, selfSigned, application) {
  let landed = 0;
  const browsers = new Map(); // the cookies of each that is used again
  const browser = (name) => browsers.get(name) ?? browsers.set(name, new Map()).get(name);
  const answers = {
    async '/browser'(request, response, parameters) {
      const cookies = parameters.has('browser') ? browser(parameters.get('browser')) : new Map();
      response.end(await signIn(parameters.get('url'), { login: parameters.get('login'), allow: parameters.has('allow'), cookies }));
    },
    async '/sign-out'(request, response, parameters) {
      response.end(await signIn(parameters.get('url'), { cookies: browser(parameters.get('browser')), body: parameters.get('body') }));
    },
    '/told'(request, response) { response.end(JSON.stringify(application.requests.splice(0))); },
    '/rotate-keys'(request, response) { provider.rotateKeys(); response.end(); },
    '/redirect'(request, response) { response.writeHead(302, { location: '/landed' }).end(); },
    '/landed'(request, response) { response.end(`${landed++} visits`); },
    '/cookie'(request, response) { response.writeHead(200, { 'set-cookie': 'a=b; Path=/' }).end(request.headers.cookie ?? 'no cookie'); },
    '/interim'(request, response) {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.writeHead(200, { 'x-final': 'yes', trailer: 'x-trailer' });
      response.write('some');
      response.addTrailers({ 'x-trailer': 'no' });
      response.end('thing');
    },
    '/echo'(request, response) {
      const body = [];
      request.on('data', (part) => body.push(part)).on('end', () => {
        response.end(JSON.stringify({ method: request.method, headers: request.headers, body: Buffer.concat(body).toString('hex') }));
      });
    },
    '/endless'(request, response) {
      const more = () => { while (!response.destroyed && response.write(Buffer.alloc(100_000))); };
      response.on('drain', more);
      more();
    },
    '/endless-header'(request, response) {
      const { socket } = response;
      const more = () => { while (!socket.destroyed && socket.write(`x: ${'y'.repeat(50_000)}\r\n`)); };
      socket.write('HTTP/1.1 200 OK\r\n');
      socket.on('drain', more);
      more();
    },
    '/bytes'(request, response) { response.end(Buffer.alloc(1000)); },
    '/hang'() {},
    '/drip'(request, response) {
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    },
    '/reset'(request, response) { response.socket.resetAndDestroy(); },
    '/truncated'(request, response) { response.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nnot 100'); },
    '/self-signed-requests'(request, response) { response.end(String(selfSigned.requests)); },
  };
  return createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://127.0.0.1');
    const answer = answers[pathname] ?? (() => response.writeHead(404).end());
    response.on('error', () => {});
    Promise.resolve(answer(request, response, searchParams)).catch((error) => response.writeHead(500).end(error.message));
  });
}

function startSelfSigned() {
  const pem = readFileSync(join(here, 'self-signed.pem'));
  const server = createTlsServer({ key: pem, cert: pem }, (request, response) => { server.requests += 1; response.end(); });
  server.requests = 0;
  server.on('tlsClientError', () => {});
  return server;
}

// --- Programs ------------------------------------------------------------------------------------------------------------------

let environment;

function start(name, words, { variables = {}, input } = {}) {
  const child = spawn(join(programs, `interop_${name}`), words, { cwd: folder, env: { ...environment, ...variables } });
  children.add(child);
  child.output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      child.output += text;
      child.emit('output');
    });
  }
  child.stdin.on('error', () => {}).end(input);
  child.ended = new Promise((ended) => {
    child.on('close', (code, signal) => {
      children.delete(child);
      ended(code ?? signal);
      child.emit('output');
    });
    child.on('error', (error) => { child.output += error.message; });
  });
  return child;
}

async function run(name, words, options) {
  const child = start(name, words, options);
  return { status: await child.ended, output: child.output };
}

// What a pattern finds in the output of a program that is still running.
async function waitFor(child, pattern) {
  for (;;) {
    const found = pattern.exec(child.output);
    if (found) return found;
    check(child.exitCode === null && child.signalCode === null, `no ${pattern} in\n${child.output}`);
    await once(child, 'output');
  }
}

// --- The tests -----------------------------------------------------------------------------------------------------------------

const tests = [];
const test = (name, body) => tests.push({ name, body });

async function addCatchTests() {
  const { stdout } = await promisify(execFile)(join(programs, 'interop_flows'), ['--list-tests', '--verbosity', 'quiet']);
  const names = stdout.split('\n').filter(Boolean);
  check(names.length > 0, 'interop_flows lists no test');
  for (const name of names) {
    test(name, async () => {
      const { status, output } = await run('flows', [name.replace(/[,[\\]/g, '\\$&'), '--warn', 'NoAssertions']);
      check(status === 0 && /All tests passed \(/.test(output), `${output}\nended with ${status}`);
    });
  }
}

function addProcessTests() {
  const same = (saved) => saved;
  const cut = (saved) => saved.slice(0, -1);
  const another = (saved) => saved.replace('"demonstration"', '"another"');
  for (const [what, crypto, change, status, wanted] of [
    ['a sign-in that was begun in one process is finished in another', 'inside', same, 0, /^alice\n$/],
    ['a sign-in that was begun in one process is finished in another by questions', 'by_host', same, 0, /^alice\n$/],
    ['a sign-in whose saved state was cut short is refused', 'inside', cut, 1, /blob_malformed/],
    ['a sign-in that was begun with another client is refused', 'inside', another, 1, /pending_of_another_client/],
  ]) {
    test(what, async () => {
      const file = join(folder, 'pending');
      const begun = await run('two_processes', ['begin', file, crypto]);
      equal(begun.status, 0, begun.output);
      writeFileSync(file, change(readFileSync(file, 'utf8')));
      const finished = await run('two_processes', ['finish', file, crypto], { input: await signIn(begun.output.trim()) });
      equal(finished.status, status, finished.output);
      check(wanted.test(finished.output), finished.output);
    });
  }
}

// A session that outlives its processes.
function addKeptSessionTests() {
  const cut = (saved) => saved.slice(0, -1);
  const replace = (from, to) => (saved) => {
    check(saved.includes(from), `no ${from} in what was saved`);
    return saved.replaceAll(from, to);
  };
  const { origin } = new URL(environment.CALIMATIC_INTEROP_CONTROL);
  const rows = [
    ['a session that one process saved is refreshed by others', [
      ['refresh', 0, /^alice\n$/], ['refresh', 0, /^alice\n$/], ['refresh', 0, /^alice\n$/]]],
    ['a process that died before the refresh left loses nothing', [['die', 0, /^alice\n$/], ['refresh', 0, /^alice\n$/]]],
    // It presents the refresh token once more, which may be needed, and which this provider takes for a theft.
    ['a process that died before the answer was saved leaves a session that ends', [
      ['die-later', 0, /^transport_no_answer\nalice\n$/], ['refresh', 1, /invalid_grant/]]],
    ['a process that died before the answer was saved leaves an access token', [
      ['die-later', 0, /^transport_no_answer\nalice\n$/], ['late', 0, /^refresh_outcome_unknown\nalice\n$/]]],
    ['a saved session that was cut short is refused', [[cut], ['refresh', 1, /blob_malformed/]]],
    ['a saved session of another client is refused', [
      [replace('"demonstration"', '"another"')], ['refresh', 1, /session_of_another_client/]]],
    ['a saved session with another provider is refused', [
      [(saved) => replace(JSON.parse(saved).issuer, origin)(saved)], ['refresh', 1, /session_of_another_server/]]],
    ['a saved session of a later version is refused', [[replace('"version":1', '"version":2')], ['refresh', 1, /blob_version_unknown/]]],
  ];
  for (const crypto of ['inside', 'by_host']) {
    for (const [what, steps] of rows) {
      test(crypto === 'inside' ? what : `${what} (by questions)`, async () => {
        const file = join(folder, 'session');
        for (const [step, status, wanted] of [['begin', 0, /^alice\n$/], ...steps]) {
          if (typeof step === 'function') {
            writeFileSync(file, step(readFileSync(file, 'utf8')));
            continue;
          }
          const ended = await run('kept_session', [step, file, crypto]);
          equal(ended.status, status, `${step}: ${ended.output}`);
          check(wanted.test(ended.output), `${step}: ${ended.output}`);
        }
      });
    }
  }
}

// examples/console_login, as a person runs it.
function addConsoleTests(issuer) {
  const words = (...more) => ['--issuer', issuer, '--no-browser', ...more];
  const publicClient = ['--client-id', nativeClient.client_id];
  const all = ['--scope', 'openid profile email offline_access'];
  const address = /^Open this address in a browser: (\S+)\n/m;

  async function finish(child, person) {
    const [line, url] = await waitFor(child, address);
    const redirect = await signIn(url, person);
    await (await fetch(redirect)).text();
    const status = await child.ended;
    // Codes, tokens and the values that bind them are 43 characters of base64url or more. Only the address has such.
    const rest = child.output.replace(line, '');
    const leak = /[A-Za-z0-9_-]{40,}/.exec(rest) ?? (rest.includes(secret) ? [secret] : null);
    check(!leak, `${leak?.[0]} is in the output:\n${rest}`);
    check(!rest.includes(new URL(redirect).searchParams.get('code') ?? secret), `the code is in the output:\n${rest}`);
    return { status, output: rest };
  }
  const succeeds = async (child) => {
    const { status, output } = await finish(child);
    check(status === 0, `ended with ${status}\n${output}`);
    check(/^ {2}sub: "alice"$/m.test(output) && /^Signed in\.$/m.test(output), output);
    return output;
  };

  test('console_login signs in as a public client', async () => {
    const output = await succeeds(start('console_login', words(...publicClient, ...all)));
    check(/^ {2}name: "Alice Ångström"$/m.test(output), `no UserInfo in\n${output}`);
    check(/^Refreshed: /m.test(output), `no refresh in\n${output}`);
  });
  for (const method of ['client_secret_post', 'client_secret_basic']) {
    test(`console_login signs in with ${method}`, async () => {
      const client = ['--client-id', `${method} client:id+%`, '--auth-method', method];
      const output = await succeeds(start('console_login', words(...client, ...all), { variables: { CALIMATIC_CLIENT_SECRET: secret } }));
      check(/^Refreshed: /m.test(output), `no refresh in\n${output}`);
    });
  }
  for (const alg of ['PS256', 'ES256', 'EdDSA']) {
    test(`console_login signs in where ${alg} is registered`, async () => {
      const output = await succeeds(start('console_login', words('--client-id', `demonstration-${alg}`, '--id-token-alg', alg, ...all)));
      check(/^Refreshed: /m.test(output), `no refresh in\n${output}`);
    });
  }
  test('console_login signs in without a refresh token', async () => {
    check(/There is no refresh token/.test(await succeeds(start('console_login', words(...publicClient)))), 'it refreshed');
  });
  test('console_login says that the person refused', async () => {
    const { status, output } = await finish(start('console_login', words(...publicClient)), { allow: false });
    equal(status, 1, 'exit code');
    check(/^The sign-in failed: .*access_denied/m.test(output) && !/Signed in/.test(output), output);
  });
  test('console_login says that the client_secret is wrong', async () => {
    const client = ['--client-id', 'client_secret_post client:id+%', '--auth-method', 'client_secret_post'];
    const child = start('console_login', words(...client), { variables: { CALIMATIC_CLIENT_SECRET: 'another secret' } });
    const { status, output } = await finish(child);
    equal(status, 1, 'exit code');
    check(/^The sign-in failed: .*invalid_client/m.test(output) && !output.includes('another secret'), output);
  });
  test('console_login says that the issuer is another one', async () => {
    const { status, output } = await run('console_login', ['--issuer', issuer.replace('127.0.0.1', 'localhost'), '--client-id', 'a']);
    equal(status, 1, 'exit code');
    check(/metadata_issuer_mismatch/.test(output), output);
  });
  test('console_login takes no secret from its arguments', async () => {
    const { status, output } = await run('console_login', words(...publicClient, '--client-secret', 'x'));
    equal(status, 2, 'exit code');
    check(/CALIMATIC_CLIENT_SECRET/.test(output), output);
  });

  // --save
  const saving = (file, client = nativeClient.client_id) => words('--client-id', client, ...all, '--save', file);
  const modeOf = (file) => (statSync(file).mode & 0o7777).toString(8);
  const fresh = () => mkdtempSync(join(folder, 'kept-'));
  const takesUp = async (file, client) => {
    const { status, output } = await run('console_login', saving(file, client));
    equal(status, 0, output);
    check(/^Took up the session of /m.test(output) && /^ {2}sub: "alice"$/m.test(output), output);
    check(/^ {2}name: "Alice Ångström"$/m.test(output), `no UserInfo in\n${output}`);
    check(!address.test(output) && !/[A-Za-z0-9_-]{40,}/.test(output), output);
    equal(modeOf(file), '600', 'mode');
    return output;
  };
  test('console_login keeps its session, and a second start needs no browser', async () => {
    const here = fresh();
    const file = join(here, 'session');
    const mask = process.umask(0);
    const child = start('console_login', saving(file));
    process.umask(mask);
    const output = await succeeds(child);
    check(output.includes(`The session is in ${file}`) && /^Refreshed: /m.test(output), output);
    equal(modeOf(file), '600', 'mode');
    const saved = readFileSync(file, 'utf8');
    check(!/^Refreshed: /m.test(await takesUp(file)), 'it refreshed what was not due');
    equal(readFileSync(file, 'utf8'), saved, 'what is saved');
    equal(readdirSync(here).join(' '), 'session', 'files');
  });
  test('console_login refreshes the session of its file when it is due', async () => {
    const file = join(fresh(), 'session');
    await succeeds(start('console_login', saving(file, 'short-lived')));
    for (let i = 0; i < 3; ++i) {
      const saved = readFileSync(file, 'utf8');
      await sleep(2100);
      check(/^Refreshed: /m.test(await takesUp(file, 'short-lived')), 'it did not refresh');
      const { tokens: before } = JSON.parse(saved);
      const { tokens: after } = JSON.parse(readFileSync(file, 'utf8'));
      check(before.refresh_token && after.refresh_token && after.refresh_token !== before.refresh_token, 'the refresh token stayed');
    }
  });
  test('console_login saves no client_secret', async () => {
    const file = join(fresh(), 'session');
    const client = ['--client-id', 'client_secret_basic client:id+%', '--auth-method', 'client_secret_basic'];
    const variables = { CALIMATIC_CLIENT_SECRET: secret };
    await succeeds(start('console_login', words(...client, ...all, '--save', file), { variables }));
    check(!JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))).includes(JSON.stringify(secret).slice(1, -1)), 'the secret is in the file');
    const { status, output } = await run('console_login', words(...client, '--save', file), { variables });
    equal(status, 0, output);
  });
  test('console_login signs out, and what was saved before is worth nothing', async () => {
    const here = fresh();
    const file = join(here, 'session');
    await succeeds(start('console_login', saving(file)));
    const saved = readFileSync(file, 'utf8');
    const { status, output } = await run('console_login', [...saving(file), '--sign-out']);
    equal(status, 0, output);
    check(/^Signed out\.$/m.test(output), output);
    equal(readdirSync(here).length, 0, 'files');
    const again = await run('console_login', [...saving(file), '--sign-out']);
    equal(again.status, 1, again.output);

    writeFileSync(file, saved, { mode: 0o600 });
    // UserInfo refuses the access token, and the provider the refresh token.
    const stale = await run('console_login', saving(file));
    equal(stale.status, 1, stale.output);
    check(/^UserInfo could not be read: .*invalid_token/m.test(stale.output) && /^The session has ended: .*invalid_grant/m.test(stale.output), stale.output);
    equal(readdirSync(here).length, 0, 'files');
  });
  test('console_login signs in anew where the session of its file has ended', async () => {
    const file = join(fresh(), 'session');
    await succeeds(start('console_login', words('--client-id', 'short-lived', '--save', file))); // without a refresh token
    await sleep(2100);
    const output = await succeeds(start('console_login', saving(file, 'short-lived')));
    check(/^The session has ended: .*refresh_token_missing/m.test(output), output);
    await takesUp(file, 'short-lived');
  });
  test('console_login reports a damaged file, and replaces it once the person has signed in', async () => {
    const file = join(fresh(), 'session');
    for (const damaged of ['', '{', 'x'.repeat(100_000), '{"version":1}']) {
      writeFileSync(file, damaged, { mode: 0o600 });
      const refused = await finish(start('console_login', saving(file)), { allow: false });
      equal(refused.status, 1, refused.output);
      check(/^There is no session to take up in .*blob_malformed/m.test(refused.output), refused.output);
      equal(readFileSync(file, 'utf8'), damaged, 'the file after a refusal');
    }
    await succeeds(start('console_login', saving(file)));
    await takesUp(file);
  });
  test('console_login leaves a session alone that is not the one it was asked for', async () => {
    const file = join(fresh(), 'session');
    await succeeds(start('console_login', saving(file)));
    const saved = readFileSync(file, 'utf8');
    const { origin } = new URL(environment.CALIMATIC_INTEROP_CONTROL);
    for (const [changed, wanted] of [
      [saved.replaceAll(issuer, origin), /session_of_another_server/],
      [saved.replaceAll('"demonstration"', '"another"'), /session_of_another_client/],
      [saved.replace('"version":1', '"version":2'), /blob_version_unknown/],
    ]) {
      check(changed !== saved, `nothing was changed for ${wanted}`);
      writeFileSync(file, changed, { mode: 0o600 });
      for (const more of [[], ['--sign-out']]) {
        const { status, output } = await run('console_login', [...saving(file), ...more]);
        equal(status, 1, output);
        check(wanted.test(output) && !address.test(output), output);
        equal(readFileSync(file, 'utf8'), changed, 'the file');
      }
    }
  });
  test('console_login asks nobody to sign in when it could not keep the session', async () => {
    const here = fresh();
    const place = (name) => join(here, name);
    mkdirSync(place('folder'));
    writeFileSync(place('readable'), '{}', { mode: 0o644 });
    chmodSync(place('readable'), 0o644);
    symlinkSync('target', place('link'));
    writeFileSync(place('large'), 'x'.repeat((1 << 20) + 1), { mode: 0o600 });
    await promisify(execFile)('mkfifo', ['-m', '600', place('pipe')]);
    const rows = [
      ['folder', /it is not a file/], ['readable', /others may read it/], ['link', /symbolic link/], ['pipe', /it is not a file/],
      ['large', /too large/], ['nowhere/session', /No such file/], ['readable/session', /Not a directory/],
    ];
    if (getuid() !== 0) { // nothing is refused to root
      mkdirSync(place('closed'), 0o500);
      rows.push(['closed/session', /Permission denied/]);
    }
    const before = readdirSync(here).sort().join(' ');
    for (const [name, wanted] of rows) {
      const { status, output } = await run('console_login', saving(place(name)));
      equal(status, 1, output);
      check(wanted.test(output) && !address.test(output), `${name}: ${output}`);
    }
    equal(readdirSync(here).sort().join(' '), before, 'files');
    check(!existsSync(place('target')), 'the link was followed');
  });
  test('console_login says that the session could not be saved', async () => {
    const here = fresh();
    const child = start('console_login', saving(join(here, 'session')));
    await waitFor(child, address);
    rmSync(here, { recursive: true });
    const { status, output } = await finish(child);
    equal(status, 1, output);
    check(/^The session could not be saved in .*No such file/m.test(output) && !/^Signed in\.$/m.test(output), output);
  });
  test('console_login signs nobody out without a file', async () => {
    equal((await run('console_login', words(...publicClient, '--sign-out'))).status, 2, 'exit code');
  });

  if (platform === 'linux') {
    test('console_login hands the address to the system browser and to no shell', async () => {
      const opener = join(folder, 'xdg-open');
      writeFileSync(opener, '#!/bin/sh\nprintf "%s\\n" "$#" "$1" "$CALIMATIC_CLIENT_SECRET" >opened.new && mv opened.new opened\n');
      chmodSync(opener, 0o755);
      const client = ['--client-id', 'client_secret_post client:id+%', '--auth-method', 'client_secret_post'];
      const variables = { CALIMATIC_CLIENT_SECRET: secret, PATH: `${folder}:${env.PATH}` };
      const child = start('console_login', ['--issuer', issuer, ...client], { variables });
      await waitFor(child, /^Your browser was opened/m);
      while (!existsSync(join(folder, 'opened'))) await sleep(20);
      const [count, url, inherited] = readFileSync(join(folder, 'opened'), 'utf8').split('\n');
      equal(count, '1', 'arguments');
      equal(inherited, '', 'the client_secret that the browser inherits');
      await (await fetch(await signIn(url))).text();
      equal(await child.ended, 0, child.output);
    });
  }
}

// What a listener on loopback must put up with.
function addListenerTests(issuer) {
  // Sends bytes as they are; answers the status line's number, or '' where the connection was closed without an answer.
  function raw(host, port, text) {
    return new Promise((done, failed) => {
      let answer = '';
      const socket = connect({ host, port }, () => socket.write(text));
      socket.setEncoding('latin1').setTimeout(15_000, () => socket.destroy(new Error(`no answer to ${text.slice(0, 50)}`)));
      socket.on('data', (part) => { answer += part; }).on('error', failed).on('close', () => done(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? ''));
    });
  }
  async function listening(...words) {
    const child = start('console_login', ['--issuer', issuer, '--client-id', nativeClient.client_id, '--no-browser', ...words]);
    const [, url] = await waitFor(child, /^Open this address in a browser: (\S+)\n/m);
    const redirectUri = new URL(new URL(url).searchParams.get('redirect_uri'));
    return { child, url, redirectUri, port: Number(redirectUri.port) };
  }
  async function stillSignsIn({ child, url }) {
    const page = await fetch(await signIn(url));
    equal(page.status, 200, 'the page that the person sees');
    equal(page.headers.get('cache-control'), 'no-store', 'Cache-Control');
    check(/close this page/.test(await page.text()), 'no sentence for the person');
    equal(await child.ended, 0, child.output);
  }

  test('the listener refuses what is not its redirect and keeps waiting', async () => {
    const waiting = await listening();
    const { port } = waiting;
    const host = `Host: 127.0.0.1:${port}\r\n`;
    const rows = [
      ['another path', `GET /other?state=x HTTP/1.1\r\n${host}\r\n`, '404'],
      ['a longer path', `GET /callback/x?code=a&state=x HTTP/1.1\r\n${host}\r\n`, '404'],
      ['the icon that browsers ask for', `GET /favicon.ico HTTP/1.1\r\n${host}\r\n`, '404'],
      // 400 and not 404: the host is looked at first.
      ['another host (DNS rebinding)', `GET /other HTTP/1.1\r\nHost: evil.example:${port}\r\n\r\n`, '400'],
      ['another port', 'GET /other HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n', '400'],
      ['localhost, which was not the redirect_uri', `GET /other HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`, '400'],
      ['no host', 'GET /other HTTP/1.1\r\n\r\n', '400'],
      ['two hosts', `GET /other HTTP/1.1\r\n${host}${host}\r\n`, '400'],
      ['POST', `POST /callback?code=a&state=x HTTP/1.1\r\n${host}Content-Length: 3\r\n\r\na=b`, '405'],
      ['HEAD', `HEAD /callback?code=a&state=x HTTP/1.1\r\n${host}\r\n`, '405'],
      ['no HTTP', 'EHLO example.com\r\n\r\n', '400'],
      ['no state', `GET /callback?code=a HTTP/1.1\r\n${host}\r\n`, '400'],
      ['the state of another', `GET /callback?code=a&state=x HTTP/1.1\r\n${host}\r\n`, '400'],
      ['an error of another', `GET /callback?error=access_denied&state=x HTTP/1.1\r\n${host}\r\n`, '400'],
      ['a malformed query', `GET /callback?code=%zz&state=%00 HTTP/1.1\r\n${host}\r\n`, '400'],
      ['a request without an end', `GET /callback?code=${'a'.repeat(40_000)}`, '431'],
    ];
    for (const [what, text, status] of rows) equal(await raw('127.0.0.1', port, text), status, what);
    await stillSignsIn(waiting);
    await raw('127.0.0.1', port, `GET /callback HTTP/1.1\r\n${host}\r\n`).then(
      () => { throw new Error('it still listens after the sign-in'); },
      (error) => equal(error.code, 'ECONNREFUSED', 'after the sign-in'),
    );
  });

  test('the listener is not held up by slow callers', async () => {
    const waiting = await listening();
    const slow = Array.from({ length: 40 }, () => connect({ host: '127.0.0.1', port: waiting.port }).on('error', () => {}));
    for (const socket of slow) socket.write('GET /callback?');
    await stillSignsIn(waiting);
    for (const socket of slow) socket.destroy();
  });

  test('the listener closes a connection on which nothing comes', async () => {
    const waiting = await listening();
    equal(await raw('127.0.0.1', waiting.port, 'GET'), '', 'answer');
    await stillSignsIn(waiting);
  });

  test('the listener is reached on loopback only', async () => {
    const waiting = await listening();
    const others = Object.values(networkInterfaces()).flat().filter((one) => !one.internal && one.family === 'IPv4');
    for (const address of ['127.0.0.2', ...others.map((one) => one.address)]) { // the first is this machine, too
      const error = await raw(address, waiting.port, 'GET / HTTP/1.1\r\n\r\n').then(() => null, (reason) => reason);
      check(error, `it answers at ${address}`);
    }
    await stillSignsIn(waiting);
  });

  test('the listener answers at both addresses of localhost', async () => {
    const waiting = await listening('--redirect-uri', 'http://localhost/callback');
    const addresses = Object.values(networkInterfaces()).flat().filter((one) => one.internal).map((one) => one.address);
    check(addresses.includes('127.0.0.1'), 'this machine has no 127.0.0.1');
    for (const address of ['127.0.0.1', '::1'].filter((one) => addresses.includes(one))) {
      equal(await raw(address, waiting.port, `GET /other HTTP/1.1\r\nHost: localhost:${waiting.port}\r\n\r\n`), '404', address);
    }
    await stillSignsIn(waiting);
  });

  test('the listener takes the first registered redirect_uri whose port is free', async () => {
    const busy = createTcpServer();
    const taken = await listen(busy);
    try {
      const waiting = await listening('--redirect-uri', `http://127.0.0.1:${taken}/callback`, '--redirect-uri', 'http://[::1]/callback',
        '--redirect-uri', 'http://127.0.0.1/callback');
      check(waiting.port !== taken, 'the port is taken');
      await stillSignsIn(waiting);
    } finally {
      busy.close();
    }
  });

  test('the listener listens nowhere else than at a loopback address', async () => {
    const uris = ['http://0.0.0.0/cb', 'http://example.com/cb', 'https://127.0.0.1/cb', 'http://127.0.0.1', 'http://127.0.0.1:x/cb'];
    for (const uri of uris) {
      const { status, output } = await run('console_login', ['--issuer', issuer, '--client-id', 'a', '--no-browser', '--redirect-uri', uri]);
      equal(status, 1, uri);
      check(/^Nothing can listen at/m.test(output), output);
    }
  });
}

// --- Go ------------------------------------------------------------------------------------------------------------------------

async function within(seconds, work) {
  let timer;
  const late = new Promise((_, failed) => { timer = setTimeout(() => failed(new Error(`still running after ${seconds} s`)), seconds * 1000); });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    for (const child of children) child.kill('SIGKILL');
  }
}

let passed = 0;
let failed = 0;
try {
  check(programs, 'CALIMATIC_BUILD is not set: run this as ./tests/run interop');
  const application = startApplication();
  clients.push(logoutClient(await listen(application)));
  const provider = await startProvider({ clients, tokenSeconds: (client) => (client === 'short-lived' ? 2 : 600) });
  const selfSigned = startSelfSigned();
  const proxies = ['http_proxy', 'https_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'CALIMATIC_CLIENT_SECRET'];
  environment = {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !proxies.includes(name))),
    CALIMATIC_INTEROP_ISSUER: provider.issuer,
    CALIMATIC_INTEROP_CONTROL: `http://127.0.0.1:${await listen(startControl(provider, selfSigned, application))}`,
    CALIMATIC_INTEROP_SELF_SIGNED: `https://localhost:${await listen(selfSigned)}`,
  };
  await addCatchTests();
  addProcessTests();
  addKeptSessionTests();
  addConsoleTests(provider.issuer);
  addListenerTests(provider.issuer);

  const chosen = tests.filter(({ name }) => argv.length < 3 || argv.slice(2).some((word) => name.includes(word)));
  for (const { name, body } of chosen) {
    const begun = Date.now();
    try {
      await within(60, body());
      passed += 1;
      console.log(`ok      ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}\n${error.message.replace(/^/gm, '        ')}`);
    }
  }
} catch (error) {
  failed += 1;
  console.log(error.stack);
}
console.log(`${passed} passed, ${failed} failed`);
exit(failed === 0 && passed > 0 ? 0 : 1);
