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
  '--userinfo',
  '--no-browser',
], { stdio: ['ignore', 'pipe', 'inherit'], env: environment });
const timer = setTimeout(() => {
  console.error('Nothing happened for a minute: ended');
  program.kill();
}, 60_000);

for await (const line of createInterface({ input: program.stdout })) {
  const url = /^Open this address in a browser: (\S+)$/.exec(line)?.[1];
  console.log(`program  | ${url ? 'Open this address in a browser: (the script does)' : line}`);
  if (!url) continue;
  const redirect = await signIn(url, { onStep: (step) => console.log(`person   | ${step}`) });
  await fetch(redirect); // back to the program
}
if (program.exitCode === null && program.signalCode === null) await new Promise((ended) => { program.on('exit', ended); });
clearTimeout(timer);
await provider.close();
console.log(program.exitCode === 0 ? 'It works: the program signed alice in and refreshed her tokens.' : `It failed: the program ended with ${program.exitCode ?? program.signalCode}.`);
process.exitCode = program.exitCode === 0 ? 0 : 1;
