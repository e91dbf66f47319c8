// Installs the packages of package-lock.json, exactly those versions, into a folder of the user's cache that is named after the lock file:
// the second time nothing is fetched, and a checkout stays as it is.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const lock = readFileSync(join(here, 'package-lock.json'));
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'calimatic-auth');
const folder = join(cache, `provider-${createHash('sha256').update(lock).digest('hex').slice(0, 16)}`);

function install() {
  console.error('Installing oidc-provider with npm (the first time only)');
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(`${folder}-`); // renamed when it is complete
  try {
    for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(here, name), join(fresh, name));
    const words = ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
    const npm = spawnSync('npm', words, { cwd: fresh, encoding: 'utf8', timeout: 300_000 });
    if (npm.status !== 0) throw new Error(`npm could not install oidc-provider:\n${npm.error ?? npm.stderr}`);
    if (!existsSync(folder)) renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

// Imports a package, or a file of one.
export async function load(name) {
  if (!existsSync(folder)) install();
  return import(pathToFileURL(createRequire(join(folder, 'package.json')).resolve(name)));
}
