// Lives of a page, played natively by wasm/tests/recordings and written down call by call, are played again in WebAssembly: the same calls with the same
// random bytes must give the same replies, byte for byte, and both who answer cryptographic questions must answer what the native back end did.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { botan, webcrypto } from '../../../build/wasm/package/index.js';
import { load } from '../../../build/wasm/package/platform.js';

const lives = 600;
const recorder = fileURLToPath(new URL('../../../build/unit/wasm/tests/recordings/record', import.meta.url));
const encoder = new TextEncoder();

/** The module as the package instantiates it, with whatever that gives it, and its exports, which the package keeps to itself. */
async function instantiate(random) {
    const original = WebAssembly.instantiate;
    let exports;
    WebAssembly.instantiate = async (...args) => {
        const made = await original(...args);
        exports = (made.instance ?? made).exports;
        return made;
    };
    try {
        await load({ random });
    } finally {
        WebAssembly.instantiate = original;
    }
    return exports;
}

function recordings(t) {
    assert.ok(existsSync(recorder), `${recorder} is missing: ./tests/run wasm builds it`);
    const program = spawn(recorder, [String(lives)], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => program.kill());
    const ended = new Promise((resolve) => program.on('close', resolve));
    return { lines: createInterface({ input: program.stdout, crlfDelay: Infinity }), ended };
}

/** Plays one call, and gives its reply in the form in which it is written down. */
function play(exports, { export: name, arguments: given }) {
    const args = given.flatMap((argument) => {
        if (typeof argument === 'number') return [argument];
        const bytes = 'text' in argument ? encoder.encode(argument.text) : Buffer.from(argument.bytes, 'base64url');
        if (bytes.length === 0) return [0, 0];
        const pointer = exports.calimatic_allocate(bytes.length) >>> 0;
        new Uint8Array(exports.memory.buffer, pointer, bytes.length).set(bytes);
        return [pointer, bytes.length];
    });
    const reply = exports[name](...args);
    if (reply === undefined) return null;
    if (!packed.has(name)) return Number.isFinite(reply) ? reply : String(reply);
    const pointer = reply >>> 0;
    if (pointer === 0) return null;
    const size = new DataView(exports.memory.buffer).getUint32(pointer, true);
    const bytes = Buffer.from(new Uint8Array(exports.memory.buffer, pointer + 4, size));
    exports.calimatic_release(pointer, 4 + size);
    return bytes;
}

const packed = new Set(['call', 'invoke', 'poll_request', 'poll_result', 'poll_event', 'poll_crypto_question', 'poll_store_question', 'handle_store_answer']
    .map((name) => `calimatic_${name}`));

/** Where two replies part, for whoever has to find out why. */
function assertSame(got, wanted, where) {
    if (!(got instanceof Uint8Array)) return assert.deepEqual(got, wanted, where);
    assert.ok(wanted?.text !== undefined, `${where}: a reply where there was none: ${got.toString().slice(0, 200)}`);
    const bytes = encoder.encode(wanted.text);
    if (Buffer.compare(got, bytes) === 0) return;
    const at = Math.max(0, bytes.findIndex((byte, i) => byte !== got[i]));
    const near = (text) => Buffer.from(text).subarray(Math.max(0, at - 60), at + 60).toString();
    assert.fail(`${where}: the replies part at byte ${at} of ${bytes.length}\n  natively:       ...${near(bytes)}...\n  in WebAssembly: ...${near(got)}...`);
}

test('lives that were played natively are the same in WebAssembly, byte for byte', async (t) => {
    const random = [];
    const exports = await instantiate((bytes) => {
        assert.ok(random.length > 0, 'random bytes were asked for that were not before');
        const next = random.shift();
        if (next === null) throw new Error('no random bytes');
        assert.equal(next.length, bytes.length, 'as many random bytes as before');
        bytes.set(next);
    });
    const none = async () => ({ what: 'unavailable' });
    const answerers = { 'the Web Cryptography API': webcrypto(none), 'the Botan module': botan() };
    const kinds = ['unavailable', 'no', 'yes', 'digest'];
    const { lines, ended } = recordings(t);
    const faults = new Set();
    const count = { lives: 0, calls: 0, random: 0, questions: 0, yes: 0, no: 0, digest: 0 };
    let where = '';
    for await (const text of lines) {
        const line = JSON.parse(text);
        if ('life' in line) {
            where = `life ${line.life} (${line.described})`;
            faults.add(line.described);
            ++count.lives;
        } else if ('question' in line) {
            const wanted = { what: kinds[line.answer.what], digest: line.answer.digest };
            ++count.questions;
            ++count[wanted.what];
            for (const [name, answer] of Object.entries(answerers)) {
                const { what, digest } = await answer(line.question);
                assert.deepEqual({ what, digest: digest ? Buffer.from(digest).toString('base64url') : '' }, wanted, `${where}: ${name} to ${text.slice(0, 200)}`);
            }
        } else {
            random.push(...line.random.map((bytes) => bytes && Buffer.from(bytes, 'base64url')));
            count.random += line.random.length;
            const got = play(exports, line);
            assertSame(got, line.reply, `${where}, call ${++count.calls}, ${line.export} ${JSON.stringify(line.arguments).slice(0, 160)}`);
            assert.equal(random.length, 0, `${where}: random bytes were not asked for that were before`);
        }
    }
    assert.equal(await ended, 0, 'the recorder failed (above)');
    assert.equal(count.lives, lives);
    assert.ok(faults.size > 150, `${faults.size} faults`);
    for (const what of ['yes', 'no', 'digest', 'random']) assert.ok(count[what] > 50, `${what}: ${count[what]}`);
    t.diagnostic(`${count.lives} lives with ${faults.size} faults, ${count.calls} calls, ${count.random} times random bytes, ` +
        `${count.questions} questions (${count.yes} yes, ${count.no} no, ${count.digest} digests) to two answerers each`);
});
