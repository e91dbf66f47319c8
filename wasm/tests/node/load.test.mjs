// Loading the module in all the ways that there are, also where it fails, and where there is next to nothing of a browser.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { AuthError, load, scopeCovers } from '../../../build/wasm/package/index.js';

const file = new URL('../../../build/wasm/package/auth.wasm', import.meta.url);
const bytes = await readFile(file);
const works = async (options) => assert.equal(scopeCovers(await load(options), 'a b', 'b'), true);
const fails = (module, got) =>
    assert.rejects(load({ module }), (error) => {
        assert.ok(error instanceof AuthError);
        assert.equal(error.code, 'wasm_not_loaded');
        assert.equal(error.condition, 'fix_configuration');
        assert.match(error.got, got);
        assert.match(error.message, /do: serve the \.wasm file/);
        return true;
    });

const types = { '/auth.wasm': 'application/wasm', '/typeless.wasm': undefined, '/wrong.wasm': 'text/plain; charset=utf-8' };
const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://x').pathname;
    if (path in types) response.writeHead(200, types[path] ? { 'Content-Type': types[path] } : {}).end(bytes);
    else if (path === '/truncated.wasm') response.writeHead(200, { 'Content-Type': 'application/wasm' }).end(bytes.subarray(0, 5000));
    else if (path === '/page.wasm') response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html>');
    else if (path === '/reset.wasm') request.socket.destroy();
    else response.writeHead(404, { 'Content-Type': 'text/html' }).end('<!doctype html>');
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const base = `http://127.0.0.1:${server.address().port}`;
test.after(() => server.close());

test('from beside the package, a file, bytes, a compiled module, a URL and a response', async () => {
    await works();
    await works({ module: file });
    await works({ module: file.href });
    await works({ module: bytes });
    await works({ module: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) });
    await works({ module: new WebAssembly.Module(bytes) });
    await works({ module: `${base}/auth.wasm` });
    await works({ module: new URL(`${base}/auth.wasm`) });
    await works({ module: await fetch(`${base}/auth.wasm`) });
    await works({ module: fetch(`${base}/auth.wasm`) });
});

test('from a server that does not know what WebAssembly is', async () => {
    await works({ module: `${base}/typeless.wasm` });
    await works({ module: `${base}/wrong.wasm` });
});

test('what is no module, or another one, or cannot be had, is an error that says what to do', async () => {
    await fails(`${base}/truncated.wasm`, /./);
    await fails(`${base}/page.wasm?token=hidden`, /^a page of HTML from http:\/\/127\.0\.0\.1:\d+\/page\.wasm$/);
    await fails(`${base}/none.wasm?token=hidden`, /^status 404 from http:\/\/127\.0\.0\.1:\d+\/none\.wasm$/);
    await fails(`${base}/reset.wasm`, /./);
    await fails('http://127.0.0.1:1/auth.wasm', /./);
    await fails('no URL', /./);
    await fails(new URL('file:///nowhere/auth.wasm'), /ENOENT/);
    await fails(bytes.subarray(0, 5000), /./);
    await fails(new Uint8Array(), /./);
    await fails(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]), /a module without _initialize/);
    await fails(new URL('../../../build/wasm/package/botan.wasm', import.meta.url), /a module without calimatic_call/);
    await works();
});

test('in a worker', async () => {
    const index = new URL('../../../build/wasm/package/index.js', import.meta.url).href;
    const script = `import { parentPort } from 'node:worker_threads';
        import { load, scopeCovers } from ${JSON.stringify(index)};
        parentPort.postMessage(scopeCovers(await load(), 'a b', 'b'));`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`));
    const [answer] = await once(worker, 'message');
    assert.equal(answer, true);
    await worker.terminate();
});

test('importing touches nothing of a browser, and makes no code out of text', async () => {
    const folder = new URL('../../../build/wasm/package/', import.meta.url);
    for (const name of (await readdir(folder)).filter((name) => name.endsWith('.js')))
        assert.doesNotMatch(await readFile(new URL(name, folder), 'utf8'), /\beval\(|new Function|XMLHttpRequest|from"node:|import\("node:/, name);
    const script = `
        const touched = [];
        for (const name of ['window', 'document', 'navigator', 'crypto', 'fetch', 'localStorage', 'sessionStorage', 'location', 'history', 'WebAssembly',
            'BroadcastChannel', 'FinalizationRegistry', 'Response', 'Request'])
            Object.defineProperty(globalThis, name, { get: () => void touched.push(name), configurable: true });
        const { createAuth } = await import(${JSON.stringify(new URL('platform.js', folder).href)});
        createAuth({ issuer: 'https://id.example', client_id: 'c', redirect_uri: 'https://app.example/' });
        console.log(JSON.stringify(touched.filter((name) => name !== 'navigator')));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    assert.deepEqual(JSON.parse(stdout), []);
});

