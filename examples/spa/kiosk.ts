// A sign-in on a page of plain http, such as that of a kiosk on a network of its own: without `crypto.subtle`, so that the second module
// answers the cryptographic questions, and without createAuth, because no redirect_uri leads to such a page. The provider sends the browser
// to an address on loopback, which sends it on to here, and what createAuth does is done by hand with the machines. Whoever controls such a
// network can change the page.
import { AuthorizationCodeFlow, Discovery, drive, fetchHost, load } from 'calimatic-auth';

const at = (id: string) => document.getElementById(id)!;
const { issuer, client_id, redirect_uri } = await (await fetch('config.json')).json();
const client = { client_id };

async function start(): Promise<void> {
    const library = await load();
    const host = fetchHost(library);
    const server = await drive(Discovery.start(library, { issuer }), host);
    at('means').textContent = `Signatures are verified by ${globalThis.crypto.subtle ? 'the browser' : 'the second module'}.`;

    at('sign-in').onclick = tell(async () => {
        using flow = await AuthorizationCodeFlow.start(
            library,
            { server, client, parameters: { redirect_uri, scope: 'openid profile' } },
            host.now(),
        );
        sessionStorage.setItem('pending', flow.pending()!);
        location.assign(flow.authorizationUrl()!);
    });
    at('sign-in').removeAttribute('disabled');

    const pending = sessionStorage.getItem('pending');
    const answer = location.search;
    if (!pending || !answer) return;
    sessionStorage.removeItem('pending'); // an answer is taken once
    history.replaceState(null, '', location.pathname);
    const flow = AuthorizationCodeFlow.resume(library, { server, client, pending }, host.now());
    flow.handleRedirect(redirect_uri + answer, host.now());
    using user = await drive(flow, host);
    at('greeting').textContent = `Hello ${user.claims['name'] ?? user.claims.sub}`;
}

/** Does it, and shows what fails. */
function tell(action: () => Promise<void>): () => Promise<void> {
    return async () => {
        at('problem').textContent = '';
        at('progress').textContent = 'Working…';
        await action().catch((error: Error) => (at('problem').textContent = error.message));
        at('progress').textContent = '';
    };
}

await tell(start)();
