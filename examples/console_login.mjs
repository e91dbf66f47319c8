// ./examples/run: console_login signs in at a provider on loopback, and this script is the person in front of the browser.
import { spawn } from 'node:child_process';
import { argv, env } from 'node:process';
import { createInterface } from 'node:readline';
import { signIn } from './provider/browser.mjs';
import { nativeClient, startProvider } from './provider/provider.mjs';

const provider = await startProvider();
console.log(`provider | npm's oidc-provider is at ${provider.issuer}`);
const { CALIMATIC_CLIENT_SECRET, ...environment } = env; // this client has none
const program = spawn(argv[2], [
  '--issuer', provider.issuer,
  '--client-id', nativeClient.client_id,
  '--scope', 'openid profile email offline_access',
  '--no-browser',
], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...environment, NO_PROXY: '127.0.0.1' } });
const ended = new Promise((end) => { program.on('exit', end).on('error', end); });
const timer = setTimeout(() => program.kill(), 60_000);

let refreshed = false;
try {
  for await (const line of createInterface({ input: program.stdout })) {
    const [, url] = /^Open this address in a browser: (\S+)$/.exec(line) ?? [];
    console.log(`program  | ${url ? 'Open this address in a browser: (done by the script)' : line}`);
    refreshed ||= line.startsWith('Refreshed: ');
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
await provider.close();
const works = program.exitCode === 0 && refreshed;
console.log(works ? 'It works: alice was signed in, and her tokens were refreshed.'
  : `It failed: console_login ended with ${program.exitCode ?? program.signalCode}${refreshed ? '' : ', and nothing was refreshed'}.`);
process.exitCode = works ? 0 : 1;
