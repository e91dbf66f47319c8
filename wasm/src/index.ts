/// <reference lib="esnext.disposable" preserve="true" />
export type * from './arguments.js';
export type {
    AuthorizationParameters,
    ClientInformation,
    Json,
    JsonObject,
    JwkSet,
    ServerMetadata,
} from './arguments.js';
export { createAuth } from './create_auth.js';
export type { Auth } from './create_auth.js';
export type { AuthOptions, SignInParameters } from './auth_context.js';
export type { AuthSession, Organization } from './auth_session.js';
export type { AuthState } from './auth_state.js';
export { AuthorizationCodeFlow } from './authorization_code_flow.js';
export type { AuthorizationCodeArguments, AuthorizationCodeOptions, PendingArguments } from './authorization_code_flow.js';
export { botan } from './botan.js';
export { webcrypto } from './crypto.js';
export type * from './crypto_question.js';
export { Discovery } from './discovery.js';
export type { DiscoveryArguments } from './discovery.js';
export { advance, answerQuestions, drive, fetchHost, waitUntil } from './drive.js';
export type { Host } from './drive.js';
export { AuthError } from './error.js';
export type { Condition, ErrorReport } from './error.js';
export type * from './http.js';
export * from './jose.js';
export { JwkSetSource } from './jwk_set_source.js';
export type { JwkSetSourceArguments, JwkSetSourceOptions } from './jwk_set_source.js';
export { Library } from './library.js';
export type { RandomSource } from './library.js';
export { load } from './load.js';
export type { LoadOptions } from './load.js';
export { LogoutTokenValidation } from './logout_token_validation.js';
export type { LogoutTokenExpectations, LogoutTokenValidationArguments, ValidatedLogoutToken } from './logout_token_validation.js';
export { Flow, Machine, ModuleObject } from './machine.js';
export * from './oauth.js';
export * from './oidc.js';
export type { ChannelLike, SessionNotice } from './channel.js';
export { webLocks } from './locks.js';
export type { SessionLock } from './locks.js';
export { Flow, Machine, ModuleObject } from './machine.js';
export { systemClock } from './page.js';
export type { Clock, Page, PageWindow } from './page.js';
export type { SignInOptions } from './page_sign_in.js';
export type { SignOutOptions } from './page_sign_out.js';
export type { PendingStore } from './pending_store.js';
export { memoryStore, persistentStore } from './stores.js';
export type { SessionStore, Stored } from './stores.js';
export { Session } from './session.js';
export type { RefreshTiming, SavedSessionArguments, SessionArguments, SessionEvent, SessionOptions, SessionSubject } from './session.js';
export { SignIn } from './sign_in.js';
export type { IdTokenClaims, TokenSet, ValidatedIdToken } from './sign_in.js';
export { TokenValidation } from './token_validation.js';
export type { IdTokenExpectations, TokenValidationArguments } from './token_validation.js';
export { fetchTransport } from './transport.js';
export type { Transport } from './transport.js';
export type { WasmSource } from './wasm_source.js';
