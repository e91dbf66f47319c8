import type { AuthState } from 'calimatic-auth';
import { useSyncExternalStore } from 'react';
import { auth } from './auth.js';

/** Who is signed in, and what is going on: whoever calls this is rendered anew when it changes. */
export function useSession(): AuthState {
    return useSyncExternalStore(auth.subscribe, () => auth.state, () => atFirst);
}

/** What a server renders, and a page that takes over from it begins with, whatever has happened by then. */
const atFirst = auth.state;
