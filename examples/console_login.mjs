// ./examples/run console_login: it signs in at a provider on loopback, and this script is the person in front of the browser. The second start takes up
// the session that the first one has saved, and needs nobody; the third ends it.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, env } from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { signIn } from './provider/browser.mjs';
import { nativeClient, startProvider } from './provider/provider.mjs';

const folder = mkdtempSync(join(tmpdir(), 'console_login-'));
const file = join(folder, 'session');
const provider = await startProvider({ tokenSeconds: () => 4 }); // so that the second start has something to refresh
console.log(`provider | npm's oidc-provider is at ${provider.issuer}`);
const { CALIMATIC_CLIENT_SECRET, ...environment } = env; // this client has none

// What the program said, or null where it failed.
async function run(...words) {
  console.log(`person   | console_login ${words.map((word) => word.replace(join(folder, '/'), '')).join(' ')}`.trimEnd());
  const program = spawn(argv[2], [
    '--issuer', provider.issuer,
    '--client-id', nativeClient.client_id,
    '--scope', 'openid profile email offline_access',
    '--no-browser',
    ...words,
  ], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...environment, NO_PROXY: '127.0.0.1' } });
  const ended = new Promise((end) => { program.on('exit', end).on('error', end); });
  const timer = setTimeout(() => program.kill(), 60_000);
  const said = [];
  try {
    for await (const line of createInterface({ input: program.stdout })) {
      const [, url] = /^Open this address in a browser: (\S+)$/.exec(line) ?? [];
      console.log(`program  | ${url ? 'Open this address in a browser: (done by the script)' : line}`);
      said.push(line);
      if (!url) continue;
      const redirect = await signIn(url, { onStep: (step) => console.log(`person   | ${step}`) });
      await fetch(redirect); // back to the program
    }
  } catch (error) {
    console.log(`person   | ${error.message}`);
    program.kill();
  }
  await ended;
  clearTimeout(timer);
  return program.exitCode === 0 ? said : null;
}
const asked = (said) => said.some((line) => line.startsWith('Open this address'));
const refreshed = (said) => said.some((line) => line.startsWith('Refreshed: '));

let why = '';
try {
  const first = await run('--save', file);
  await sleep(2_500);
  const second = first && await run('--save', file);
  const third = second && await run('--save', file, '--sign-out');
  if (!first || !asked(first) || !refreshed(first)) why = 'alice was not signed in, or nothing was refreshed';
  else if (!second || asked(second) || !refreshed(second)) why = 'the second start did not take up the session';
  else if (!third || existsSync(file)) why = 'the session was not ended';
} finally {
  await provider.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(why ? `It failed: ${why}.` : 'It works: alice was signed in, stayed so over a restart, and signed out.');
process.exitCode = why ? 1 : 0;
