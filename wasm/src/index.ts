/// <reference lib="esnext.disposable" preserve="true" />
export type {
    AuthorizationParameters,
    ClientInformation,
    Json,
    JsonObject,
    JwkSet,
    ServerMetadata,
} from './arguments.js';
export { AuthorizationCodeFlow } from './authorization_code_flow.js';
export type { AuthorizationCodeArguments, AuthorizationCodeOptions, PendingArguments } from './authorization_code_flow.js';
export { botan } from './botan.js';
export { webcrypto } from './crypto.js';
export type { CryptoAnswer, CryptoAnswerer, CryptoQuestion, HashBeginsWith, PublicKey, Sha256, VerifySignature } from './crypto_question.js';
export { Discovery } from './discovery.js';
export type { DiscoveryArguments } from './discovery.js';
export { advance, answerQuestions, drive, fetchHost, waitUntil } from './drive.js';
export type { Host } from './drive.js';
export { AuthError } from './error.js';
export type { Condition, ErrorReport } from './error.js';
export type { HttpRequest, HttpResponse, TransportFailure } from './http.js';
export { Library } from './library.js';
export type { RandomSource } from './library.js';
export { load } from './load.js';
export type { LoadOptions } from './load.js';
export { Flow, Machine, ModuleObject } from './machine.js';
export { PlatformClaims, requireOrganization } from './platform_claims.js';
export type { ClaimsProfile } from './platform_claims.js';
export { Session } from './session.js';
export type { SavedSessionArguments, SessionArguments, SessionEvent, SessionOptions } from './session.js';
export { SignIn } from './sign_in.js';
export type { IdTokenClaims, TokenSet } from './sign_in.js';
export { fetchTransport } from './transport.js';
export type { Transport } from './transport.js';
export type { WasmSource } from './wasm_source.js';
