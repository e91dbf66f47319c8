// A provider of OpenID Connect with an API behind it, for the tests of the package: it signs with the Web Cryptography API, rotates refresh
// tokens, notices one that is used twice, counts what it is asked, and can be told to misbehave.

import { working } from './scripted_browser.mjs';

const encoder = new TextEncoder();
const base64url = (bytes) => Buffer.from(bytes).toString('base64url');
const key_pair = crypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
    true,
    ['sign', 'verify'],
);

export class ScriptedProvider {
    issuer = 'https://id.example';
    api = 'https://api.example';
    client_id = 'cca_page';
    redirect_uri = 'https://app.example/callback';
    lifetime = 600; // of access tokens, in seconds
    rotates = true;
    /** How many requests each endpoint took. */
    count = { discovery: 0, jwks: 0, code: 0, refresh: 0, userinfo: 0, revocation: 0, api: 0 };
    /** Refresh tokens and codes that came a second time. */
    reused = 0;
    /** What was revoked by the revocation endpoint. */
    revoked = [];
    /** Everything that the API was sent, as {method, body, authorization}. */
    api_requests = [];
    metadata = {};
    claims = {};
    /** endpoint -> a list of faults, one for each request: 'offline' (nothing arrives), 'lost' (it acts, and no answer arrives),
     *  'hang' (it does not act, and no answer comes), a number (that status). */
    faults = {};
    signature_broken = false;
    exposes_date = false;
    #codes = new Map();
    #refresh_tokens = new Map();
    #access_tokens = new Map();
    #made = 0;

