// node react.mjs FOLDER: the package as npm packs it, installed into examples/react, built with Vite, and opened in Chromium under a strict policy.
// FOLDER has the programs of the examples; the package is in build/wasm/package. Ends with the line `N passed, N failed`.
import { match, strictEqual as same } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, env, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { installer } from '../../../examples/provider/install.mjs';
import { startPlatform, startSpa } from '../../../examples/spa/servers.mjs';

const top = fileURLToPath(new URL('../../..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'react-'));
const running = [];
let browser, page;

function npm(words, { cwd = project, variables = {} } = {}) {
  console.log(`npm ${words.join(' ')}`);
  const done = spawnSync('npm', words, { cwd, encoding: 'utf8', timeout: 300_000, env: { ...env, ...variables } });
  if (done.status !== 0) throw new Error(`npm ${words[0]} failed:\n${done.error ?? done.stdout + done.stderr}`);
  return done.stdout.trim();
}

const tests = {
  'the package is installed as it is packed': () => {
    cpSync(join(top, 'examples/react'), project, { recursive: true });
    const packed = npm(['pack', '--silent', '--pack-destination', project], { cwd: join(top, 'build/wasm/package') });
    const file = join(project, 'package.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/file:[^"]*/, `file:${packed}`));
    npm(['install', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']);
  },
  'it is built by TypeScript and Vite, and signed in with': async () => {
    const platform = await startPlatform(argv[2]);
    running.push(platform);
    npm(['run', 'build'], { variables: { VITE_ISSUER: platform.issuer, VITE_CLIENT_ID: platform.client_id } });
    const { issuer, client_id, pagePort: port } = platform;
    const spa = await startSpa(argv[2], { pages: join(project, 'dist'), issuer, client_id, port });
    running.push(spa);

    const { default: { chromium } } = await installer(new URL('../../package.json', import.meta.url), 'wasm')('playwright-core');
    browser = await chromium.launch({ executablePath: env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
    page = await browser.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(error.message)).on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(spa.page);
    const button = page.getByRole('button', { name: 'Sign in with Calimatic', exact: true });
    await button.click();
    await page.getByRole('button', { name: 'Jane Smith' }).click();
    match(await page.getByText('Signed in as').textContent(), /jane@riverside\.example/);
    same(page.url(), spa.page);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await button.waitFor();
    same(problems.join('\n'), '');
  },
};

let passed = 0, failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
    ++passed;
    console.log(`ok      ${name}`);
  } catch (error) {
    ++failed;
    console.log(`FAILED  ${name}\n${error.stack}`);
    break; // the next one stands on it
  }
}
await browser?.close();
for (const one of running) one.stop();
rmSync(project, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
exit(failed ? 1 : 0);
