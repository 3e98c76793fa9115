import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { readTrust } from '../../loader/trust.ts';
import { durationMs, Trust } from '../../schemas/index.ts';
import { day, minute } from '../../site/words/dates.ts';
import { frameworkText, humanise } from '../../site/words/keys.ts';
import { filesOf, pagesOf, readJson, type Site, sites, world } from './sites.ts';

/** Digits that are part of a name in our own prose, not figures. */
const names = [
  'trust.json',
  'SHA-256',
  'security.txt',
  'GDPR Art. 9',
  'P-256',
  'Ed25519',
  'CSAF 2.0',
  'CVSS 4.0',
  'SHA-512',
  'from 1.3 on',
  '10 MiB at most',
];

/** One piece of text with a digit in it, and what the page says about where it comes from. */
type Piece = {
  text: string;
  trust: string | null;
  evidence: string | null;
  content: string | null;
  time: string | null;
  /** A published file and a place in it, a file’s digest, a version, a line of the signed head, or a leaf. */
  published: { by: string; at: string } | null;
};

async function piecesOf(page: Page): Promise<Piece[]> {
  return page.evaluate(() => {
    const pieces: Piece[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = (node.textContent ?? '').replace(/\s+/g, ' ').trim();
      const parent = node.parentElement;
      if (!/\d/.test(text) || parent === null || parent.closest('[data-authored], [data-verify]') !== null) continue;
      const said = (attribute: string) => parent.closest(`[${attribute}]`)?.getAttribute(attribute) ?? null;
      pieces.push({
        text,
        trust: said('data-trust'),
        evidence: said('data-evidence'),
        content: said('data-content'),
        time: parent.closest('time')?.getAttribute('datetime') ?? null,
        published:
          ['file', 'digest', 'version', 'checkpoint', 'leaf'].flatMap((by) => {
            const at = said(`data-${by}`);
            return at === null ? [] : [{ by, at }];
          })[0] ?? null,
      });
    }
    return pieces;
  });
}

/** What stands at a path such as `claims.3.counts.passed` or `claims.length`; ids find the entries of content. */
function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((whole, key) => {
    if (Array.isArray(whole) && !/^(\d+|length)$/.test(key)) return whole.find((entry) => entry.id === key)?.data;
    return typeof whole === 'object' && whole !== null ? Reflect.get(whole, key) : undefined;
  }, value);
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value.replace(/\s+/g, ' ').trim()];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(strings);
  return [];
}

