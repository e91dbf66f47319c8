import { auth } from './auth.js';
import { useSession } from './use_session.js';

export function AuthButton() {
    const { status, session, error } = useSession();
    // What fails is told by `error`, too.
    const ignore = () => {};

    if (status === 'loading') return <div>Loading...</div>;

    if (session) {
        return (
            <div>
                <p>Signed in as {String(session.claims['email'])}</p>
                <button onClick={() => auth.signOut().catch(ignore)}>Sign out</button>
            </div>
        );
    }

    return (
        <div>
            <button onClick={() => auth.signIn().catch(ignore)}>Sign in with Calimatic</button>
            {error && <p role="alert">{error.message}</p>}
        </div>
    );
}