test('a bundle has what is used of it, and works where the .wasm files are beside it', async (t) => {
    const bundled = await mkdtemp(join(tmpdir(), 'calimatic-auth-'));
    t.after(() => rm(bundled, { recursive: true }));
    const folder = fileURLToPath(new URL('../../../build/wasm/package/', import.meta.url));
    const bundle = async (name, text) => {
        await writeFile(join(bundled, `${name}.js`), text.replace("'calimatic-auth'", JSON.stringify(join(folder, 'index.js'))));
        const out = join(bundled, `${name}.bundle.mjs`);
        await promisify(execFile)('esbuild', [join(bundled, `${name}.js`), '--bundle', '--format=esm', '--minify', '--log-level=warning', `--outfile=${out}`]);
        return out;
    };
    for (const name of ['auth.wasm', 'botan.wasm']) await copyFile(join(folder, name), join(bundled, name));
    const small = await bundle('small', "import { load, scopeCovers } from 'calimatic-auth'; console.log(scopeCovers(await load(), 'a b', 'b'));");
    const { stdout } = await promisify(execFile)(process.execPath, [small]);
    assert.equal(stdout, 'true\n');
    const text = await readFile(small, 'utf8');
    for (const other of ['parse_compact_jws', 'build_revocation_request', 'jwk_set_source', 'BroadcastChannel'])
        assert.ok(!text.includes(other), `${other} is in it`);
    const page = await readFile(await bundle('page', "import { createAuth } from 'calimatic-auth'; globalThis.auth = createAuth;"), 'utf8');
    for (const other of ['parse_compact_jws', 'build_revocation_request', 'jwk_set_source', 'logout_token_validation']) assert.ok(!page.includes(`"${other}"`), `${other} is in it`);
});

test('the package can be packed: no script, no dependency, nothing that is not meant to be in it', async () => {
    const folder = fileURLToPath(new URL('../../../build/wasm/package/', import.meta.url));
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json'], { cwd: folder });
    const [{ files, name }] = JSON.parse(stdout);
    assert.equal(name, 'calimatic-auth');
    const names = files.map(({ path }) => path);
    for (const wanted of ['index.js', 'index.d.ts', 'index.js.map', 'platform.js', 'platform.d.ts', 'auth.wasm', 'platform.wasm', 'botan.wasm', 'README.md', 'LICENSE'])
        assert.ok(names.includes(wanted), wanted);
    assert.deepEqual(names.filter((path) => !/\.(js|js\.map|d\.ts|wasm|md)$|^LICENSE$|^package\.json$/.test(path)), []);
    const description = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    for (const member of ['scripts', 'dependencies', 'peerDependencies', 'optionalDependencies', 'bin']) assert.equal(description[member], undefined, member);
    const library = await readFile(new URL('../../../meson.build', import.meta.url), 'utf8');
    assert.equal(description.version, /version: '([0-9.]+)'/.exec(library)[1]);
});

test('the random source is the one that was given, and its failure is an error', async () => {
    const { makeCodeVerifier } = await import('../../../build/wasm/package/index.js');
    const library = await load({ random: (into) => into.fill(7) });
    assert.equal(makeCodeVerifier(library), Buffer.alloc(32, 7).toString('base64url'));
    const broken = await load({ random: () => { throw new Error('none'); } });
    assert.throws(() => makeCodeVerifier(broken), { code: 'random_source_failed' });
    const own = await load();
    assert.notEqual(makeCodeVerifier(own), makeCodeVerifier(own));
});
