/** All that ever travels between tabs: no token, no code, no state. */
export type SessionNotice = { type: 'stored'; generation: number } | { type: 'signed_out' };

/** What a BroadcastChannel has of which this needs something. */
export interface ChannelLike {
    postMessage(message: unknown): void;
    onmessage: ((event: MessageEvent) => void) | null;
    close(): void;
}

/** The channel of that name, or null where the browser has none: then a tab notices what others stored when it wakes. */
export function broadcastChannel(name: string): ChannelLike | null {
    return typeof BroadcastChannel === 'function' ? new BroadcastChannel(name) : null;
}

/**
 * Whether a message is a notice. Anybody of this origin may have sent it: it is a reason to read the store again, and nothing in it is
 * believed.
 */
export function isNotice(message: unknown): message is SessionNotice {
    const type = (message as { type?: unknown } | null)?.type;
    return type === 'stored' || type === 'signed_out';
}
