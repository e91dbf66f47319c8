// Makes the pages of this example in a folder: their files, the bundles of their scripts, and the modules of WebAssembly beside them. esbuild and tsc are on
// the PATH.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../..', import.meta.url));

// Waits for a program, whose output goes to standard error.
export function run(program, words) {
  const { status, error } = spawnSync(program, words, { cwd: top, stdio: ['ignore', 2, 2] });
  if (error || status !== 0) throw new Error(`${program} failed ${error ? `(${error.message})` : '(above)'}`);
}

// Of the package, as ./wasm/build leaves it.
export function bundlePage(folder) {
  const made = join(top, 'build/wasm/package');
  mkdirSync(folder, { recursive: true });
  run('tsc', ['-p', 'examples/spa']); // esbuild does not look at types
  run('esbuild', ['examples/spa/app.ts', 'examples/spa/kiosk.ts', '--bundle', '--format=esm', '--target=es2022', '--minify', '--sourcemap', '--log-level=warning',
    `--alias:calimatic-auth=${join(made, 'index.js')}`, `--outdir=${folder}`]);
  for (const name of ['index.html', 'kiosk.html', 'style.css']) copyFileSync(join(top, 'examples/spa', name), join(folder, name));
  for (const name of ['auth.wasm', 'botan.wasm']) copyFileSync(join(made, name), join(folder, name));
}