    /** `now` tells the provider's own time in milliseconds. */
    constructor(now) {
        this.now = now;
        this.fetch = (input, init) => {
            const request = new Request(input, init);
            const given_up = new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)));
            return Promise.race([given_up, this.#take(request)]);
        };
    }

    get server() {
        return {
            issuer: this.issuer,
            authorization_endpoint: `${this.issuer}/authorize`,
            token_endpoint: `${this.issuer}/token`,
            jwks_uri: `${this.issuer}/jwks`,
            userinfo_endpoint: `${this.issuer}/userinfo`,
            revocation_endpoint: `${this.issuer}/revoke`,
            end_session_endpoint: `${this.issuer}/logout`,
            response_types_supported: ['code'],
            subject_types_supported: ['public'],
            id_token_signing_alg_values_supported: ['RS256'],
            code_challenge_methods_supported: ['S256'],
            authorization_response_iss_parameter_supported: true,
            token_endpoint_auth_methods_supported: ['none'],
            ...this.metadata,
        };
    }

    /** What the user's browser is sent back with after the user said yes, or `error`. */
    authorize(url, { sub = 'u1', error } = {}) {
        const asked = new URL(url).searchParams;
        const back = new URL(asked.get('redirect_uri'));
        if (error) back.searchParams.set('error', error);
        else {
            const code = this.#make('code');
            this.#codes.set(code, { ...Object.fromEntries(asked), sub, auth_time: Math.floor(this.now() / 1000) });
            back.searchParams.set('code', code);
        }
        back.searchParams.set('state', asked.get('state'));
        back.searchParams.set('iss', this.issuer);
        return back.href;
    }

    /** No access token that was given out so far is good any more. */
    forget_access_tokens() {
        this.#access_tokens.clear();
    }

    /** No refresh token that was given out so far is good any more. */
    forget_refresh_tokens() {
        this.#refresh_tokens.clear();
    }

    #make(kind) {
        return `${kind}-${++this.#made}-${base64url(crypto.getRandomValues(new Uint8Array(12)))}`;
    }

    async #take(request) {
        const url = new URL(request.url);
        const body = await working(request.text());
        const form = new URLSearchParams(body);
        const answer_of = {
            '/.well-known/openid-configuration': ['discovery', () => json(200, this.server)],
            '/jwks': ['jwks', () => this.#jwks()],
            '/token': [form.get('grant_type') === 'refresh_token' ? 'refresh' : 'code', () => this.#token(form)],
            '/userinfo': ['userinfo', () => this.#userinfo(request)],
            '/revoke': ['revocation', () => this.#revoke(form.get('token'))],
        };
        const [endpoint, answer] = url.origin === this.issuer ? (answer_of[url.pathname] ?? []) : ['api', () => this.#api(request, body)];
        if (!endpoint) throw new TypeError(`no such endpoint: ${url.pathname}`);
        const fault = this.faults[endpoint]?.shift();
        if (fault === 'offline') throw new TypeError('Failed to fetch');
        this.count[endpoint] += 1;
        if (typeof fault === 'number') return json(fault, { error: 'temporarily_unavailable' });
        if (fault === 'hang') await new Promise(() => {});
        const response = await working(answer());
        if (fault === 'lost') throw new TypeError('Failed to fetch');
        if (this.exposes_date) response.headers.set('Date', new Date(this.now()).toUTCString());
        return response;
    }

    async #jwks() {
        const { kty, n, e } = await crypto.subtle.exportKey('jwk', (await key_pair).publicKey);
        return json(200, { keys: [{ kty, n, e, use: 'sig', alg: 'RS256', kid: 'k1' }] });
    }

    async #token(form) {
        if (form.get('grant_type') === 'authorization_code') {
            const asked = this.#codes.get(form.get('code'));
            const challenge = base64url(await crypto.subtle.digest('SHA-256', encoder.encode(form.get('code_verifier') ?? '')));
            if (asked?.used) this.reused += 1;
            if (!asked || asked.used || asked.code_challenge !== challenge || asked.redirect_uri !== form.get('redirect_uri'))
                return json(400, { error: 'invalid_grant' });
            asked.used = true;
            return this.#tokens({ scope: asked.scope, sub: asked.sub, auth_time: asked.auth_time, nonce: asked.nonce, family: asked });
        }
        const token = form.get('refresh_token');
        const grant = this.#refresh_tokens.get(token);
        if (!grant || grant.family.ended) return json(400, { error: 'invalid_grant' });
        if (grant.spent) {
            this.reused += 1;
            grant.family.ended = true; // RFC 9700 4.14.2
            return json(400, { error: 'invalid_grant' });
        }
        grant.spent = this.rotates;
        return this.#tokens(grant);
    }

    async #tokens({ scope, sub, auth_time, nonce, family }) {
        const iat = Math.floor(this.now() / 1000);
        const access_token = this.#make('access');
        const refresh_token = this.#make('refresh');
        this.#access_tokens.set(access_token, { expires_at: iat + this.lifetime, sub });
        this.#refresh_tokens.set(refresh_token, { scope, sub, auth_time, nonce, family });
        const id_token = await this.#sign({
            iss: this.issuer,
            sub,
            aud: this.client_id,
            iat,
            exp: iat + 300,
            auth_time,
            nonce,
            ...this.claims,
        });
        return json(200, { access_token, token_type: 'Bearer', expires_in: this.lifetime, refresh_token, id_token, scope });
    }

    async #sign(claims) {
        const parts = [{ alg: 'RS256', kid: 'k1', typ: 'JWT' }, claims];
        const input = parts.map((part) => base64url(encoder.encode(JSON.stringify(part)))).join('.');
        const { privateKey } = await key_pair;
        const signature = new Uint8Array(await crypto.subtle.sign('RSASSA-PKCS1-v1_5', privateKey, encoder.encode(input)));
        if (this.signature_broken) signature[7] ^= 0x5a;
        return `${input}.${base64url(signature)}`;
    }

    #holder(request) {
        const token = /^Bearer (.+)$/.exec(request.headers.get('Authorization') ?? '')?.[1];
        const grant = this.#access_tokens.get(token);
        return grant && grant.expires_at * 1000 > this.now() ? grant : null;
    }

    #revoke(token) {
        this.revoked.push(token);
        this.#refresh_tokens.delete(token);
        return json(200, {});
    }

    #userinfo(request) {
        const holder = this.#holder(request);
        return holder ? json(200, { sub: holder.sub, name: 'Jane', ...this.claims }) : json(401, {});
    }

    #api(request, body) {
        const { method, redirect } = request;
        this.api_requests.push({ method, body, authorization: request.headers.get('Authorization'), redirect });
        const holder = this.#holder(request);
        if (!holder) return json(401, {}, { 'WWW-Authenticate': 'Bearer error="invalid_token"' });
        return json(200, { sub: holder.sub });
    }
}

function json(status, value, headers = {}) {
    const all = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers };
    return new Response(JSON.stringify(value), { status, headers: all });
}
