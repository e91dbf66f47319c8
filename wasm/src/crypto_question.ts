/** A public key as JWK, its required members alone (RFC 7638 3). */
export type PublicKey =
    | { readonly kty: 'RSA'; readonly n: string; readonly e: string }
    | { readonly kty: 'EC'; readonly crv: 'P-256' | 'P-384' | 'P-521'; readonly x: string; readonly y: string }
    | { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };

/** Is `expected` the signature of `data` under `key`? Yes or no; a key that cannot be loaded counts as no. */
export interface VerifySignature {
    readonly id: number;
    readonly what: 'verify_signature';
    /** The registered name: "RS256". Those of MACs are for applications with a secret, which a page is not. */
    readonly algorithm: string;
    readonly key: PublicKey;
    /** base64url. */
    readonly data: string;
    /** base64url; r and s one after the other for ECDSA (RFC 7518 3.4). */
    readonly expected: string;
}

/** Does the `hash` of `data` begin with the bytes of `expected`? Yes or no. */
export interface HashBeginsWith {
    readonly id: number;
    readonly what: 'hash_begins_with';
    readonly hash: 'SHA-256' | 'SHA-384' | 'SHA-512';
    /** base64url. */
    readonly data: string;
    /** base64url. */
    readonly expected: string;
}

/** What is the SHA-256 of `data`? A digest. */
export interface Sha256 {
    readonly id: number;
    readonly what: 'sha256';
    /** base64url. */
    readonly data: string;
}

/** A question of a machine to the host. The decision that hangs on it, and the rules for keys, stay in the module. */
export type CryptoQuestion = VerifySignature | HashBeginsWith | Sha256;

/** The host's answer. `unavailable`: it cannot tell. Anything but the answer that the question wants fails closed. */
export type CryptoAnswer = { readonly what: 'unavailable' | 'no' | 'yes' } | { readonly what: 'digest'; readonly digest: Uint8Array };

/** Answers cryptographic questions: `webcrypto()`, `botan()`, or one of the host's own. An answer that cannot be had is `unavailable`, or a rejection. */
export type CryptoAnswerer = (question: CryptoQuestion) => Promise<CryptoAnswer>;
