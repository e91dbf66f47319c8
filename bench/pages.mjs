// Pages that sign in with our package or with another library, bundled as an application would, and a provider for them.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { startPlatform } from '../examples/spa/servers.mjs';
import { startPages } from '../wasm/tests/browser/servers.mjs';

export const top = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const peers = run('node', ['examples/provider/install.mjs', 'bench']).trim();

function run(program, words, variables = {}) {
  const done = spawnSync(program, words, { cwd: top, encoding: 'utf8', env: { ...env, ...variables } });
  if (done.status !== 0) throw new Error(`${program} ${words.join(' ')} failed:\n${done.error ?? done.stdout + done.stderr}`);
  return done.stdout;
}

/// A folder with index.html, app.js, and what app.js fetches: bench/pages/NAME.ts, whose `open` the page calls. Gives the folder.
export function bundle(name) {
  const folder = join(top, 'build/bench', name);
  const made = join(top, 'build/wasm/package');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const entry = join(folder, 'entry.ts');
  writeFileSync(entry, `import { open } from ${JSON.stringify(join(top, 'bench/pages', `${name}.ts`))};
(globalThis as any).opened = (async () => open(await (await fetch('/settings.json')).json()))();
`);
  run('esbuild', [entry, '--bundle', '--minify', '--format=esm', '--target=es2022', '--legal-comments=none', '--log-level=error',
    `--alias:calimatic-auth=${join(made, 'index.js')}`, `--outfile=${join(folder, 'app.js')}`], { NODE_PATH: join(peers, 'node_modules') });
  rmSync(entry);
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>a page</title><link rel="icon" href="data:,"><script type="module" src="/app.js"></script>');
  if (name.startsWith('calimatic_auth')) for (const file of ['auth.wasm', 'botan.wasm']) copyFileSync(join(made, file), join(folder, file));
  return folder;
}

/// Serves such a folder beside the simulated platform: {origin, fetched, close}.
export async function serve(folder) {
  const settings = { scope: 'openid profile email organization' };
  const connect = [];
  const answers = { '/settings.json': () => [200, { 'content-type': 'application/json' }, JSON.stringify(settings)] };
  const pages = await startPages({ '/': folder }, { answers, connect });
  const redirect_uri = `${pages.origin}/index.html`;
  const platform = await startPlatform(join(top, 'build/examples/examples'), {
    pagePort: new URL(pages.origin).port,
    otherPages: [{ client_id: 'bench', redirect_uri }],
  });
  connect.push(platform.issuer);
  Object.assign(settings, { issuer: platform.issuer, client_id: 'bench', redirect_uri });
  return { ...pages, page: redirect_uri, close: () => (platform.stop(), pages.close()) };
}

export function compressed(file) {
  const bytes = readFileSync(file);
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
}
