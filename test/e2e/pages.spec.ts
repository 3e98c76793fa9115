import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { CANARY } from '../site/world.ts';
import { filesOf, pagesOf, type Site, sites, world } from './sites.ts';

// One walk over all pages, for all that is asked of every one of them; so all tests of this file run in one process.
test.describe.configure({ mode: 'default' });

/** What a page is, as a browser sees it. */
type Seen = {
  site: Site;
  path: string;
  ids: string[];
  links: string[];
  policy: string | null;
  inline: number;
  text: string;
  isMarked: boolean;
};
const seen: Seen[] = [];
/** All that was said on a console, and every other host that was asked. */
const said: string[] = [];

/** The pages of the made-up world alone. */
function ofWorld(): Seen[] {
  const pages = seen.filter(({ site }) => site.name === world().name);
  expect(pages.length).toBeGreaterThan(20);
  return pages;
}

test.beforeAll(async ({ browser }) => {
  const page = await browser.newPage();
  page.on('console', (message) => said.push(`${page.url()}: ${message.text()}`));
  page.on('pageerror', (error) => said.push(`${page.url()}: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && !sites().some((site) => site.url === url.origin))
      said.push(`${page.url()} asks for ${url}`);
  });
  for (const site of sites()) {
    await page.clock.setFixedTime(site.now);
    for (const path of pagesOf(site)) {
      await page.goto(site.url + path);
      const found = await page.evaluate(() => ({
        ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
        links: [...document.querySelectorAll('a[href]')].flatMap((link) =>
          link instanceof HTMLAnchorElement ? [link.href] : [],
        ),
        policy: document.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content') ?? null,
        inline: document.querySelectorAll('script:not([src]), style, [style], [onclick], [onload]').length,
        text: document.body.innerText,
      }));
      const isMarked = await page.getByRole('complementary', { name: 'Demonstration' }).isVisible();
      seen.push({ site, path, ...found, isMarked });
    }
  }
  await page.close();
});

test('every link inside the site leads to a page, and every fragment to an element', () => {
  for (const site of sites()) {
    const pages = seen.filter((page) => page.site.name === site.name);
    const ids = new Map(pages.map(({ path, ids }) => [path, new Set(ids)]));
    const files = new Set(filesOf(site));
    for (const { path: from, ids: all, links } of pages) {
      expect.soft(all.length, `${from} uses an id twice`).toBe(new Set(all).size);
      for (const href of links) {
        const { origin, pathname: path, hash } = new URL(href);
        // The server answers what is asked of it; it is tested by itself.
        if (origin !== site.url || /^\/(?:requests|subscriptions|reports|reports\/case)\/$/.test(path)) continue;
        const fragment = decodeURIComponent(hash.slice(1));
        const there = ids.has(path) || files.has(path);
        expect.soft(there, `${site.name}${from} links to ${path}`).toBe(true);
        if (fragment !== '')
          expect.soft(ids.get(path)?.has(fragment), `${site.name}${from} links to ${path}#${fragment}`).toBe(true);
      }
    }
  }
});

test('no page breaks its content security policy, asks another host, or says anything on the console', () => {
  for (const { path, policy, inline } of seen) {
    expect(policy, path).toMatch(/^default-src 'none';/);
    expect(policy, path).not.toContain('unsafe');
    expect(inline, `${path} has inline scripts or styles`).toBe(0);
  }
  expect(said).toEqual([]);
});

test('each page has the same text without JavaScript', async ({ browser }) => {
  const off = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  for (const { site, path, text } of ofWorld()) {
    await off.goto(site.url + path);
    expect(await off.locator('body').innerText(), path).toBe(text);
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

test('no sentence ends twice, not even after a name that brings a full stop', () => {
  for (const { path, text } of ofWorld()) expect(text, path).not.toMatch(/[\p{L})]\.\.(?!\.)/u);
});

test('no page leaves a variable of an agreement to its reader', () => {
  expect(seen.filter(({ text }) => text.includes('{{')).map(({ path }) => path)).toEqual([]);
  const agreements = seen.filter(({ path }) => path === '/documents/data-processing-agreement/');
  expect(agreements.map(({ text }) => text.includes('Larkspur Desk, Inc. (“we”)'))).toEqual([true]);
});

test('every page says that it is a demonstration', () => {
  for (const { path, isMarked } of ofWorld()) expect(isMarked, path).toBe(true);
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
