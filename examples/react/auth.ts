import { createAuth } from 'calimatic-auth';

const here = `${globalThis.location?.origin}/`;

/** The client of this page. Nothing happens before it is asked for something. */
export const auth = createAuth({
    issuer: import.meta.env.VITE_ISSUER ?? 'https://auth.calimatic.com',
    client_id: import.meta.env.VITE_CLIENT_ID ?? 'cca_your_client_id',
    redirect_uri: here,
    post_logout_redirect_uri: here,
    scope: 'openid profile email organization',
});
