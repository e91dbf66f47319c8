// Runs the tests of the package in Node.js and counts. Arguments: words of the names of their files (all, if none is named).
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';

const words = process.argv.slice(2);
const folder = fileURLToPath(new URL('node', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.test.mjs') && (words.length === 0 || words.some((word) => name.includes(word))));
let passed = 0, failed = 0;
const count = (test, ended) => {
    if (test.details?.type === 'suite' || files.includes(test.name) || test.name.endsWith('.test.mjs')) return; // a file is no test
    ended ? ++passed : ++failed;
    if (!ended) console.log(`FAILED ${test.name}\n${test.details.error?.cause?.stack ?? test.details.error}`);
};
for await (const { type, data } of run({ files: files.map((name) => join(folder, name)), concurrency: 1, timeout: 600_000 })) {
    if (type === 'test:pass') data.skip !== undefined || data.todo !== undefined ? count(data, false) : count(data, true);
    if (type === 'test:fail') data.name.endsWith('.test.mjs') ? (++failed, console.log(`FAILED ${data.name}\n${data.details.error}`)) : count(data, false);
    if (type === 'test:stderr') process.stdout.write(data.message);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
