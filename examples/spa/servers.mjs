// Starts the two servers of this example, for examples/spa.mjs and for tests: the simulated platform, and the page with its API. `folder` has the programs.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { env } from 'node:process';
import { createInterface } from 'node:readline';

// What the server of the page is registered as; the page itself has no secret.
const ownCredentials = { CALIMATIC_CLIENT_ID: 'cca_riverside', CALIMATIC_CLIENT_SECRET: 'ccas_of-the-example-only' };

// The program's first line, which is its address, and `stop()`. Its own credentials are in no list of arguments: other users can read those.
async function start(folder, name, words, credentials) {
  const { CALIMATIC_CLIENT_ID, CALIMATIC_CLIENT_SECRET, ...environment } = env;
  const program = spawn(join(folder, name), words.map(String), {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...environment, NO_PROXY: '127.0.0.1', ...credentials },
  });
  const address = await new Promise((resolve, reject) => {
    createInterface({ input: program.stdout }).once('line', resolve);
    program.once('error', reject).once('exit', () => reject(new Error(`${name} ended before it listened (above)`)));
  });
  return { address, program, stop: () => program.kill() };
}

export async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

// The simulated platform, which knows the page that is going to be at `pagePort`, under `hostName` if there is one. Gives {issuer, client_id, pagePort, stop}.
export async function startPlatform(folder, { pagePort, hostName, expiresIn = 3600, otherPages = [] } = {}) {
  pagePort ??= await freePort();
  const client_id = 'riverside_page';
  const own = `http://127.0.0.1:${pagePort}`;
  const words = ['--client-id', ownCredentials.CALIMATIC_CLIENT_ID, '--expires-in', expiresIn,
    '--page-client-id', client_id, '--redirect-uri', hostName ? `${own}/callback` : `${own}/`,
    '--allow-origin', hostName ? `http://${hostName}:${pagePort}` : own];
  for (const page of otherPages) words.push('--page-client-id', page.client_id, '--redirect-uri', page.redirect_uri);
  const { address, program, stop } = await start(folder, 'platform_server', words, ownCredentials);
  return { issuer: address, client_id, pagePort, program, stop };
}

// The page and its API. Gives {page, own, stop}: where the page is opened, and where its server is.
export async function startSpa(folder, { pages, issuer, client_id, port, hostName, credentials = ownCredentials }) {
  port ??= await freePort();
  const words = ['--pages', pages, '--client-id', client_id, '--port', port];
  if (issuer) words.push('--issuer', issuer);
  if (hostName) words.push('--host-name', hostName);
  const { address, program, stop } = await start(folder, 'spa', words, credentials);
  return { page: address, own: `http://127.0.0.1:${port}/`, program, stop };
}
