import type { CheckOptions, JwkSet } from './arguments.js';
import { asError, type AuthError } from './error.js';
import type { Library } from './library.js';
import { Machine } from './machine.js';

/** How long keys are kept, and how often they are asked for, in milliseconds. */
export interface JwkSetSourceOptions extends CheckOptions {
    /** Keys older than this are fetched again. */
    readonly max_age?: number;
    /** At most one fetch for the sake of an unknown key in this time. */
    readonly refetch_interval?: number;
    /** After a failure, doubled by every further one. */
    readonly first_wait?: number;
    readonly longest_wait?: number;
}

/** Where the keys are, and which ones are held already. */
export interface JwkSetSourceArguments {
    readonly jwks_uri: string;
    /** Fetched earlier: nothing is fetched until they are `max_age` old. */
    readonly keys?: JwkSet;
    /** When they were, a UNIX time in milliseconds. */
    readonly fetched_at?: number;
    readonly options?: JwkSetSourceOptions;
}

/**
 * Owns the life of an issuer's keys (OIDC Core 10.1.1): fetches them when there are none or they have grown old, and once more when a token names a key
 * that is not there.
 */
export class JwkSetSource extends Machine {
    /** Begins. Whether `jwks_uri` may be used is found out at the first fetch. Errors: `random_source_failed`, `argument_malformed`. */
    static start(library: Library, args: JwkSetSourceArguments): JwkSetSource {
        return new JwkSetSource(library, library.start('jwk_set_source', args));
    }

    /** The keys held now. */
    keys(): JwkSet | undefined {
        return (this.invoke('keys') as JwkSet | null) ?? undefined;
    }

    /** Grows by one with every set that was fetched. */
    generation(): number {
        return this.invoke('generation') as number;
    }

    /** Grows by one with every fetch that ended, well or not. */
    fetches(): number {
        return this.invoke('fetches') as number;
    }

    /** When the keys held were fetched. */
    fetchedAt(): number | undefined {
        return (this.invoke('fetched_at') as number | null) ?? undefined;
    }

    /** Why the last fetch failed; `undefined` after a success. */
    lastError(): AuthError | undefined {
        return asError(this.invoke('last_error'));
    }

    /** A token needs a key that is not there. True: keep the token until `fetches()` grows, and look again. False: refuse it. */
    handleUnknownKey(now: number): boolean {
        return this.invoke('handle_unknown_key', {}, now) as boolean;
    }
}
