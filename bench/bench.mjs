// Runs the benchmarks by name, prints their tables, and keeps the last ones in bench/results.md. Each benchmark is a module of this folder with
// `shows`, one line, and `run(say)`, which gives { text: lines of Markdown, figures: whatever --json is to have }.
import { readFileSync, existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { argv, exit, version } from 'node:process';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const names = ['page-size'];
const load = (name) => import(`./${name.replaceAll('-', '_')}.mjs`);

const words = argv.slice(2);
if (words[0] === '--list') {
  for (const name of names) console.log(`${name.padEnd(12)} ${(await load(name)).shows}`);
  exit();
}
let file = '';
const chosen = [];
while (words.length > 0) {
  const word = words.shift();
  if (word === '--json' && words.length > 0) file = words.shift();
  else if (names.includes(word)) chosen.push(word);
  else {
    console.error(`no benchmark is called ${word} (known: ${names.join(' ')}); --json takes a file`);
    exit(1);
  }
}

const results = join(here, 'results.md');
const figures = {};
for (const name of chosen.length > 0 ? chosen : names) {
  console.log(`=== ${name}`);
  const found = await (await load(name)).run((line) => console.log(`  ${line}`));
  console.log(found.text);
  figures[name] = found.figures;
  keep(name, found.text);
}
if (file) writeFileSync(file, JSON.stringify({ machine: machine(), figures }, null, 2) + '\n');
console.log(`bench: done, the tables are in bench/results.md${file ? ` and the figures in ${file}` : ''}`);

// The section of that benchmark is replaced, or added at the end.
function keep(name, text) {
  const title = '# What was measured last\n\nBy `./bench/run`, each table in one run on one machine: read the ratios.\n';
  const old = existsSync(results) ? readFileSync(results, 'utf8') : title;
  const section = `\n## ${name}\n\n${new Date().toISOString().slice(0, 10)}, ${machine()}\n\n${text.trim()}\n`;
  const place = new RegExp(`\\n## ${name}\\n[\\s\\S]*?(?=\\n## |$)`);
  writeFileSync(results, place.test(old) ? old.replace(place, () => section.trimEnd() + '\n') : old.trimEnd() + '\n' + section);
}

function machine() {
  return `${cpus().length} × ${cpus()[0].model.replace(/\s+/g, ' ').trim()}, Node ${version}`;
}
