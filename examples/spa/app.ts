// A page that signs its users in: what there is to see is in index.html, and what happens when is here.
import { AuthError, type AuthSession, type AuthState, createAuth, memoryStore, persistentStore } from 'calimatic-auth';

const at = (id: string) => document.getElementById(id)!;
const write = (id: string, text: string) => (at(id).textContent = text);
const show = (id: string, visible: boolean) => (at(id).hidden = !visible);

// {issuer, client_id, redirect_uri}: an application of yours has them in its code.
const config = await (await fetch('config.json')).json();
const stay = at('stay') as HTMLInputElement;
stay.checked = remembered() === 'yes';

const auth = createAuth({
    ...config,
    scope: 'openid profile email organization',
    post_logout_redirect_uri: config.redirect_uri,
    request_userinfo: true, // some providers put the name there only
    store: stay.checked ? persistentStore() : memoryStore(),
});

// --- What is seen --------------------------------------------------------------------------------------------------------------

const doing: Record<AuthState['status'], string> = {
    loading: 'Loading…',
    discovering: 'Asking the provider…',
    signing_in: 'Signing in…',
    signing_out: 'Signing out…',
    signed_in: '',
    signed_out: '',
};

// What a user can do about an error; its message is for developers.
const advice: Record<AuthError['condition'], [title: string, advice: string]> = {
    retry_later: ['That did not work just now', 'Nothing is lost. Try again in a moment.'],
    authorize_again: ['You are not signed in', 'Sign in again to go on.'],
    correct_input: ['That cannot be right', 'Try again in another way.'],
    access_refused: ['You were not let in', 'Sign in again, as somebody who is, or ask your school for access.'],
    fix_configuration: ['This page is not set up correctly', 'Tell whoever looks after it what is written below.'],
    distrust_server: [
        'The sign-in was stopped for your safety',
        'The answer that came cannot be trusted. Try again; if it stays so, tell whoever looks after this page.',
    ],
};

function render({ status, session, error }: AuthState): void {
    write('progress', doing[status]);
    show('signed-in', session !== null);
    show('sign-out', session !== null);
    show('signed-out', session === null && status !== 'loading' && status !== 'signing_out');
    show('error', error !== null);
    if (error) {
        const [title, todo] = advice[error.condition];
        write('error-title', title);
        write('error-advice', error.retryAfter ? `${todo} (In ${error.retryAfter} s.)` : todo);
        write('error-message', error.message);
    }
    if (session) renderSession(session);
}

function renderSession({ claims, userinfo, organization, scope, last_error, clock }: AuthSession): void {
    const { name: told, email } = { ...userinfo, ...claims };
    const name = String(told ?? claims.sub);
    write('name', name);
    write('initials', name.split(' ').map((word) => word[0]).join('').slice(0, 2).toUpperCase());
    write('email', String(email ?? ''));
    write('organization', organization.organization_id ?? 'none');
    write('user-type', organization.user_type ?? 'not said');
    write('scope', scope);
    write('claims', JSON.stringify(claims, null, 2));
    write('trouble', [last_error && `The last refresh failed and is tried again: ${last_error.message}`, clock].filter(Boolean).join(' '));
    renderCountdown();
}

// The session says when its next refresh is due. This clock only shows it: the refresh comes whether anybody looks or not.
let target: number | null = null;
let started = 0;

function renderCountdown(): void {
    if (!auth.session) return;
    const { next_refresh, expires_at } = auth.session;
    const now = Date.now();
    if (next_refresh !== target) [target, started] = [next_refresh, now];
    const left = next_refresh === null ? 0 : Math.max(next_refresh - now, 0);
    write('countdown', next_refresh === null ? '' : minutes(left));
    write('countdown-means', next_refresh === null ? 'No refresh is planned' : 'until the next refresh');
    Object.assign(at('countdown-bar'), { max: Math.max((next_refresh ?? 0) - started, 1), value: left });
    write('expiry', expires_at === null ? '' : `The access token is good for ${minutes(Math.max(expires_at - now, 0))}.`);
}

const minutes = (time: number) => `${Math.floor(time / 60_000)}:${String(Math.floor(time / 1000) % 60).padStart(2, '0')}`;

// --- What users do -------------------------------------------------------------------------------------------------------------

/** Errors of the client are in its state, and shown from there. */
const ignore = () => {};

at('sign-in').onclick = () => auth.signIn().catch(ignore);
at('sign-in-popup').onclick = () => auth.signIn({ popup: true }).catch(ignore); // right in the click: else the browser blocks the window
at('sign-out').onclick = () => auth.signOut().catch(ignore);

stay.onchange = () => {
    remembered(stay.checked ? 'yes' : 'no');
    location.reload(); // a client has one store for its life
};

/** Calls this page's own API as the user, and writes what it says. */
async function call(output: string, path: string, init: RequestInit, words: (answer: Record<string, unknown>) => string): Promise<void> {
    const where = at(output);
    where.textContent = '…';
    try {
        const response = await auth.fetch(path, init);
        const answer = await response.json();
        where.textContent = response.ok ? words(answer) : String(answer.error ?? `The server answered with ${response.status}.`);
        where.classList.toggle('failed', !response.ok);
    } catch (error) {
        where.textContent = error instanceof AuthError ? `${advice[error.condition].join('. ')}` : 'The server cannot be reached.';
        where.classList.add('failed');
    }
}

at('call').onclick = () => call('hello', 'api/hello', {}, ({ hello }) => `The server knows you: ${hello}.`);

// A page can hold no secret, so that it is the server who asks the platform, and who says which organization it is.
at('invite').onsubmit = async (event) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const user = Object.fromEntries(new FormData(form)) as Record<string, string>;
    const [button] = form.getElementsByTagName('button');
    button!.disabled = true;
    await call('invited', 'api/invite', { method: 'POST', body: JSON.stringify(user) }, ({ is_new_user }) =>
        is_new_user ? `${user['first_name']} was invited and can sign in.` : `${user['email']} has an account already.`,
    );
    button!.disabled = false;
};

/** What this browser remembers of the choice; nothing where it stores nothing. */
function remembered(choice?: 'yes' | 'no'): string | null {
    try {
        if (choice) localStorage.setItem('stay', choice);
        return localStorage.getItem('stay');
    } catch {
        return null;
    }
}

// --- Here it begins ------------------------------------------------------------------------------------------------------------

auth.subscribe(render);
render(auth.state);
setInterval(renderCountdown, 1000);
// The answer of a sign-in, if this is where it leads; else the session that is stored, if there is one.
await auth.handleRedirect().then((session) => session ?? auth.ready()).catch(ignore);
