// Installs the packages of package-lock.json, exactly those versions, into a folder of the user's cache that is named after the lock file:
// the second time nothing is fetched, and a checkout stays as it is. As a program, `node install.mjs FOLDER` does so for the package-lock.json
// of that folder and prints the folder of the cache.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'calimatic-auth');

// The function that imports a package, or a file of one, out of those of the package-lock.json beside the module with that URL.
export function installer(moduleUrl, title) {
  const here = dirname(fileURLToPath(moduleUrl));
  return (name) => import(pathToFileURL(createRequire(join(installed(here, title), 'package.json')).resolve(name)));
}

function installed(here, title) {
  const lock = readFileSync(join(here, 'package-lock.json'));
  const folder = join(cache, `${title}-${createHash('sha256').update(lock).digest('hex').slice(0, 16)}`);
  if (!existsSync(folder)) install(here, folder, title);
  return folder;
}

function install(here, folder, title) {
  console.error(`Installing ${title} with npm (the first time only)`);
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(`${folder}-`); // renamed when it is complete
  try {
    for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(here, name), join(fresh, name));
    const words = ['ci', '--include=dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
    const npm = spawnSync('npm', words, { cwd: fresh, encoding: 'utf8', timeout: 300_000 });
    if (npm.status !== 0) throw new Error(`npm could not install ${title}:\n${npm.error ?? npm.stderr}`);
    if (!existsSync(folder)) renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const here = resolve(process.argv[2]);
  console.log(installed(here, basename(here)));
}
