import type { JsonObject } from './arguments.js';
import { answerQuestions, type Host } from './drive.js';
import { AuthError, pageError } from './error.js';
import type { HttpRequest } from './http.js';
import type { SessionLock } from './locks.js';
import type { Clock } from './page.js';
import type { SharedSession, SharedSessionEvent, StoreAnswer, StoreQuestion } from './shared_session.js';
import type { IdTokenClaims } from './sign_in.js';
import type { SessionStore } from './stores.js';

/** The platform's claims about the organization that the user signed in for (scope `organization`); what is not there is null. */
export interface OrganizationClaims {
    readonly organization_id: string | null;
    readonly user_type: string | null;
    /** As the platform writes them. */
    readonly organization_memberships: unknown;
}

/** A user who is signed in. Immutable: a change makes another one. */
export interface AuthSession {
    /** Of the newest ID Token, which was validated. */
    readonly claims: IdTokenClaims;
    /** One text for (iss, sub), to file things of this user under. */
    readonly subject_key: string;
    readonly organization: OrganizationClaims;
    /** UserInfo as it was read at the sign-in, if that was asked for (`request_userinfo`); null after a reload. */
    readonly userinfo: JsonObject | null;
    /** What the access token reaches, separated by spaces. */
    readonly scope: string;
    /** When the access token expires, in milliseconds by this device's clock; null: that was not said. */
    readonly expires_at: number | null;
    /**
     * When the next refresh is due, or what failed is tried again; null while a refresh is under way, and where none will be, because there
     * is no refresh token: then the session ends at `expires_at`.
     */
    readonly next_refresh: number | null;
    /** Why the last refresh failed; it is tried again by itself where that can help. */
    readonly last_error: AuthError | null;
    /** What was learned of this device's clock, for the screen: "this device's clock is 11 minutes slow"; '': nothing of note. */
    readonly clock: string;
    /**
     * The access token, refreshed first if need be. Whoever gets it can act for the user: send it to nobody but the API that it is for.
     * Errors: why there is none (`retry_later`: ask again), or why the session ended.
     */
    accessToken(): Promise<string>;
}

/** What a session is run with. */
export interface RunnerParts {
    readonly host: Host;
    readonly clock: Clock;
    readonly store: SessionStore;
    readonly lock: SessionLock | null;
    /** In the store, and of the lock. */
    readonly name: string;
    readonly userinfo: JsonObject | null;
}

/** Of one step; then a timer goes on, after so many milliseconds, so that the page is never held up. */
const mostTurns = 16;
const pause = 250;

/** Milliseconds, more than a refresh may take: a tab that holds the lock any longer was put to sleep with it, and who waits is told. */
const longestLock = 60_000;

/** Runs the machine of a session: sends, stores, locks, wakes it, and tells what happened. Decides nothing. */
export class SessionRunner {
    readonly machine: SharedSession;
    readonly #parts: RunnerParts;
    readonly #tell: (event: SharedSessionEvent | null) => void;
    readonly #closed = new AbortController();
    #waiters: ((error: AuthError | null) => void)[] = [];
    #watchers: (() => void)[] = [];
    #stopTimer = () => {};
    #waitForLock = new AbortController();
    #letGo = () => {};
    #isSending = false;
    #storeError: AuthError | null = null;
    #snapshot: AuthSession | null = null;
    #generation = 0;
    #over: AuthError | null = null;

    /** Takes the machine over. `tell` hears every event, and null after everything else that may have changed the snapshot. */
    constructor(machine: SharedSession, parts: RunnerParts, tell: (event: SharedSessionEvent | null) => void) {
        this.machine = machine;
        this.#parts = parts;
        this.#tell = tell;
    }

    /** The session as it is now; the same object until something changes; null while it is opening, and after its end. */
    get snapshot(): AuthSession | null {
        return this.#snapshot;
    }

    /**
     * Asks the machine for everything that it has to say or wants to have done. Called after whatever may have changed it, and at every
     * wake.
     */
    step(): void {
        this.#guarded(() => this.#step());
    }

