import { Auth0Client } from '@auth0/auth0-spa-js';

/// Sign-in, session and logout with auth0-spa-js, as its own documentation shows them.
export function open(settings: { issuer: string; client_id: string; redirect_uri: string; scope: string }) {
    const client = new Auth0Client({
        domain: settings.issuer,
        clientId: settings.client_id,
        useRefreshTokens: true,
        authorizationParams: { redirect_uri: settings.redirect_uri, scope: settings.scope },
    });
    return {
        signIn: () => client.loginWithRedirect(),
        callback: async (url: string) => {
            await client.handleRedirectCallback(url);
            return (await client.getUser())!.sub;
        },
        refresh: () => client.getTokenSilently({ cacheMode: 'off' }),
        signOut: () => client.logout(),
    };
}
