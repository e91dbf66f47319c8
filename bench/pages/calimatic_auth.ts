import { createAuth, drive, fetchHost, load, LogoutTokenValidation, type JwkSet } from 'calimatic-auth';

/// Sign-in, session, UserInfo and logout with createAuth, and a logout token validated with the flow for that.
export function open(settings: { issuer: string; client_id: string; redirect_uri: string; scope: string }) {
    const auth = createAuth({ ...settings, post_logout_redirect_uri: settings.redirect_uri, request_userinfo: true });
    return {
        auth,
        signIn: () => auth.signIn(),
        callback: async (url: string) => (await auth.handleRedirect(url))!.claims.sub,
        refresh: () => auth.session!.accessToken(),
        signOut: () => auth.signOut(),
        logoutToken: async (logout_token: string, keys: JwkSet) => {
            const library = await load();
            const expected = { issuer: settings.issuer, client_id: settings.client_id };
            return drive(LogoutTokenValidation.start(library, { logout_token, keys, expected }, Date.now()), fetchHost(library));
        },
    };
}