    /** A module that has stopped ends this: whoever waits is told, and what is stored is not lost. */
    #guarded(action: () => void): void {
        try {
            action();
        } catch (cause) {
            const error = cause instanceof AuthError ? cause : pageError('page_failed', '', cause);
            this.close(error);
            this.#tell({ what: 'ended', generation: 0, error });
        }
    }

    #step(): void {
        const { clock } = this.#parts;
        let deadline: number | undefined;
        let turns = 0;
        do {
            if (this.#closed.signal.aborted || !this.#ask()) return;
            deadline = this.machine.nextDeadline();
        } while (deadline !== undefined && deadline <= clock.now() && ++turns < mostTurns);
        this.#stopTimer();
        this.#stopTimer = () => {};
        if (deadline !== undefined) this.#stopTimer = clock.after(Math.max(deadline - clock.now(), pause), () => this.step());
        this.#look(deadline);
        this.#tell(null);
        for (const resolve of this.#watchers.splice(0)) resolve();
    }

    /** False: what was heard has closed this. */
    #ask(): boolean {
        const { host } = this.#parts;
        const request = this.machine.pollRequest(host.now());
        if (request) void this.#send(request);
        // An answerer that failed was told to the machine, and the machine tells what comes of it.
        void answerQuestions(this.machine, host.answer).then(
            (did) => did && this.step(),
            () => this.step(),
        );
        for (let question; (question = this.machine.pollStoreQuestion()); ) void this.#answer(question);
        for (let event; (event = this.machine.pollEvent()); ) {
            if (event.error && event.what === 'store_failed' && this.#storeError) event = { ...event, error: this.#storeError };
            if (event.what === 'ended') this.#over = event.error ?? null;
            this.#tell(event);
            if (this.#closed.signal.aborted) return false;
            const failed = event.what.endsWith('_failed') || event.what === 'ended';
            if (event.what !== 'notify') this.#settle(failed ? (event.error ?? null) : null);
        }
        return true;
    }

    /** The next thing that happens: an error, if it is a failure or the end. */
    next(): Promise<AuthError | null> {
        return new Promise((resolve) => this.#waiters.push(resolve));
    }

    /** The next time that the machine was asked. */
    stepped(): Promise<void> {
        return new Promise((resolve) => this.#watchers.push(resolve));
    }

    async accessToken(): Promise<string> {
        for (;;) {
            if (this.#closed.signal.aborted) throw this.#over;
            const now = this.#parts.clock.now();
            try {
                return this.machine.accessToken(now);
            } catch (error) {
                if (!(error instanceof AuthError) || error.code !== 'access_token_unavailable') throw error;
            }
            const failed = this.machine.lastError();
            const deadline = this.machine.nextDeadline();
            if (failed && deadline !== undefined && deadline > now) throw failed; // it will be tried again, but not soon
            const outcome = this.next();
            this.step();
            const error = await outcome;
            if (error) throw error;
        }
    }

    /** Frees the machine, the timer and the lock. What waits for it is told `error`. */
    close(error: AuthError): void {
        if (this.#closed.signal.aborted) return;
        this.#closed.abort();
        this.#stopTimer();
        this.#unlock();
        this.machine.dispose();
        this.#over ??= error;
        this.#settle(this.#over);
    }

    #settle(error: AuthError | null): void {
        for (const resolve of this.#waiters.splice(0)) resolve(error);
        if (this.#closed.signal.aborted) for (const resolve of this.#watchers.splice(0)) resolve();
    }

    #look(deadline: number | undefined): void {
        const { machine } = this;
        const before = this.#snapshot;
        const generation = machine.isOpening() || machine.hasEnded() ? 0 : machine.generation();
        if (generation === 0) {
            this.#snapshot = null; // nothing is stored yet, or not any more
            return;
        }
        const expires_at = machine.expiresAt() ?? null;
        // While the store is asked, the next refresh is when it was. What is due at the end of the access token is no refresh.
        const rests = deadline !== undefined && deadline > this.#parts.clock.now();
        const due = rests ? deadline : (before?.next_refresh ?? null);
        const changing = {
            scope: machine.scope(),
            expires_at,
            next_refresh: this.#isSending || due === expires_at ? null : due,
            last_error: machine.lastError() ?? null,
            clock: machine.clock().description,
        };
        const same = (name: keyof typeof changing) =>
            name === 'last_error' ? before?.last_error?.message === changing.last_error?.message : before?.[name] === changing[name];
        if (before && generation === this.#generation && (Object.keys(changing) as (keyof typeof changing)[]).every(same)) return;
        const of = machine.claims();
        if (!of) return;
        this.#generation = generation;
        this.#snapshot = Object.freeze({
            claims: Object.freeze(of.claims),
            subject_key: of.subject_key,
            organization: organizationOf(of.claims),
            userinfo: this.#parts.userinfo,
            ...changing,
            accessToken: () => this.accessToken(),
        });
    }

    async #send(request: HttpRequest): Promise<void> {
        const { host } = this.#parts;
        this.#isSending = true;
        const response = await host.send(request, this.#closed.signal);
        this.#isSending = false;
        if (this.#closed.signal.aborted) return;
        this.#guarded(() => {
            if (typeof response === 'string') this.machine.handleFailure(request.id, response, host.now());
            else this.machine.handleResponse(request.id, response, host.now());
            this.#step();
        });
    }

    async #answer(question: StoreQuestion): Promise<void> {
        const answer = await this.#do(question).catch((cause: unknown): StoreAnswer => {
            this.#storeError = cause instanceof AuthError ? cause : null;
            return { what: 'failed' };
        });
        if (this.#closed.signal.aborted) return this.#unlock();
        this.#guarded(() => {
            try {
                this.machine.handleStoreAnswer(question.id, answer);
            } catch {
                // Not what a store answers. Were the question left open, nothing would ever be asked again.
                this.#storeError = null;
                this.machine.handleStoreAnswer(question.id, { what: 'failed' });
            }
            this.#step();
        });
    }

    async #do(question: StoreQuestion): Promise<StoreAnswer> {
        switch (question.what) {
            case 'lock': {
                const waiting = (this.#waitForLock = new AbortController());
                const { clock, lock, name } = this.#parts;
                const stop = clock.after(longestLock, () => waiting.abort());
                const letGo = (await lock?.acquire(name, waiting.signal).finally(stop)) ?? stop;
                if (waiting.signal.aborted) letGo();
                else this.#letGo = letGo;
                return { what: waiting.signal.aborted ? 'failed' : 'done' };
            }
            case 'unlock':
                this.#unlock();
                return { what: 'done' };
            case 'read':
                return { what: 'done', ...(await this.#parts.store.read(this.#parts.name)) };
            case 'replace': {
                const revision = await this.#parts.store.replace(this.#parts.name, question.revision ?? '', question.value ?? '');
                this.#storeError = null;
                return revision === null ? { what: 'conflict' } : { what: 'done', revision };
            }
        }
    }

    #unlock(): void {
        this.#waitForLock.abort();
        this.#letGo();
        this.#letGo = () => {};
    }
}

function organizationOf(claims: JsonObject): OrganizationClaims {
    const text = (name: string) => (typeof claims[name] === 'string' ? claims[name] : null);
    return Object.freeze({
        organization_id: text('organization_id'),
        user_type: text('user_type'),
        organization_memberships: claims['organization_memberships'] ?? null,
    });
}