/** What a page names by its place in a published file. */
function inFile(site: Site, { by, at: place }: { by: string; at: string }, page: string): string {
  const bytes = (file: string) => readFileSync(join(site.dist, file));
  const [head = '', path = ''] = place.split(by === 'leaf' ? ' ' : '#');
  if (by === 'version') return place || (/^\/versions\/(\d+)\//.exec(page)?.[1] ?? '');
  if (by === 'digest') return hash('sha256', bytes(head));
  if (by === 'checkpoint') return bytes('log/checkpoint').toString().split('\n')[place === 'size' ? 1 : 2] ?? '';
  if (by === 'leaf') {
    if (path === 'hash') return hash('sha256', Buffer.concat([Buffer.of(0), bytes(head)]));
    return /^index (\d+)$/m.exec(bytes(head.replace(/json$/, 'tlog-proof')).toString())?.[1] ?? '';
  }
  const file: unknown = JSON.parse(bytes(head).toString());
  const parts = path.split(' + ').map((part) => at(file, part));
  return parts.length === 1 ? String(parts[0]) : String(parts.reduce((sum: number, part) => sum + Number(part), 0));
}

/** Text without the punctuation that joins it to its neighbours. */
const bare = (text: string) => text.replace(/^[\s,.;:(]+|[\s,;:)]+$/g, '');
const digits = (text: string) =>
  text
    .replace(/(\d),(?=\d{3})/g, '$1')
    .match(/\d+(\.\d+)?/g)
    ?.join(' ');

/** What a frozen version was made of; undefined for pages of today. */
function ofVersion(site: Site, path: string): unknown[] | undefined {
  const [, number] = /^\/versions\/(\d+)\//.exec(path) ?? [];
  if (number === undefined) return undefined;
  return ['trust', 'contents', 'changes'].map((name) => readJson(site, `versions/${number}/${name}.json`));
}

/** The manifests of all versions, and the keys. */
function logged(site: Site): unknown[] {
  return filesOf(site)
    .filter((file) =>
      /^\/(versions\/\d+\/manifest|keys\/[^/]+|audit-samples\/\d+\/(commitment|draw))\.json$/.test(file),
    )
    .map((file) => readJson(site, file));
}

type Sources = Awaited<ReturnType<typeof readTrust>> & { published: unknown };
const read = new Map<string, Promise<Sources>>();

/** What all pages of a site are made of, read once. */
function sourcesOf(site: Site): Promise<Sources> {
  const known = read.get(site.name);
  if (known !== undefined) return known;
  const published = readJson(site, 'trust.json');
  const at = new Date(Trust.parse(published).generatedAt);
  const sources = readTrust(site.content, at).then((made) => ({ ...made, published }));
  read.set(site.name, sources);
  return sources;
}

/** What a page shows and its sources do not hold: one line each. */
async function contradictions(page: Page, site: Site): Promise<string[]> {
  const { published: trust, content, evidence } = await sourcesOf(site);
  const facts = evidence.flatMap((record) => Object.keys(record.facts).map(humanise));
  const { pathname } = new URL(page.url());
  const inputs = strings([...(ofVersion(site, pathname) ?? [trust, content, evidence]), ...logged(site)]);
  const known = new Set([
    ...inputs,
    ...facts,
    ...content.claims.flatMap(({ data }) => data.frameworks.map(frameworkText)),
  ]);
  const instants = new Set(inputs);
  const wrong: string[] = [];
  for (const piece of await piecesOf(page)) {
    const { text } = piece;
    let expected: string | undefined;
    if (piece.published !== null) expected = digits(inFile(site, piece.published, pathname));
    else if (piece.trust !== null) expected = digits(String(at(trust, piece.trust)));
    else if (piece.evidence !== null) {
      const [record = '', path = ''] = piece.evidence.split('#');
      expected = digits(String(at(readJson(site, `evidence/${record}.json`), path)));
    } else if (piece.content !== null) {
      const parts = piece.content.split(' + ').map((path) => String(at(content, path)));
      expected =
        parts.length === 1
          ? digits(parts[0] ?? '')
          : String(parts.reduce((sum, part) => sum + durationMs(part), 0) / 86_400_000);
    } else if (piece.time !== null) {
      const right = instants.has(piece.time) && (text === day(piece.time) || text === minute(piece.time));
      expected = right ? digits(text) : undefined;
    } else if (
      known.has(bare(text)) ||
      known.has(text.replace(/\.json$/, '')) ||
      names.some((name) => text.includes(name))
    )
      expected = digits(text);
    if (expected === undefined || digits(text) !== expected) wrong.push(`“${text}” (${JSON.stringify(piece)})`);
  }
  return wrong;
}

for (const name of ['world', 'own']) {
  test(`every number on every page is the one in trust.json, a record or the content: ${name}`, async ({ page }) => {
    const site = sites().find((candidate) => candidate.name === name);
    if (site === undefined) throw new Error(`the site ${name} was not built`);
    for (const path of pagesOf(site)) {
      await page.goto(site.url + path);
      expect.soft(await contradictions(page, site), path).toEqual([]);
    }
  });
}

test('the comparison notices a figure that differs, one that names no source, and a date that is made up', async ({
  page,
}) => {
  const site = world();
  await page.goto(`${site.url}/`);
  expect(await contradictions(page, site)).toEqual([]);
  await page.evaluate(() => {
    const percent = document.querySelector('[data-trust="coverage.percent"]');
    if (percent !== null) percent.textContent = '100';
    document
      .querySelector('main')
      ?.insertAdjacentHTML('beforeend', '<p>14 claims</p><time datetime="2026-11-04">4 Nov 2026</time>');
  });
  expect(await contradictions(page, site)).toHaveLength(3);
});

test('trust.json is what the content and the evidence add up to at its moment', async () => {
  for (const site of sites()) {
    const { trust, published } = await sourcesOf(site);
    expect(Trust.parse(published)).toEqual(trust);
  }
});
