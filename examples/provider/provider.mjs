// An OpenID Provider on loopback, for the examples and for tests/interop: npm's oidc-provider, which is certified and not ours. Its
// sign-in pages take any name and any password. To try a program against it by hand:  node examples/provider/provider.mjs [PORT]
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { installer } from './install.mjs';

const load = installer(import.meta.url, 'oidc-provider');

// A program on the user's device: it has no secret, and any port of these addresses will do (RFC 8252 7.3).
export const nativeClient = {
  client_id: 'demonstration',
  application_type: 'native',
  redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'],
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
};

function makeKeys() {
  const curves = ['P-256', 'P-384', 'P-521'].map((namedCurve) => ['ec', { namedCurve }]);
  const kinds = [['rsa', { modulusLength: 2048 }], ...curves, ['ed25519', {}]];
  const make = ([type, options]) => generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' });
  return { keys: kinds.map((kind) => ({ ...make(kind), use: 'sig' })) };
}

function user(id) {
  const name = id[0].toUpperCase() + id.slice(1);
  return { sub: id, name: `${name} Ångström`, preferred_username: id, email: `${id}@example.com`, email_verified: true };
}

// Every one of oidc-provider that is signed with a key of these or with the client_secret.
export const signatureAlgorithms = ['RS', 'PS', 'ES', 'HS'].flatMap((kind) => ['256', '384', '512'].map((bits) => kind + bits))
  .concat('EdDSA', 'Ed25519');

// Answers {issuer, rotateKeys, close}. `onRequest(method, path)` is told of every request, `onGrant(grant_type)` of every one that got tokens;
// `tokenSeconds(client_id)` is how long an access token is good. `pages`: the origins whose pages may call it; users come with a real browser then,
// which over plain http takes no cookie that a POST from another site would have to bring.
export async function startProvider(
  { clients = [nativeClient], port = 0, pages = [], onRequest = () => {}, onGrant = () => {}, tokenSeconds = () => 600 } = {},
) {
  for (const level of ['info', 'warn']) { // that this is a demonstration is true, and need not be said every time
    const print = console[level];
    console[level] = (...text) => String(text[0]).includes('oidc-provider ') || print(...text);
  }
  const { Provider } = await load('oidc-provider');
  const { createMemoryAdapter } = await load('oidc-provider/lib/adapters/memory_adapter.js');

  let provider;
  const server = createServer((request, response) => {
    onRequest(request.method, request.url.split('?')[0]);
    provider.callback()(request, response);
  });
  await new Promise((listening, failed) => server.on('error', failed).listen(port, '127.0.0.1', listening));
  const issuer = `http://127.0.0.1:${server.address().port}`;

  const configuration = {
    clients,
    adapter: createMemoryAdapter(), // outlives a change of keys
    clientBasedCORS: (_, origin) => pages.includes(origin),
    cookies: { keys: [randomBytes(32).toString('hex')], long: { sameSite: pages.length > 0 ? 'lax' : 'none' } },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => user(id) }),
    // The sign-in pages, devInteractions, are on by default.
    features: {
      backchannelLogout: { enabled: true },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      jwtUserinfo: { enabled: true },
      registration: { enabled: true },
      registrationManagement: { enabled: true, rotateRegistrationAccessToken: true },
      revocation: { enabled: true },
    },
    enabledJWA: {
      clientAuthSigningAlgValues: signatureAlgorithms, idTokenSigningAlgValues: signatureAlgorithms, userinfoSigningAlgValues: signatureAlgorithms,
    },
    scopes: ['openid', 'offline_access', 'profile', 'email', 'machine'],
    rotateRefreshToken: true,
    clientBasedCORS: () => true, // pages may call it, whichever origin they are of
    enableHttpPostMethods: pages.length === 0, // at the end session endpoint, for which the cookies have to come along
    fetch: (url, { dispatcher, ...options }) => fetch(url, options), // the dispatcher refuses loopback, where the applications are
    ttl: {
      AccessToken: (context, token, client) => tokenSeconds(client.clientId), AuthorizationCode: 60, ClientCredentials: 600, IdToken: 600, Interaction: 600,
      Grant: 3600, RefreshToken: 3600, Session: 3600,
    },
  };
  const rotateKeys = () => {
    provider = new Provider(issuer, { ...configuration, jwks: makeKeys() });
    provider.on('grant.success', (context) => onGrant(context.oidc.params.grant_type));
  };
  rotateKeys();
  return {
    issuer,
    rotateKeys,
    close: () => new Promise((closed) => { server.close(closed); server.closeAllConnections(); }),
  };
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { issuer } = await startProvider({ port: Number(argv[2] ?? 0) });
  console.log(`The provider is at ${issuer} until you press Ctrl-C. Sign in there as anybody:`);
  console.log(`./examples/run console_login --issuer ${issuer} --client-id ${nativeClient.client_id} \\
    --scope "openid profile email offline_access"`);
}
