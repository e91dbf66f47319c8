// ./examples/run spa: builds the package and the page, and serves both with the simulated platform, until Ctrl+C. With --issuer URL --client-id ID
// users sign in there instead.
// needs: platform_server
// tools: browser
// takes arguments
import { dirname } from 'node:path';
import { argv, env, exit, stderr } from 'node:process';
import { fileURLToPath } from 'node:url';
import { bundlePage, run } from './spa/bundle.mjs';
import { startPlatform, startSpa } from './spa/servers.mjs';

const [, , program, ...words] = argv;
const names = ['--issuer', '--client-id', '--port', '--host-name', '--expires-in'];
const given = Object.fromEntries(Array.from({ length: words.length / 2 }, (_, i) => [words[2 * i], words[2 * i + 1]]));
const own = '--issuer' in given || '--client-id' in given; // a provider of the user's
if (words.length % 2 || !Object.keys(given).every((name) => names.includes(name)) || (own && !given['--client-id'])) {
  stderr.write(`./examples/run spa [options]
  --issuer URL         where users sign in; without it and --client-id at a simulated platform
  --client-id ID       of the page, a public client there; CALIMATIC_CLIENT_ID and CALIMATIC_CLIENT_SECRET are the server's own
  --port N             where the page is (3001)
  --host-name NAME     under which the page of a kiosk is opened, over plain http
  --expires-in N       how long an access token of the simulated platform is good, in seconds (60)
`);
  exit(2);
}

const running = [];
const end = (code) => () => exit(code);
process.on('exit', () => { for (const one of running) one.stop(); });
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, end(0));

try {
  run(fileURLToPath(new URL('../wasm/build', import.meta.url)), []);
  const pages = fileURLToPath(new URL('../build/spa', import.meta.url));
  bundlePage(pages);

  const folder = dirname(program);
  const port = Number(given['--port'] ?? 3001);
  const hostName = given['--host-name'];
  let provider = { issuer: given['--issuer'], client_id: given['--client-id'], credentials: env };
  if (!own) {
    provider = await startPlatform(folder, { pagePort: port, hostName, expiresIn: given['--expires-in'] ?? 60 });
    running.push(provider);
  }
  const { issuer, client_id, credentials } = provider;
  const spa = await startSpa(folder, { pages, issuer, client_id, port, hostName, credentials });
  running.push(spa);
  for (const one of running) one.program.once('exit', end(1));
  console.log(`The page is at ${spa.page} and users sign in at ${issuer ?? 'https://auth.calimatic.com'}, until you press Ctrl+C.`);
} catch (error) {
  stderr.write(`spa: ${error.message}\n`);
  exit(1);
}
