// Prints how large files are, and how large they are when they travel: node sizes.mjs FILE...
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

console.log('  bytes                    raw   brotli');
for (const file of process.argv.slice(2)) {
    const bytes = readFileSync(file);
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    console.log(`  ${basename(file).padEnd(18)}${String(bytes.length).padStart(10)}${String(brotliCompressSync(bytes, { params }).length).padStart(9)}`);
}
