import type { AuthContext } from './auth_context.js';
import { AuthError } from './error.js';
import { buildEndSessionForm, buildEndSessionUrl, makePendingLogout } from './oidc.js';
import { submitForm } from './page.js';
import type { SessionKeeper } from './session_keeper.js';

/** How to sign out. */
export interface SignOutOptions {
    /** Leave the user signed in at the provider. */
    readonly local_only?: boolean;
}

/** Signs the user out: here first, whatever comes of the rest, then the tokens, then at the provider, for which the page leaves. */
export async function signOut(context: AuthContext, keeper: SessionKeeper, { local_only = false }: SignOutOptions): Promise<void> {
    const { cell } = context;
    try {
        if (!context.runner) await keeper.open(); // what is stored ends, too
        if (!context.runner) return context.rest({ error: null, return_to: null });
        const id_token_hint = context.runner.machine.idToken();
        cell.set({ status: 'signing_out', session: null, error: null, return_to: null });
        const failed = await keeper.end();
        context.rest({ error: failed });
        if (!local_only) await leave(context, id_token_hint);
    } catch (error) {
        // A provider that has no such page is no failure: signing out here is all there is.
        if (error instanceof AuthError && error.code === 'endpoint_missing') return context.rest();
        throw context.fail(error);
    }
}

async function leave(context: AuthContext, id_token_hint: string): Promise<void> {
    const { client, clock, page } = context;
    const { library, server } = await context.prepare();
    const { post_logout_redirect_uri } = context.options;
    const pending = post_logout_redirect_uri && makePendingLogout(library, { post_logout_redirect_uri });
    const args = { server, client, ...(pending && { pending }), ...(id_token_hint && { parameters: { id_token_hint } }) };
    let go;
    try {
        const url = buildEndSessionUrl(library, args);
        go = () => page.location.assign(url);
    } catch (error) {
        if (!(error instanceof AuthError) || error.code !== 'url_too_long') throw error;
        const { url, fields } = buildEndSessionForm(library, args);
        go = () => submitForm(page, url, fields);
    }
    try {
        if (pending) context.pending.save({ kind: 'logout', blob: pending, begun_at: clock.now(), return_to: null, popup: false });
    } catch {
        // The user comes back all the same, and nothing hangs on what that says.
    }
    go();
}
