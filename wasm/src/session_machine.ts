import type { ClockOffset } from './arguments.js';
import { asError, AuthError, type ErrorReport } from './error.js';
import { Machine } from './machine.js';
import type { ValidatedIdToken } from './sign_in.js';

/** What a session of one page and one that is shared have in common. */
export class SessionMachine<Event> extends Machine {
    /** The access token to send now. Errors: `access_token_unavailable` while there is none that is valid and saved, and that of the end. */
    accessToken(now: number): string {
        return this.invoke('access_token', {}, now) as string;
    }

    /** Whose session it is, by the newest ID Token. */
    claims(): ValidatedIdToken | undefined {
        return (this.invoke('claims') as ValidatedIdToken | null) ?? undefined;
    }

    /** The newest ID Token, for the hint of a logout (RP-Initiated Logout 2); "" where there is none. */
    idToken(): string {
        return this.invoke('id_token') as string;
    }

    /** What the newest access token reaches. */
    scope(): string {
        return this.invoke('scope') as string;
    }

    /** When the access token expires, by this device's clock; `undefined`: that was not said. */
    expiresAt(): number | undefined {
        return (this.invoke('expires_at') as number | null) ?? undefined;
    }

    /** What was learned of this device's clock. */
    clock(): ClockOffset {
        return this.invoke('clock') as ClockOffset;
    }

    /** Counts what was handed out for saving. */
    generation(): number {
        return this.invoke('generation') as number;
    }

    /** Why the last refresh, or revocation, failed; `undefined` after a success. */
    lastError(): AuthError | undefined {
        return asError(this.invoke('last_error'));
    }

    /** Whether it is over: there is no access token, and after a sign-out nothing more to send either. */
    hasEnded(): boolean {
        return this.invoke('has_ended') as boolean;
    }

    /** A resource server refused this access token (401). True: wait for `tokens_changed` and try once more. */
    handleUnauthorized(access_token: string, now: number): boolean {
        return this.invoke('handle_unauthorized', { access_token }, now) as boolean;
    }

    /** Ends the session here and now, and revokes its refresh token where the server can (RFC 7009): go on polling until `hasEnded`. */
    signOut(now: number): void {
        this.invoke('sign_out', {}, now);
    }

    /** What happened, oldest first. One of each kind is kept until it is taken. */
    pollEvent(): Event | undefined {
        const event = this.library.pollEvent(this.handle) as { error?: ErrorReport } | undefined;
        if (!event?.error) return event as Event | undefined;
        return { ...event, error: new AuthError(event.error) } as Event;
    }
}
