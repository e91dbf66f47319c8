import { UserManager, WebStorageStateStore } from 'oidc-client-ts';

/// Sign-in, session and logout with oidc-client-ts, as its own documentation shows them.
export function open(settings: { issuer: string; client_id: string; redirect_uri: string; scope: string }) {
    const manager = new UserManager({
        authority: settings.issuer,
        client_id: settings.client_id,
        redirect_uri: settings.redirect_uri,
        scope: settings.scope,
        loadUserInfo: true,
        stateStore: new WebStorageStateStore({ store: sessionStorage }),
    });
    return {
        signIn: () => manager.signinRedirect(),
        callback: async (url: string) => (await manager.signinCallback(url))!.profile.sub,
        refresh: () => manager.signinSilent(),
        signOut: () => manager.signoutRedirect(),
    };
}
