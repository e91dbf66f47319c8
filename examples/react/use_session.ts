import type { AuthState } from 'calimatic-auth';
import { useSyncExternalStore } from 'react';
import { auth } from './auth.js';

/** Who is signed in, and what is going on: whoever calls this is rendered anew when it changes. */
export function useSession(): AuthState {
    return useSyncExternalStore(auth.subscribe, state, state);
}

const state = () => auth.state;
