import * as oauth from 'oauth4webapi';

/// Sign-in, refresh, UserInfo, logout URL and back-channel logout tokens with oauth4webapi, signatures verified.
export async function open(settings: { issuer: string; client_id: string; redirect_uri: string; scope: string }) {
    const issuer = new URL(settings.issuer);
    const insecure = { [oauth.allowInsecureRequests]: true };
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
    const client: oauth.Client = { client_id: settings.client_id };
    const none = oauth.None();
    return {
        authorizationUrl: async () => {
            const code_verifier = oauth.generateRandomCodeVerifier();
            const state = oauth.generateRandomState();
            const nonce = oauth.generateRandomNonce();
            const url = new URL(server.authorization_endpoint!);
            url.search = new URLSearchParams({
                client_id: client.client_id,
                redirect_uri: settings.redirect_uri,
                response_type: 'code',
                scope: settings.scope,
                code_challenge: await oauth.calculatePKCECodeChallenge(code_verifier),
                code_challenge_method: 'S256',
                state,
                nonce,
            }).toString();
            sessionStorage.setItem('pending', JSON.stringify({ code_verifier, state, nonce }));
            return url.href;
        },
        callback: async (url: string) => {
            const { code_verifier, state, nonce } = JSON.parse(sessionStorage.getItem('pending')!);
            const parameters = oauth.validateAuthResponse(server, client, new URL(url), state);
            const response = await oauth.authorizationCodeGrantRequest(server, client, none, parameters, settings.redirect_uri, code_verifier, insecure);
            const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: nonce, requireIdToken: true });
            await oauth.validateApplicationLevelSignature(server, response, insecure);
            const claims = oauth.getValidatedIdTokenClaims(tokens)!;
            const userinfo = await oauth.userInfoRequest(server, client, tokens.access_token, insecure);
            await oauth.processUserInfoResponse(server, client, claims.sub, userinfo);
            return claims.sub;
        },
        refresh: async (refresh_token: string) =>
            oauth.processRefreshTokenResponse(server, client, await oauth.refreshTokenGrantRequest(server, client, none, refresh_token, insecure)),
        revoke: async (token: string) => oauth.processRevocationResponse(await oauth.revocationRequest(server, client, none, token, insecure)),
        signOut: (id_token_hint: string) => server.end_session_endpoint + '?' + new URLSearchParams({ id_token_hint }),
    };
}
