// The transport contract, over real HTTP.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { fetchTransport } from '../../../build/wasm/package/index.js';

const seen = [];
const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
        seen.push({ method: request.method, url: request.url, headers: request.headers, body });
        const path = new URL(request.url, 'http://x').pathname;
        if (path === '/ok') response.writeHead(200, { 'Content-Type': 'application/json', 'Set-Cookie': 'a=b' }).end('{"a":1}');
        else if (path === '/empty') response.writeHead(204).end();
        else if (path === '/bad') response.writeHead(400, { 'Retry-After': '7' }).end('{"error":"invalid_grant"}');
        else if (path === '/redirect') response.writeHead(302, { Location: '/ok' }).end();
        else if (path === '/large') response.writeHead(200).end(Buffer.alloc(1001, 'x'));
        else if (path === '/endless') endless(response);
        else if (path === '/reset') request.socket.destroy();
        else if (path === '/half') response.writeHead(200, { 'Content-Length': '100' }).write('half', () => request.socket.destroy());
        else if (path === '/slow') response.writeHead(200).write('slow'); // and no end
        // /hang: nothing
    });
});
function endless(response) {
    response.writeHead(200);
    const timer = setInterval(() => response.write(Buffer.alloc(200)), 1);
    response.on('close', () => clearInterval(timer));
}
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const base = `http://127.0.0.1:${server.address().port}`;
test.after(() => {
    server.closeAllConnections();
    server.close();
});

const send = fetchTransport();
const request = (path, members = {}) => ({ id: 1, method: 'GET', url: base + path, headers: [['Accept', 'application/json']], body: '', timeout: 5000,
    max_response_body: 1000, ...members });

test('an answer comes back as it is, whatever its status', async () => {
    const ok = await send(request('/ok'));
    assert.equal(ok.status, 200);
    assert.equal(Buffer.from(ok.body).toString(), '{"a":1}');
    assert.ok(ok.headers.some(([name, value]) => name === 'content-type' && value === 'application/json'));
    const bad = await send(request('/bad'));
    assert.equal(bad.status, 400);
    assert.ok(bad.headers.some(([name, value]) => name === 'retry-after' && value === '7'));
    const empty = await send(request('/empty'));
    assert.deepEqual([empty.status, empty.body.length], [204, 0]);
});

test('what is sent is what was asked for, without cookies', async () => {
    const headers = [['Content-Type', 'application/x-www-form-urlencoded'], ['Authorization', 'Bearer t']];
    await send(request('/ok'));
    await send(request('/ok?x=1', { method: 'POST', headers, body: 'a=b&c=%C3%B6' }));
    const last = seen.at(-1);
    assert.deepEqual([last.method, last.url, last.body], ['POST', '/ok?x=1', 'a=b&c=%C3%B6']);
    assert.equal(last.headers['content-type'], 'application/x-www-form-urlencoded');
    assert.equal(last.headers.authorization, 'Bearer t');
    assert.equal(last.headers.cookie, undefined);
    assert.equal(last.headers.referer, undefined);
});

test('the options of fetch leave nothing to the page', async () => {
    let options;
    await fetchTransport(async (url, init) => ((options = init), new Response('')))(request('/ok'));
    assert.deepEqual([options.redirect, options.credentials, options.cache, options.referrerPolicy], ['error', 'omit', 'no-store', 'no-referrer']);
});

test('no redirect is followed', async () => {
    const before = seen.length;
    assert.equal(await send(request('/redirect')), 'no_answer');
    assert.deepEqual(seen.slice(before).map(({ url }) => url), ['/redirect']);
});

test('a body that is too large ends the reading, also one without end', async () => {
    assert.equal(await send(request('/large')), 'too_large');
    assert.equal(await send(request('/endless')), 'too_large');
    assert.equal((await send(request('/large', { max_response_body: 1001 }))).status, 200);
});

test('a connection that breaks, or is not answered in time, is told as that', async () => {
    assert.equal(await send(request('/reset')), 'no_answer');
    assert.equal(await send(request('/half')), 'no_answer');
    assert.equal(await send(request('/hang', { timeout: 50 })), 'no_answer');
    assert.equal(await send(request('/slow', { timeout: 50 })), 'no_answer');
    assert.equal(await send(request('/ok', { url: 'http://127.0.0.1:1/' })), 'no_answer');
});

test('offline is told where the browser knows it', async (t) => {
    const navigator = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    Object.defineProperty(globalThis, 'navigator', { value: { onLine: false }, configurable: true });
    t.after(() => (navigator ? Object.defineProperty(globalThis, 'navigator', navigator) : delete globalThis.navigator));
    assert.equal(await send(request('/reset')), 'not_sent');
});

test('a host that gives up is told as that, before and after the request left', async () => {
    const gone = new AbortController();
    gone.abort();
    assert.equal(await send(request('/ok'), gone.signal), 'cancelled');
    const going = new AbortController();
    setTimeout(() => going.abort(), 50);
    assert.equal(await send(request('/hang'), going.signal), 'cancelled');
});
