import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { CANARY } from '../site/world.ts';
import { filesOf, pagesOf, sites, world } from './sites.ts';

test('every link inside the site leads to a page, and every fragment to an element', async ({ page }) => {
  for (const site of sites()) {
    const ids = new Map<string, Set<string>>();
    const links: { from: string; path: string; fragment: string }[] = [];
    for (const path of pagesOf(site)) {
      await page.goto(site.url + path);
      const found = await page.evaluate(() => ({
        ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
        links: [...document.querySelectorAll('a[href]')].flatMap((link) =>
          link instanceof HTMLAnchorElement ? [link.href] : [],
        ),
      }));
      expect.soft(found.ids.length, `${path} uses an id twice`).toBe(new Set(found.ids).size);
      ids.set(path, new Set(found.ids));
      for (const href of found.links) {
        const url = new URL(href);
        if (url.origin === site.url)
          links.push({ from: path, path: url.pathname, fragment: decodeURIComponent(url.hash.slice(1)) });
      }
    }
    const files = new Set(filesOf(site));
    for (const { from, path, fragment } of links) {
      const there = ids.has(path) || files.has(path);
      expect.soft(there, `${site.name}${from} links to ${path}`).toBe(true);
      if (fragment !== '')
        expect.soft(ids.get(path)?.has(fragment), `${site.name}${from} links to ${path}#${fragment}`).toBe(true);
    }
  }
});

test('no page breaks its content security policy, asks another host, or says anything on the console', async ({
  page,
}) => {
  const said: string[] = [];
  page.on('console', (message) => said.push(`${page.url()}: ${message.text()}`));
  page.on('pageerror', (error) => said.push(`${page.url()}: ${error.message}`));
  for (const site of sites()) {
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol !== 'data:' && !sites().some((other) => other.url === url.origin))
        said.push(`${page.url()} asks for ${url}`);
    });
    for (const path of pagesOf(site)) {
      await page.goto(site.url + path);
      const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
      expect(policy, path).toMatch(/^default-src 'none';/);
      expect(policy, path).not.toContain('unsafe');
      const inline = await page.locator('script:not([src]), style, [style], [onclick], [onload]').count();
      expect(inline, `${path} has inline scripts or styles`).toBe(0);
    }
  }
  expect(said).toEqual([]);
});

test('each page has the same text without JavaScript', async ({ browser }) => {
  const site = world();
  const off = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  const on = await (await browser.newContext()).newPage();
  await on.clock.setFixedTime(site.now);
  for (const path of pagesOf(site)) {
    await off.goto(site.url + path);
    await on.goto(site.url + path);
    expect(await off.locator('body').innerText(), path).toBe(await on.locator('body').innerText());
  }
});

test('nothing private and no path of this machine is published', () => {
  for (const site of sites()) {
    for (const file of filesOf(site)) {
      const text = readFileSync(join(site.dist, file), 'utf8');
      expect(text, file).not.toContain(CANARY);
      expect(text, file).not.toContain(process.cwd());
      expect(text, file).not.toContain(site.content);
    }
  }
});

test('no sentence ends twice, not even after a name that brings a full stop', async ({ page }) => {
  const site = world();
  for (const path of pagesOf(site)) {
    await page.goto(site.url + path);
    expect(await page.locator('body').innerText(), path).not.toMatch(/[\p{L})]\.\.(?!\.)/u);
  }
});

test('every page says that it is a demonstration', async ({ page }) => {
  const site = world();
  for (const path of pagesOf(site)) {
    await page.goto(site.url + path);
    await expect(page.getByRole('complementary', { name: 'Demonstration' })).toBeVisible();
  }
});

test('content that is missing leaves its page and its link out', async ({ page }) => {
  const site = world();
  await page.goto(`${site.url}/`);
  const navigation = page.getByRole('navigation', { name: 'Pages' });
  await expect(navigation.getByRole('link')).toHaveText([
    'Overview',
    'Isolation',
    'Access reviews',
    'Gaps and roadmap',
    'Updates',
    'Versions',
    'Verify',
  ]);
  const files = filesOf(site);
  expect(files).not.toContain('/subprocessors/index.html');
  expect(files).not.toContain('/.well-known/security.txt');
});

test('an unknown collector has a page and its raw record beside it', async ({ page }) => {
  const site = world();
  await page.goto(`${site.url}/evidence/website/transport/`);
  await expect(page.getByRole('heading', { name: 'TLS of an endpoint', level: 1 })).toBeVisible();
  await expect(page.getByText('Days left')).toBeVisible();
  expect(filesOf(site)).toContain('/evidence/website/transport.json');
});
