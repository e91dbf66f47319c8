// Both answerers give the answers of the native back end: to the examples of the specifications, and to what is wrong with them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { AuthError, botan, webcrypto } from '../../../build/wasm/package/index.js';

const refuseToAnswer = () => assert.fail('the Web Cryptography API of Node.js has all of these');
const answerers = { webcrypto: webcrypto(refuseToAnswer), botan: botan() };

// The vectors of the native tests.
const source = ['vectors', 'keys'].map((name) => readFileSync(new URL(`../../../tests/support/${name}.hpp`, import.meta.url), 'utf8')).join('\n');
function vector(name) {
    const [, literal] = new RegExp(`\\b${name} =\\s*([^;]*);`).exec(source) ?? assert.fail(`no vector ${name}`);
    return [...literal.matchAll(/R"\((.*?)\)"|"([^"]*)"/g)].map(([, raw, text]) => raw ?? text).join('');
}
function publicKey(text) {
    const { kty, n, e, crv, x, y } = JSON.parse(text);
    return kty === 'RSA' ? { kty, n, e } : kty === 'EC' ? { kty, crv, x, y } : { kty, crv, x };
}
const base64url = (bytes) => Buffer.from(bytes).toString('base64url');
const bytesOf = (text) => Buffer.from(text, 'base64url');
function questionOf(token, key) {
    const [header, payload, expected] = token.split('.');
    const algorithm = JSON.parse(bytesOf(header)).alg;
    return { id: 1, what: 'verify_signature', algorithm, key, data: base64url(`${header}.${payload}`), expected };
}
const examples = {
    'RFC 7515 A.2': questionOf(vector('rfc7515_a2'), publicKey(vector('rfc7515_a2_jwk'))),
    'RFC 7515 A.3': questionOf(vector('rfc7515_a3'), publicKey(vector('rfc7515_a3_jwk'))),
    'RFC 7515 A.4': questionOf(vector('rfc7515_a4'), publicKey(vector('rfc7515_a4_jwk'))),
    'RFC 7520 4.1': questionOf(vector('rfc7520_4_1'), publicKey(vector('rfc7520_3_3'))),
    'RFC 7520 4.2': questionOf(vector('rfc7520_4_2'), publicKey(vector('rfc7520_3_3'))),
    'RFC 7520 4.3': questionOf(vector('rfc7520_4_3'), publicKey(vector('rfc7520_3_1'))),
    'RFC 8037 A.4': questionOf(vector('rfc8037_a4'), publicKey(vector('rfc8037_a1'))),
};

