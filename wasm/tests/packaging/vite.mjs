// node vite.mjs: the package as npm packs it, installed into an empty Vite project, built, and opened in Chromium under a strict policy.
// Ends with the line `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { chromium } from '../browser/chromium.mjs';
import { startPages } from '../browser/servers.mjs';

const top = fileURLToPath(new URL('../../..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'vite-'));
const { devDependencies } = JSON.parse(readFileSync(join(top, 'examples/react/package.json'), 'utf8'));

function npm(words, cwd = project) {
  console.log(`npm ${words.join(' ')}`);
  const done = spawnSync('npm', words, { cwd, encoding: 'utf8', timeout: 300_000 });
  if (done.status !== 0) throw new Error(`npm ${words[0]} failed:\n${done.error ?? done.stdout + done.stderr}`);
  const warning = words.includes('vite') && /.*(externalized|cannot be analyzed|warning).*/i.exec(done.stdout + done.stderr);
  if (warning) throw new Error(`Vite warns: ${warning[0]}`);
  return done.stdout.trim();
}

let browser, pages, failed = 0;
try {
  const packed = npm(['pack', '--silent', '--pack-destination', project], join(top, 'build/wasm/package'));
  writeFileSync(join(project, 'package.json'), JSON.stringify({
    private: true,
    type: 'module',
    dependencies: { 'calimatic-auth': `file:${packed}` },
    devDependencies: { vite: devDependencies.vite },
  }));
  writeFileSync(join(project, 'index.html'), '<!doctype html><title>loading</title><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>');
  writeFileSync(join(project, 'main.js'), `import { createAuth } from 'calimatic-auth';
const auth = createAuth({ issuer: 'https://auth.example', client_id: 'page', redirect_uri: location.origin + '/' });
document.title = (await auth.ready()) === null ? auth.state.status : 'somebody';
`);
  npm(['install', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']);
  npm(['exec', '--', 'vite', 'build']);
  pages = await startPages({ '/': join(project, 'dist') });
  browser = await chromium();
  const page = await browser.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message)).on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(`${pages.origin}/index.html`);
  await page.waitForFunction(() => document.title !== 'loading');
  if ((await page.title()) !== 'signed_out' || problems.length > 0) throw new Error(`${await page.title()}: ${problems.join('\n')}`);
} catch (error) {
  failed = 1;
  console.log(`FAILED  the package in an empty Vite project\n${error.stack}`);
}
await browser?.close();
pages?.close();
rmSync(project, { recursive: true, force: true });
console.log(`${1 - failed} passed, ${failed} failed`);
exit(failed);
