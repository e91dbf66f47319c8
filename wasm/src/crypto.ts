import { bytesOf } from './base64url.js';
import { botan } from './botan.js';
import type { CryptoAnswer, CryptoAnswerer, PublicKey, VerifySignature } from './crypto_question.js';

interface Scheme {
    readonly algorithm: { readonly name: string; readonly hash?: string; readonly namedCurve?: string; readonly saltLength?: number };
    /** Of a signature; for RSA it is the modulus that says. */
    readonly bytes?: number;
}

function schemeOf(alg: string): Scheme | undefined {
    const hash = `SHA-${alg.slice(2)}`;
    switch (alg) {
        case 'RS256':
        case 'RS384':
        case 'RS512':
            return { algorithm: { name: 'RSASSA-PKCS1-v1_5', hash } };
        case 'PS256':
        case 'PS384':
        case 'PS512':
            return { algorithm: { name: 'RSA-PSS', hash, saltLength: Number(alg.slice(2)) / 8 } };
        case 'ES256':
            return { algorithm: { name: 'ECDSA', hash, namedCurve: 'P-256' }, bytes: 64 };
        case 'ES384':
            return { algorithm: { name: 'ECDSA', hash, namedCurve: 'P-384' }, bytes: 96 };
        case 'ES512':
            return { algorithm: { name: 'ECDSA', hash, namedCurve: 'P-521' }, bytes: 132 };
        case 'EdDSA':
        case 'Ed25519':
            return { algorithm: { name: 'Ed25519' }, bytes: 64 };
        default:
            return undefined;
    }
}

/**
 * Answers with the Web Cryptography API. What the browser does not support (Ed25519 and P-521 are missing in some) is left to `fallback`. Keys are
 * loaded for verifying alone, and cannot be read back.
 */
export function webcrypto(fallback: CryptoAnswerer = botan(), subtle: SubtleCrypto = globalThis.crypto.subtle): CryptoAnswerer {
    return async (question) => {
        const data = bytesOf(question.data);
        try {
            switch (question.what) {
                case 'sha256':
                    return { what: 'digest', digest: new Uint8Array(await subtle.digest('SHA-256', data)) };
                case 'hash_begins_with': {
                    const hash = new Uint8Array(await subtle.digest(question.hash, data));
                    const expected = bytesOf(question.expected);
                    return yesOrNo(expected.length <= hash.length && expected.every((byte, i) => byte === hash[i]));
                }
                case 'verify_signature':
                    return (await verify(subtle, question, data)) ?? (await fallback(question));
            }
        } finally {
            data.fill(0);
        }
    };
}

/** `undefined` where the browser does not know the algorithm. */
async function verify(subtle: SubtleCrypto, question: VerifySignature, data: Uint8Array<ArrayBuffer>): Promise<CryptoAnswer | undefined> {
    const scheme = schemeOf(question.algorithm);
    if (!scheme) return undefined;
    const signature = bytesOf(question.expected);
    if (question.key.kty === 'OKP' && !isSoundEd25519(question.key)) return yesOrNo(false);
    try {
        const key = await subtle.importKey('jwk', { ...question.key }, scheme.algorithm, false, ['verify']);
        const bytes = scheme.bytes ?? Math.ceil((key.algorithm as RsaHashedKeyAlgorithm).modulusLength / 8);
        return yesOrNo(signature.length === bytes && (await subtle.verify(scheme.algorithm, key, signature, data)));
    } catch (error) {
        if ((error as Error).name === 'NotSupportedError') return undefined;
        return yesOrNo(false); // a key that cannot be loaded, or a signature that is none
    }
}

/** The canonical points of small order, without the sign of x, in hexadecimal digits: under these keys anything can be signed by anybody. */
const smallOrders = [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
];

/** Whether y is less than p (RFC 8032 5.1.3) and the point of no small order, which browsers do not all look at. */
function isSoundEd25519({ x }: PublicKey & { kty: 'OKP' }): boolean {
    const point = bytesOf(x);
    if (point.length !== 32) return false;
    point[31] = (point[31] as number) & 0x7f;
    const digits = Array.from(point, (byte) => byte.toString(16).padStart(2, '0')).join('');
    const reduced = !(/^(e[d-f]|f.)(ff){30}7f$/.test(digits));
    return reduced && !smallOrders.includes(digits);
}

function yesOrNo(yes: boolean): CryptoAnswer {
    return { what: yes ? 'yes' : 'no' };
}