/** Signed by the Web Cryptography API, for the algorithms that no specification has an example of. */
async function signed(algorithm, scheme, data = 'some data') {
    const pair = await crypto.subtle.generateKey(scheme, true, ['sign', 'verify']);
    const signature = await crypto.subtle.sign(scheme, pair.privateKey, Buffer.from(data));
    const key = publicKey(JSON.stringify(await crypto.subtle.exportKey('jwk', pair.publicKey)));
    return { id: 1, what: 'verify_signature', algorithm, key, data: base64url(data), expected: base64url(signature) };
}
const rsa = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
const made = {
    RS384: await signed('RS384', { ...rsa, name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' }),
    RS512: await signed('RS512', { ...rsa, name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' }),
    PS256: await signed('PS256', { ...rsa, name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 }),
    PS512: await signed('PS512', { ...rsa, name: 'RSA-PSS', hash: 'SHA-512', saltLength: 64 }),
    ES384: await signed('ES384', { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' }),
    Ed25519: await signed('Ed25519', { name: 'Ed25519' }),
};
const genuine = { ...examples, ...made };

async function agree(name, question, expected) {
    for (const [who, answer] of Object.entries(answerers)) {
        const { what, digest } = await answer(question);
        assert.equal(what, expected.what ?? expected, `${who}: ${name}`);
        if (expected.digest) assert.equal(Buffer.from(digest).toString('hex'), expected.digest, `${who}: ${name}`);
    }
}

test('genuine signatures verify', async () => {
    for (const [name, question] of Object.entries(genuine)) await agree(name, question, 'yes');
});

test('a signature that is changed, cut, lengthened or of other data does not', async () => {
    for (const [name, question] of Object.entries(genuine)) {
        const signature = bytesOf(question.expected);
        const changed = Buffer.from(signature);
        changed[changed.length - 1] ^= 1;
        const variants = {
            'one bit': changed,
            'one byte short': signature.subarray(1),
            'one byte short at the end': signature.subarray(0, -1),
            'a zero in front': Buffer.concat([Buffer.alloc(1), signature]),
            'a zero behind': Buffer.concat([signature, Buffer.alloc(1)]),
            nothing: Buffer.alloc(0),
            zeros: Buffer.alloc(signature.length),
            ones: Buffer.alloc(signature.length, 0xff),
        };
        for (const [what, bytes] of Object.entries(variants)) await agree(`${name}, ${what}`, { ...question, expected: base64url(bytes) }, 'no');
        await agree(`${name}, other data`, { ...question, data: base64url('other') }, 'no');
    }
});

test('r or s of zero, or of the order and more, is no signature', async () => {
    const question = examples['RFC 7515 A.3'];
    const signature = bytesOf(question.expected);
    const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
    const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
    const rows = { 'r = 0': [Buffer.alloc(32), s], 's = 0': [r, Buffer.alloc(32)], 'r = n': [order, s], 's = n': [r, order] };
    for (const [name, parts] of Object.entries(rows)) await agree(name, { ...question, expected: base64url(Buffer.concat(parts)) }, 'no');
});

test('the salt of PSS is as long as the hash', async () => {
    for (const saltLength of [0, 20, 31, 33, 64]) {
        const question = await signed('PS256', { ...rsa, name: 'RSA-PSS', hash: 'SHA-256', saltLength });
        await agree(`a salt of ${saltLength}`, question, 'no');
    }
});

test('the algorithm is part of the question', async () => {
    const question = examples['RFC 7515 A.2'];
    for (const algorithm of ['RS384', 'PS256']) await agree(algorithm, { ...question, algorithm }, 'no');
});

test('a key off its curve, of small order, or not written canonically verifies nothing', async () => {
    const ec = examples['RFC 7515 A.3'];
    const y = bytesOf(ec.key.y);
    y[31] ^= 1;
    await agree('off the curve', { ...ec, key: { ...ec.key, y: base64url(y) } }, 'no');
    await agree('the origin', { ...ec, key: { ...ec.key, x: base64url(Buffer.alloc(32)), y: base64url(Buffer.alloc(32)) } }, 'no');

    const points = [
        '0000000000000000000000000000000000000000000000000000000000000000',
        '0000000000000000000000000000000000000000000000000000000000000080',
        '0100000000000000000000000000000000000000000000000000000000000000',
        '0100000000000000000000000000000000000000000000000000000000000080',
        'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
        'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
        'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
        'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
        'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
        'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
        'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
        'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
        '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
        '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    ];
    // Under the identity this verifies for everybody who follows the equation alone: R is the identity, s is 0.
    const forged = Buffer.alloc(64);
    forged[0] = 1;
    const ed = examples['RFC 8037 A.4'];
    for (const point of points)
        await agree(point, { ...ed, key: { ...ed.key, x: base64url(Buffer.from(point, 'hex')) }, expected: base64url(forged) }, 'no');
    await agree('a point of 31 bytes', { ...ed, key: { ...ed.key, x: base64url(bytesOf(ed.key.x).subarray(1)) } }, 'no');
});

test('hashes and their beginnings', async () => {
    const data = base64url('abc');
    const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    await agree('sha256', { id: 1, what: 'sha256', data, expected: '' }, { what: 'digest', digest: sha256 });
    const lengths = { 'SHA-256': 32, 'SHA-384': 48, 'SHA-512': 64 };
    for (const [hash, length] of Object.entries(lengths)) {
        const digest = Buffer.from(await crypto.subtle.digest(hash, Buffer.from('abc')));
        const ask = (bytes) => ({ id: 1, what: 'hash_begins_with', hash, data, expected: base64url(bytes) });
        await agree(hash, ask(digest.subarray(0, length / 2)), 'yes');
        await agree(hash, ask(digest), 'yes');
        await agree(hash, ask(Buffer.concat([digest, Buffer.alloc(1)])), 'no');
        await agree(hash, ask(digest.subarray(1, length / 2)), 'no');
    }
});

test('what the Web Cryptography API does not know is left to Botan, that question alone', async () => {
    const { subtle } = crypto;
    const without = (name) => ({
        digest: subtle.digest.bind(subtle),
        verify: subtle.verify.bind(subtle),
        importKey: (format, key, algorithm, ...more) => {
            if (algorithm.name === name) return Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'));
            return subtle.importKey(format, key, algorithm, ...more);
        },
    });
    const asked = [];
    const fallback = (question) => (asked.push(question.algorithm), answerers.botan(question));
    const answer = webcrypto(fallback, without('Ed25519'));
    assert.equal((await answer(examples['RFC 8037 A.4'])).what, 'yes');
    assert.equal((await answer(examples['RFC 7515 A.3'])).what, 'yes');
    assert.deepEqual(asked, ['EdDSA']);
});

test('algorithms that are none, and those of MACs, have no answer', async () => {
    for (const algorithm of ['none', 'HS256', 'RS1', 'rs256', ''])
        assert.equal((await webcrypto(botan())({ ...examples['RFC 7515 A.2'], algorithm })).what, 'unavailable', algorithm);
});

test('Botan is loaded with the first question, once, and again where that failed', async () => {
    let asked = 0;
    const file = readFileSync(new URL('../../../build/wasm/package/botan.wasm', import.meta.url));
    const answer = botan(() => (++asked === 1 ? file.subarray(0, 1000) : file));
    assert.equal(asked, 0);
    const question = { id: 1, what: 'sha256', data: '', expected: '' };
    await assert.rejects(answer(question), (error) => error instanceof AuthError && error.code === 'wasm_not_loaded');
    assert.equal((await answer(question)).what, 'digest');
    assert.equal((await answer(question)).what, 'digest');
    assert.equal(asked, 2);
});
