// What a page sees of a browser, for the tests of the package: windows, storage, locks, channels and a clock that a test moves.

import { setImmediate as turn } from 'node:timers/promises';

/** Waits until something is so; fails after some seconds of real time with what it waited for. */
export async function until(condition, what = String(condition)) {
    const end = performance.now() + 5000;
    while (!(await condition())) {
        if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
        await turn();
    }
}

let busy = 0;

/** Does what takes real time, so that `settle` waits for it. */
export async function working(promise) {
    busy += 1;
    try {
        return await promise;
    } finally {
        busy -= 1;
    }
}

/** Lets everything happen that needs no time of the world to pass. */
export async function settle() {
    for (let quiet = 0; quiet < 40; quiet = busy ? 0 : quiet + 1) await turn();
}

/** A clock that stands still until it is moved. */
export class ScriptedClock {
    #now = Date.UTC(2026, 10, 20, 9, 0, 0);
    #timers = new Set();
    /** The device's clock, off by so many milliseconds. */
    error = 0;

    /** The right time. */
    true_now = () => this.#now;
    now = () => this.#now + this.error;
    after = (milliseconds, wake) => {
        const timer = { at: this.#now + milliseconds, wake };
        this.#timers.add(timer);
        if (milliseconds <= 0) turn().then(() => this.#timers.delete(timer) && wake());
        return () => this.#timers.delete(timer);
    };

    /** How many timers are waiting. */
    get waiting() {
        return this.#timers.size;
    }

    /** Moves on, timer by timer. */
    async pass(milliseconds) {
        const end = this.#now + milliseconds;
        for (;;) {
            await settle();
            const next = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
            if (!next) break;
            this.#now = Math.max(this.#now, next.at);
            this.#timers.delete(next);
            next.wake();
        }
        this.#now = end;
        await settle();
    }

    /** Moves on as a device does that sleeps: no timer runs. */
    sleep(milliseconds) {
        this.#now += milliseconds;
        for (const timer of this.#timers) timer.at += milliseconds;
    }
}

/** A Storage of a size; blocked, everything throws. */
export class ScriptedStorage {
    #items = new Map();
    blocked = false;
    capacity = Infinity;

    #reach() {
        if (this.blocked) throw new DOMException('The operation is insecure.', 'SecurityError');
        return this.#items;
    }
    get length() {
        return this.#reach().size;
    }
    key(index) {
        return [...this.#reach().keys()][index] ?? null;
    }
    getItem(key) {
        return this.#reach().get(key) ?? null;
    }
    setItem(key, value) {
        const items = this.#reach();
        const size = [...items].reduce((sum, [k, v]) => sum + (k === key ? 0 : k.length + v.length), key.length + value.length);
        if (size > this.capacity) throw new DOMException('exceeded the quota', 'QuotaExceededError');
        items.set(key, String(value));
    }
    removeItem(key) {
        this.#reach().delete(key);
    }
    keys() {
        return [...this.#items.keys()];
    }
    values() {
        return [...this.#items.values()];
    }
    copy() {
        const copy = new ScriptedStorage();
        for (const [key, value] of this.#items) copy.setItem(key, value);
        return copy;
    }
}

/** Locks by name, first come first served. */
export class ScriptedLocks {
    #queues = new Map();
    granted = 0;

    acquire = (name, signal) =>
        new Promise((resolve, reject) => {
            const queue = this.#queues.get(name) ?? [];
            this.#queues.set(name, queue);
            const next = () => queue[0]?.();
            const enter = () => {
                this.granted += 1;
                let held = true;
                resolve(() => {
                    if (!held) return;
                    held = false;
                    queue.shift();
                    next();
                });
            };
            signal.addEventListener('abort', () => {
                const at = queue.indexOf(enter);
                if (at > 0) queue.splice(at, 1);
                reject(signal.reason);
            });
            queue.push(enter);
            if (queue.length === 1) enter();
        });

    /** Whether somebody holds the lock or waits for it. */
    get busy() {
        return [...this.#queues.values()].some((queue) => queue.length > 0);
    }
}

/** The channels of one origin, and everything that was ever said on them. */
export class ScriptedChannels {
    #open = new Set();
    said = [];

    make = (name) => {
        const channel = {
            name,
            onmessage: null,
            postMessage: (data) => this.say(name, data, channel),
            close: () => this.#open.delete(channel),
        };
        this.#open.add(channel);
        return channel;
    };

    /** Says something to all but `from`: anybody of the origin can. */
    say(name, data, from = null) {
        this.said.push(data);
        const others = [...this.#open].filter((channel) => channel !== from && channel.name === name);
        for (const channel of others) queueMicrotask(() => channel.onmessage?.({ data }));
    }

    get open() {
        return this.#open.size;
    }
}

/** A window with one page at a time. */
export class ScriptedWindow {
    #listeners = new Map();
    #views = new Map();
    sessionStorage;
    name;
    opener;
    closed = false;
    /** Where the page went. */
    went = [];
    /** Windows that the page opened. */
    opened = [];
    blocks_popups = false;

    constructor(href, { sessionStorage = new ScriptedStorage(), name = '', opener = null } = {}) {
        this.sessionStorage = sessionStorage;
        this.name = name;
        this.opener = opener;
        this.load(href);
    }

    /** Another page, or the same again. */
    load(href) {
        this.#listeners.clear();
        this.location = { href, origin: new URL(href).origin, assign: (url) => this.went.push(url), replace: (url) => this.went.push(url) };
        this.history = {
            state: null,
            replaceState: (state, _, url) => {
                this.history.state = state;
                this.location.href = url;
            },
        };
    }

    addEventListener = (type, listener) => {
        const listeners = this.#listeners.get(type) ?? new Set();
        this.#listeners.set(type, listeners.add(listener));
    };
    removeEventListener = (type, listener) => this.#listeners.get(type)?.delete(listener);
    dispatch(type, event = {}) {
        for (const listener of [...(this.#listeners.get(type) ?? [])]) listener({ type, ...event });
    }
    get listening() {
        return [...this.#listeners.values()].reduce((sum, listeners) => sum + listeners.size, 0);
    }

    open = (href, name) => {
        if (this.blocks_popups) return null;
        const before = this.opened.find((window) => window.name === name && !window.closed);
        if (before) return this.view_of(before);
        const popup = new ScriptedWindow(this.location.href, { sessionStorage: this.sessionStorage.copy(), name });
        popup.opener = popup.view_of(this);
        popup.location.href = href;
        this.opened.push(popup);
        return this.view_of(popup);
    };
    close = () => {
        this.closed = true;
    };

    /** Another window as this one sees it. */
    view_of(other) {
        const known = this.#views.get(other);
        if (known) return known;
        const from = this;
        const view = {
            get closed() {
                return other.closed || other.severed === true;
            },
            get sessionStorage() {
                return other.sessionStorage;
            },
            location: { replace: (url) => other.went.push(url) },
            close: other.close,
            postMessage: (data, target) => {
                if (other.severed || from.severed || target !== other.location.origin) return;
                const event = { data: structuredClone(data), origin: from.location.origin, source: other.view_of(from) };
                queueMicrotask(() => other.dispatch('message', event));
            },
        };
        this.#views.set(other, view);
        return view;
    }

    /** What a Cross-Origin-Opener-Policy does: neither window sees the other any more. */
    sever() {
        this.severed = true;
        this.opener = null;
        this.name = '';
    }
}
