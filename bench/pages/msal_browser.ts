import { PublicClientApplication } from '@azure/msal-browser';

/// Sign-in, session and logout with msal-browser, as its own documentation shows them.
export async function open(settings: { issuer: string; client_id: string; redirect_uri: string; scope: string }) {
    const application = await PublicClientApplication.createPublicClientApplication({
        auth: { clientId: settings.client_id, authority: settings.issuer, redirectUri: settings.redirect_uri },
    });
    const scopes = settings.scope.split(' ');
    return {
        signIn: () => application.loginRedirect({ scopes }),
        callback: async () => (await application.handleRedirectPromise())!.uniqueId,
        refresh: () => application.acquireTokenSilent({ scopes, account: application.getAllAccounts()[0], forceRefresh: true }),
        signOut: () => application.logoutRedirect(),
    };
}
