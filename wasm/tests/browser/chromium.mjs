// Debian's Chromium, driven by playwright-core.
import { installer } from '../../../examples/provider/install.mjs';

const { chromium: driver } = (await installer(new URL('../../package.json', import.meta.url), 'wasm')('playwright-core')).default;

// `hosts`: names that are this machine. Nothing else is looked up.
export function chromium({ hosts = [] } = {}) {
  return driver.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      `--host-resolver-rules=${hosts.map((name) => `MAP ${name} 127.0.0.1,`).join(' ')} MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
    ],
  });
}
