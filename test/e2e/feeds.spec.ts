import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { readJson, sites, world } from './sites.ts';

const url = z.url({ protocol: /^https$/ });
const permanent = z.string().regex(/^tag:[a-z0-9.-]+,\d{4}-\d\d-\d\d:.+$/);
const instant = z.iso.datetime({ offset: true });

/** What JSON Feed 1.1 requires, and what a reader of this feed is promised beyond. */
const JsonFeed = z.object({
  version: z.literal('https://jsonfeed.org/version/1.1'),
  title: z.string().min(1),
  home_page_url: url,
  feed_url: url,
  authors: z.array(z.object({ name: z.string().min(1) })).min(1),
  items: z
    .array(
      z.object({
        id: permanent,
        url,
        title: z.string(),
        content_html: z.string().min(1),
        date_published: instant,
        date_modified: instant.optional(),
      }),
    )
    .min(1)
    .max(50),
});

/** What RFC 4287 requires of a feed and its entries (4.1.1, 4.1.2). */
const Entry = z.object({ id: permanent, title: z.string(), updated: instant, link: url, content: z.string() });
const Atom = z.object({
  error: z.null(),
  namespace: z.literal('http://www.w3.org/2005/Atom'),
  id: url,
  title: z.string().min(1),
  updated: instant,
  author: z.string().min(1),
  self: url,
  entries: z.array(Entry).min(1).max(50),
});

for (const [name, folder] of [
  ['world', 'updates'],
  ['own', 'updates'],
  ['own', 'subprocessors'],
  ['own', 'advisories'],
]) {
  test(`both feeds are what their standards ask for, and tell the same: ${folder} of ${name}`, async ({ page }) => {
    const site = sites().find((candidate) => candidate.name === name);
    if (site === undefined) throw new Error(`the site ${name} was not built`);
    const json = JsonFeed.parse(readJson(site, `${folder}/feed.json`));
    const text = readFileSync(join(site.dist, `${folder}/atom.xml`), 'utf8');
    // The parser of the browser, which takes nothing that is not well-formed.
    const parsed = await page.evaluate((xml) => {
      const document = new DOMParser().parseFromString(xml, 'application/xml');
      const of = (parent: ParentNode, selector: string) => parent.querySelector(`:scope > ${selector}`);
      const feed = document.documentElement;
      return {
        error: document.querySelector('parsererror')?.textContent ?? null,
        namespace: feed.namespaceURI,
        id: of(feed, 'id')?.textContent,
        title: of(feed, 'title')?.textContent,
        updated: of(feed, 'updated')?.textContent,
        author: of(feed, 'author > name')?.textContent,
        self: of(feed, 'link[rel="self"]')?.getAttribute('href'),
        entries: [...feed.querySelectorAll(':scope > entry')].map((entry) => ({
          id: of(entry, 'id')?.textContent,
          title: of(entry, 'title')?.textContent,
          updated: of(entry, 'updated')?.textContent,
          link: of(entry, 'link[rel="alternate"]')?.getAttribute('href'),
          content: of(entry, 'content[type="html"]')?.textContent,
        })),
      };
    }, text);
    const atom = Atom.parse(parsed);
    expect(new Set(atom.entries.map(({ id }) => id)).size).toBe(atom.entries.length);
    expect(atom.updated).toBe(
      atom.entries
        .map(({ updated }) => updated)
        .sort()
        .at(-1),
    );
    const changed = (item: z.infer<typeof JsonFeed>['items'][number]) => item.date_modified ?? item.date_published;
    expect(json.items.map((item) => [item.id, item.url, item.title, changed(item), item.content_html])).toEqual(
      atom.entries.map((entry) => [entry.id, entry.link, entry.title, entry.updated, entry.content]),
    );
  });
}

test('an entry says what changed in words, and text is text in XML and in HTML', () => {
  const { items } = JsonFeed.parse(readJson(world(), 'updates/feed.json'));
  expect(items.map(({ title }) => title)).toEqual(['Version 3', 'Version 2', 'Version 1']);
  expect(items[1]?.id).toBe('tag:trust.larkspur.example,2026-11-03:log/versions/2');
  expect(items[1]?.url).toBe('https://trust.larkspur.example/versions/2/');
  expect(items[1]?.content_html).toContain('<p>A promise &lt;withdrawn&gt; &amp; a plan made</p>');
  expect(items[1]?.content_html).toContain('<li>Claim added: “An outside penetration test”, Planned.</li>');
  expect(items[1]?.content_html).toContain('<li>Claim reworded: “Backups lie in one data centre”');
  expect(items[1]?.content_html).toContain('Claim removed: “We reply within the hour &amp; &lt;always&gt;”');
  expect(items[0]?.content_html).toContain('No claim, subprocessor or document changed.');
});

test('every page of today names both feeds', async ({ page }) => {
  await page.goto(`${world().url}/roadmap/`);
  await expect(page.locator('link[rel="alternate"][type="application/atom+xml"]')).toHaveAttribute(
    'href',
    '/updates/atom.xml',
  );
  await expect(page.locator('link[rel="alternate"][type="application/feed+json"]')).toHaveAttribute(
    'href',
    '/updates/feed.json',
  );
});
