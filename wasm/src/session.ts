import type { CheckOptions, ClientInformation, JwkSet, ServerMetadata, Tolerances } from './arguments.js';
import type { AuthError } from './error.js';
import type { Library } from './library.js';
import { SessionMachine } from './session_machine.js';
import type { SignIn } from './sign_in.js';

/** When a refresh is due, in milliseconds before the access token expires. */
export interface RefreshTiming {
    readonly early?: number;
    /** At most so much is added, at random, so that many devices do not ask at the same moment. */
    readonly jitter?: number;
}

/** Whose sessions are ended (Back-Channel Logout 2.4): those of the user, of the one session, or both. */
export interface SessionSubject {
    readonly iss: string;
    readonly sub?: string;
    readonly sid?: string;
}

/** How a session is kept fresh. */
export interface SessionOptions extends CheckOptions, Tolerances {
    /** `by_host`, if left out: a refresh leaves, and new tokens are given out, once `handleSaved` was said. `none`: nothing is waited for. */
    readonly storage?: 'by_host' | 'none';
    readonly timing?: RefreshTiming;
    /** Milliseconds; after a failure, doubled by every further one. */
    readonly first_wait?: number;
    /** Milliseconds. */
    readonly longest_wait?: number;
    /** Milliseconds: how long a refresh that got no answer may be sent again. */
    readonly ambiguity_window?: number;
    /** Present such a refresh token once more when the access token is over: for a device that is its only holder. */
    readonly last_try?: boolean;
    /** Milliseconds: an access token that is younger than this and refused is not replaced for it. */
    readonly unauthorized_interval?: number;
    /** Milliseconds: how long signing out may wait for a refresh in flight, and then take to revoke. */
    readonly sign_out_wait?: number;
    /** Of the issuer, held from earlier. */
    readonly keys?: JwkSet;
}

/** What a session begins with. */
export interface SessionArguments {
    readonly server: ServerMetadata;
    readonly client: ClientInformation;
    /** Taken over. */
    readonly sign_in: SignIn;
    readonly options?: SessionOptions;
}

/** What a session is taken up again with. */
export interface SavedSessionArguments {
    readonly server: ServerMetadata;
    readonly client: ClientInformation;
    /** What `serialize()` gave. */
    readonly blob: string;
    readonly options?: SessionOptions;
}

/**
 * What happened to a session. Whatever its kind: where `generation` is not 0, save `serialize()` and say `handleSaved(generation)`; a saving that failed is
 * tried again until it succeeds, since the event does not come again.
 */
export interface SessionEvent {
    readonly what: 'tokens_changed' | 'refresh_started' | 'tokens_received' | 'refresh_failed' | 'scope_reduced' | 'clock_corrected' | 'ended';
    /** Of what is to be saved; 0: nothing is. */
    readonly generation: number;
    readonly error?: AuthError;
    /** When it is tried again, a UNIX time in milliseconds. */
    readonly retry_at?: number;
    readonly text?: string;
}

/**
 * Keeps one token set fresh: poll for requests at `nextDeadline`, for events whenever something arrived. A refresh token may be spent by its first use
 * (RFC 9700 4.14.2), so what a reload must know is handed out for saving before it matters.
 */
export class Session extends SessionMachine<SessionEvent> {
    /** A session of a user who has just signed in. Its first event is the one to save it by. Errors: those of C++'s `session::start`. */
    static start(library: Library, { sign_in, ...args }: SessionArguments, now: number): Session {
        const handle = library.start('session.start', { ...args, sign_in: sign_in.handle }, now);
        sign_in.dispose();
        return new Session(library, handle);
    }

    /**
     * A session that was saved, taken up again. Errors: `blob_malformed`, `blob_version_unknown`, `session_of_another_server`,
     * `session_of_another_client`, `session_ended`, and those of `start`.
     */
    static resume(library: Library, args: SavedSessionArguments, now: number): Session {
        return new Session(library, library.start('session.resume', args, now));
    }

    /** The session as it is to be saved: a secret. */
    serialize(): string {
        return this.invoke('serialize') as string;
    }

    /** The state of that generation is safe. Any other than the last one is ignored and says so (false). */
    handleSaved(generation: number): boolean {
        return this.invoke('handle_saved', { generation }) as boolean;
    }

    /** Takes over what another page saved of this same session, later. Errors: `session_not_newer`, `session_unsettled`, `session_of_another_user`, those of `resume`. */
    replaceTokens(blob: string, now: number): void {
        this.invoke('replace_tokens', { blob }, now);
    }

    /** Ends the session if it is about that user, and says whether it did. Nothing is sent. */
    revoke(subject: SessionSubject, now: number): boolean {
        return this.invoke('revoke', { subject }, now) as boolean;
    }
}
