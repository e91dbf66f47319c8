// What the bytes of a module of WebAssembly are, part by part, when it travels: node bench/wasm_parts.mjs [MODULE.wasm]
// The module has to be linked with names (--profiling-funcs), which is what build/wasm/core/wasm/auth-named.wasm is for. A part's share is what its functions
// come to when they are compressed alone, brought to the scale of the whole, for parts compress each other.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const top = fileURLToPath(new URL('..', import.meta.url));

export function brotliSize(bytes) {
    return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
}

/** The names that each room of the library declares. */
function declaredNames() {
    const rooms = new Map();
    const declaration = /\b(?:struct|class|enum class) (\w+)|\b(\w+)\((?!\))|\b(\w+)\(\)/g;
    for (const room of ['core', 'detail', 'jose', 'oauth', 'oidc', 'flow', 'platform', 'drive']) {
        for (const folder of [room, `impl/${room}`]) {
            const path = `${top}include/calimatic/${folder}`;
            if (!existsSync(path)) continue;
            for (const file of readdirSync(path, { recursive: true })) {
                if (!/\.[hi]pp$/.test(file)) continue;
                for (const line of readFileSync(`${path}/${file}`, 'utf8').split('\n')) {
                    if (!/^(struct|class|enum class|CALIMATIC_DECL|inline|constexpr|template|\s*static CALIMATIC_DECL)/.test(line)) continue;
                    for (const [, type, called, plain] of line.matchAll(declaration)) {
                        const name = type ?? called ?? plain;
                        if (!rooms.has(name)) rooms.set(name, room);
                    }
                }
            }
        }
    }
    return rooms;
}

/** The names of which a function's name consists, outermost first, without what is in brackets of any kind. */
function componentsOf(signature) {
    const text = signature.replaceAll('(anonymous namespace)::', '');
    let name = '';
    let depth = 0;
    for (const c of text.replaceAll('->', '').replace(/operator(<<|<=>|<=|<|>>|>=|>|\(\))/g, 'operator')) {
        if (c === '(' && depth === 0) break;
        if (c === '<') ++depth;
        else if (c === '>') --depth;
        else if (depth === 0) name += c;
    }
    return name.split(' ').filter((word) => word.includes('::')).at(-1)?.split('::') ?? [name.trim()];
}

function partOf(signature, rooms) {
    const names = componentsOf(signature);
    if (names[0].startsWith('calimatic_') || names[0] === 'bridge') return 'bridge';
    if (names[0] === 'boost') return names[1] === 'urls' || names[1] === 'system' ? 'URLs' : 'JSON';
    if (names[0] !== 'calimatic') return 'runtime';
    const own = names.slice(2).filter((name) => name !== 'detail');
    if (/^(json|parse_json|append_json_string|count_colons|wiping_resource)/.test(own[0])) return 'JSON';
    if (['uri', 'parse_uri', 'check_endpoint'].includes(own[0])) return 'URLs';
    const room = own.map((name) => rooms.get(name)).find((found) => found) ?? 'core';
    return { drive: 'runtime', detail: 'core' }[room] ?? room;
}

class Reader {
    constructor(bytes, at = 0) {
        this.bytes = bytes;
        this.at = at;
    }
    number() {
        let value = 0;
        for (let factor = 1; ; factor *= 128) {
            const byte = this.bytes[this.at++];
            value += (byte & 127) * factor;
            if (byte < 128) return value;
        }
    }
    take(size) {
        return this.bytes.subarray(this.at, (this.at += size));
    }
    text() {
        return Buffer.from(this.take(this.number())).toString();
    }
    skipLimits() {
        if (this.number() & 1) this.number();
        this.number();
    }
}

/** {part, raw, brotli} of every part of the module, the largest first, and the whole without its names. */
export function partsOf(bytes) {
    const parts = new Map();
    const names = new Map();
    const bodies = [];
    let imported = 0;
    const rest = [];
    let data = Buffer.alloc(0);
    const reader = new Reader(bytes, 8);
    while (reader.at < bytes.length) {
        const from = reader.at;
        const id = reader.number();
        const size = reader.number();
        const section = new Reader(bytes, reader.at);
        reader.at += size;
        if (id === 0 && section.text() === 'name') {
            while (section.at < reader.at) {
                const kind = section.number();
                const end = section.number() + section.at;
                if (kind === 1) for (let left = section.number(); left > 0; --left) names.set(section.number(), section.text());
                section.at = end;
            }
            continue;
        }
        if (id === 2) {
            for (let left = section.number(); left > 0; --left) {
                section.text();
                section.text();
                const kind = section.number();
                if (kind === 0) ++imported;
                if (kind === 1 || kind === 3) section.number();
                if (kind === 1 || kind === 2) section.skipLimits();
                else section.number();
            }
        }
        if (id === 10) for (let left = section.number(); left > 0; --left) bodies.push(section.take(section.number()));
        else if (id === 11) data = bytes.subarray(from, reader.at);
        else rest.push(bytes.subarray(from, reader.at));
    }
    if (names.size === 0) throw new Error('the module has no names: link it with --profiling-funcs, as build/wasm/core/wasm/auth-named.wasm is');
    const rooms = declaredNames();
    const add = (part, piece) => parts.set(part, [...(parts.get(part) ?? []), piece]);
    bodies.forEach((body, i) => add(partOf(names.get(imported + i) ?? '', rooms), body));
    add('texts', data);
    rest.forEach((section) => add('tables of the module', section));
    const whole = brotliSize(Buffer.concat([...bodies, data, ...rest]));
    const alone = [...parts].map(([part, pieces]) => ({ part, raw: Buffer.concat(pieces).length, brotli: brotliSize(Buffer.concat(pieces)) }));
    const scale = whole / alone.reduce((sum, { brotli }) => sum + brotli, 0);
    for (const row of alone) row.brotli = Math.round(row.brotli * scale);
    return { parts: alone.sort((a, b) => b.brotli - a.brotli), whole };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const file = process.argv[2] ?? `${top}build/wasm/core/wasm/auth-named.wasm`;
    if (!existsSync(file)) {
        console.error(`bench/wasm_parts.mjs: ${file} is missing: ./wasm/build, then ninja -C build/wasm/core wasm/auth-named.wasm`);
        process.exit(1);
    }
    const { parts, whole } = partsOf(readFileSync(file));
    console.log('part                        raw   brotli');
    for (const { part, raw, brotli } of parts) console.log(`${part.padEnd(22)}${String(raw).padStart(9)}${String(brotli).padStart(9)}`);
    console.log(`${file}: ${whole} bytes at brotli 11`);
}
