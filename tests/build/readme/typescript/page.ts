// A page that nobody looks at: what the fragment does to it is looked at. Either fragment uses some of what is here.
import { createAuth, persistentStore, type Auth, type AuthState } from 'calimatic-auth';

const went: string[] = [];
const stored = new Map<string, string>();
const page = {
  location: { href: 'https://app.example/', origin: 'https://app.example', assign: (url: string) => void went.push(url) },
  history: { state: null, replaceState() {} },
  addEventListener() {},
  removeEventListener() {},
  sessionStorage: {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
    key: (index: number) => [...stored.keys()][index] ?? null,
    get length() {
      return stored.size;
    },
  },
};
const metadata = {
  issuer: 'https://auth.calimatic.com',
  authorization_endpoint: 'https://auth.calimatic.com/authorize',
  token_endpoint: 'https://auth.calimatic.com/token',
  jwks_uri: 'https://auth.calimatic.com/jwks',
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
};
const network = globalThis.fetch;
Object.assign(globalThis, {
  window: page,
  ...page,
  fetch: (input: string, init?: RequestInit) =>
    String(input).startsWith('https:') ? Promise.resolve(Response.json(metadata)) : network(input, init),
});
const button = { onclick: (): unknown => undefined };
const greet = (name: unknown): void => void name;
const show = (state: AuthState): void => void state;

// fragment

const checked: Auth = auth;
checked.signIn().catch(() => {}); // it ends with the client
for (let i = 0; i < 500 && went.length === 0; i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
if (!went[0]?.startsWith('https://auth.calimatic.com/authorize?')) throw new Error('the page did not leave to sign in');
checked.close();
