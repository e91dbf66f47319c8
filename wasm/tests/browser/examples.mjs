// The pages of examples/, as a person sees them.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { bundlePage } from '../../../examples/spa/bundle.mjs';
import { startPlatform, startSpa } from '../../../examples/spa/servers.mjs';
import { chromium } from './chromium.mjs';

const kiosk = 'kiosk.test';

export default function examples({ test, visitor, shot, programs, top }) {
  const pages = join(top, 'build/browser/spa');
  let bundled = false;
  async function served(options, run) {
    if (!bundled) bundlePage(pages);
    bundled = true;
    const platform = await startPlatform(programs, options);
    const spa = await startSpa(programs, { ...platform, pages, port: platform.pagePort, hostName: options.hostName });
    try {
      await run(spa, platform);
    } finally {
      platform.stop();
      spa.stop();
    }
  }

  for (const [look, options] of [
    ['light', { viewport: { width: 1100, height: 900 } }],
    ['dark', { viewport: { width: 1100, height: 900 }, colorScheme: 'dark' }],
    ['narrow', { viewport: { width: 380, height: 900 } }],
  ])
    test(`examples/spa, ${look}: sign-in, claims, countdown, the API, an invitation, sign-out`, () =>
      served({ expiresIn: 60 }, async (spa) => {
        const context = await visitor(options);
        const page = await context.newPage();
        await page.goto(spa.page);
        await page.locator('#sign-in').waitFor();
        await shot(page, `spa-${look}-signed-out`);
        await page.locator('#sign-in').click();
        await page.getByText('Who is signing in?').waitFor();
        await shot(page, `spa-${look}-provider`);
        await page.getByRole('button', { name: 'Jane Smith' }).click();
        await page.locator('#signed-in').waitFor();
        assert.equal(await page.locator('#name').textContent(), 'Jane Smith');
        assert.match(await page.locator('#organization').textContent(), /riverside/i);
        await page.locator('#call').click();
        await page.waitForFunction(() => /Jane/.test(document.getElementById('hello').textContent));
        const seconds = () => page.locator('#countdown').textContent();
        const first = await seconds();
        await page.waitForFunction((old) => document.getElementById('countdown').textContent !== old, first);
        await page.locator('#invite input[type=email]').fill(`new-${look}@riverside.example`);
        for (const input of await page.locator('#invite input:not([type=email])').all()) await input.fill('Someone');
        await page.locator('#invite button').click();
        await page.locator('#invited', { hasText: new RegExp(`new-${look}@riverside.example|Someone`) }).waitFor();
        await shot(page, `spa-${look}-signed-in`);
        await page.locator('#sign-out').click();
        await page.locator('#sign-in').waitFor();
        await context.close();
      }));

  test('examples/spa: the user says no, and sees what that means', () =>
    served({}, async (spa) => {
      const context = await visitor({ viewport: { width: 1100, height: 900 } });
      const page = await context.newPage();
      await page.goto(spa.page);
      await page.locator('#sign-in').click();
      await page.locator('button[name=deny]').click();
      await page.locator('#error').waitFor();
      await shot(page, 'spa-error');
      await context.close();
    }));

  test('a page of plain http on another host name: the second module verifies', () =>
    served({ hostName: kiosk }, async (spa, platform) => {
      const browser = await chromium({ hosts: [kiosk] });
      try {
        const page = await browser.newPage();
        const modules = [];
        page.on('request', (request) => request.url().endsWith('.wasm') && modules.push(new URL(request.url()).pathname));
        await page.goto(new URL('kiosk.html', spa.page).href);
        assert.equal(await page.evaluate(() => globalThis.crypto.subtle), undefined);
        await page.locator('#sign-in:enabled').click();
        await page.getByRole('button', { name: 'Jane Smith' }).click();
        await page.getByText('Hello Jane Smith').waitFor();
        assert.ok(modules.some((path) => path.endsWith('/botan.wasm')), String(modules));
        await shot(page, 'kiosk');
        const again = await fetch(`${platform.issuer}/simulated`, { method: 'POST', body: JSON.stringify({ fault: 'idt-sig-flip' }) });
        assert.equal(again.status, 204);
        await page.locator('#sign-in:enabled').click();
        await page.getByRole('button', { name: 'Jane Smith' }).click();
        await page.waitForFunction(() => /jws_signature_invalid|signature/.test(document.getElementById('problem').textContent));
      } finally {
        await browser.close();
      }
    }));
}
