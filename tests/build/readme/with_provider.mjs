// node with_provider.mjs PROGRAM ARGUMENTS...: runs a program of the README with a provider on loopback, and is the person in front of both: opens the
// provider's address that the program prints, signs in, and types the address of the redirect into the program. Its output is passed on.
import { spawn } from 'node:child_process';
import { argv, env, exit, stdout } from 'node:process';
import { createInterface } from 'node:readline';
import { signIn } from '../../../examples/provider/browser.mjs';
import { nativeClient, startProvider } from '../../../examples/provider/provider.mjs';

const provider = await startProvider();
const values = { '{issuer}': provider.issuer, '{client_id}': nativeClient.client_id };
const program = spawn(argv[2], argv.slice(3).map((word) => word.replace(/\{\w+\}/g, (name) => values[name] ?? name)), {
  stdio: ['pipe', 'pipe', 'inherit'],
  env: { ...env, NO_PROXY: '127.0.0.1' },
});
const ended = new Promise((end) => { program.on('exit', (code) => end(code ?? 1)).on('error', () => end(1)); });
const timer = setTimeout(() => program.kill(), 60_000);

for await (const line of createInterface({ input: program.stdout })) {
  stdout.write(`${line}\n`);
  const [url] = line.split(/\s/).filter((word) => word.startsWith(`${provider.issuer}/`) && word.includes('client_id='));
  if (url) program.stdin.end(`${await signIn(url)}\n`);
}
const code = await ended;
clearTimeout(timer);
await provider.close();
exit(code);
