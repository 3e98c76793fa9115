import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { assess } from '../../../collectors/browser-vendors/assess.ts';
import { collect } from '../../../collectors/browser-vendors/collect.ts';
import collector from '../../../collectors/browser-vendors/collector.ts';
import { Expect, Facts, Raw } from '../../../collectors/browser-vendors/schema.ts';
import { canonicalJson } from '../../../posture/digest.ts';
import { foldCheck } from '../../../posture/fold.ts';
import { findBrowser } from '../../browser.ts';
import { ensureBrowser } from '../../browser-install.ts';
import { type Answer, type Product, startProduct } from '../clients/product.ts';
import { known, subprocessor } from '../vendors/company.ts';

const canary = 'canary-7f3a9c41d2e8';
const app = `desk.${canary}.example`;
const products: Product[] = [];
const vendorHosts = ['cdn.segment.com', 'api.segment.io', 'js.stripe.com', `${canary}.cloudfront.example`];

beforeAll(async () => {
  expect(await ensureBrowser()).toBe(true);
  process.env.CANDOR_CHROMIUM ??= findBrowser();
}, 600_000);
afterEach(async () => {
  for (const product of products.splice(0)) await product.close();
});

type Looking = {
  pages?: unknown[];
  more?: object;
  connection?: Record<string, string>;
  list?: ReturnType<typeof known>;
};

/** A product whose pages lie at these paths, and what is needed to look at it. */
async function product(pages: Record<string, Answer>, { pages: declared, more, connection, list }: Looking = {}) {
  const answers = Object.entries(pages).map(
    ([path, answer]) => [path.startsWith('/') ? `${app}${path}` : path, answer] as const,
  );
  const started = await startProduct(Object.fromEntries(answers), vendorHosts);
  products.push(started);
  const expected = Expect.parse({
    pages:
      declared ??
      Object.keys(pages)
        .filter((path) => path.startsWith('/'))
        .map((path) => `http://${app}${path}`),
    ...more,
  });
  const context = {
    connection: { resolve: started.resolve, ...connection },
    expect: expected,
    allowIntrusive: false,
    signal: AbortSignal.timeout(120_000),
    progress: () => undefined,
  };
  return { started, context, expected, look: () => collect(context, list ?? known(subprocessor('stripe'))) };
}

/** The outcome of each check, as a record would say it, and what would be published. */
async function judged(pages: Record<string, Answer>, looking: Looking = {}) {
  const { look, expected } = await product(pages, looking);
  const { findings, population, facts } = assess(Raw.parse(await look()), expected);
  const outcomes = Object.entries(collector.checks).map(([check, { title, statement }]) => {
    const run = { check, title, statement, findings: findings.filter((finding) => finding.check === check) };
    const at = { collectedAt: '2026-11-03T09:00:00Z', validFor: '48h', complete: population.complete };
    return [check, foldCheck(undefined, { ...run, ...at }).outcome];
  });
  return { outcomes: Object.fromEntries(outcomes), findings, population, facts: Facts.parse(facts) };
}

const stripe = `<script src="//js.stripe.com/v3/?key=${canary}"></script>`;
const segment = `<script src="//cdn.segment.com/analytics.js/v1/${canary}/analytics.min.js"></script>`;
const allPassed = {
  'every-observed-vendor-is-declared': 'passed',
  'every-third-party-host-is-known': 'passed',
  'every-page-was-seen': 'passed',
};

describe('the pages of a product', { timeout: 180_000 }, () => {
  test('passed: the only vendor is declared', async () => {
    const { outcomes, facts, population } = await judged({ [`/${canary}`]: stripe });
    expect(outcomes).toEqual(allPassed);
    expect(population).toMatchObject({ count: 1, complete: true });
    expect(facts).toMatchInlineSnapshot(`
      {
        "answeredLocally": true,
        "furtherVendors": [],
        "ownHosts": 1,
        "pagesSeen": 1,
        "pagesTried": 1,
        "requests": [
          "stripe: script on 1 page",
        ],
        "signedIn": false,
        "unknownHosts": 0,
        "vendorCount": 1,
        "vendors": [
          "stripe: host stripe.com",
        ],
      }
    `);
  });

  test('failed: sabotage of every-observed-vendor-is-declared: a script of a vendor that nobody declared', async () => {
    const { outcomes, findings, facts } = await judged({ '/': stripe + segment });
    expect(outcomes).toEqual({ ...allPassed, 'every-observed-vendor-is-declared': 'failed' });
    expect(findings.filter(({ outcome }) => outcome === 'failed')).toMatchInlineSnapshot(`
      [
        {
          "check": "every-observed-vendor-is-declared",
          "outcome": "failed",
          "reason": "It is seen in the product’s pages, by the host segment.com, and is not on the list of subprocessors (segment in the map of vendors).",
          "subject": "Segment (Twilio)",
        },
      ]
    `);
    expect(facts.requests).toEqual(['segment: script on 1 page', 'stripe: script on 1 page']);
  });

  test('near miss of every-observed-vendor-is-declared: its script is kept back by the policy of the page', async () => {
    const headers = { 'content-security-policy': "script-src 'self' js.stripe.com" };
    expect((await judged({ '/': { headers, body: stripe + segment } })).outcomes).toEqual(allPassed);
  });

  test('near miss of every-observed-vendor-is-declared: a link to it that nobody follows', async () => {
    const body = `${stripe}<a href="https://segment.com/pricing">How we measure</a>`;
    expect((await judged({ '/': body }, { more: { crawlUpTo: 5 } })).outcomes).toEqual(allPassed);
  });

  test('sabotage of every-third-party-host-is-known: a script from a host of nobody’s', async () => {
    const { outcomes, findings } = await judged({ '/': `${stripe}<script src="//${vendorHosts[3]}/x.js"></script>` });
    expect(outcomes).toEqual({ ...allPassed, 'every-third-party-host-is-known': 'failed' });
    expect(findings.filter(({ outcome }) => outcome === 'failed')).toMatchInlineSnapshot(`
      [
        {
          "check": "every-third-party-host-is-known",
          "outcome": "failed",
          "reason": "1 is neither the company’s own nor a known vendor’s.",
          "subject": "Hosts that are not published",
        },
      ]
    `);
  });

  test('near miss of every-third-party-host-is-known: the host is the company’s own, and is declared', async () => {
    const own = { more: { ownHosts: ['cloudfront.example'] } };
    const body = `${stripe}<script src="//${vendorHosts[3]}/x.js"></script>`;
    expect((await judged({ '/': body }, own)).outcomes).toEqual(allPassed);
  });

  test('partial: sabotage of every-page-was-seen: one page of two fails, and nothing passes', async () => {
    const { outcomes, findings, population } = await judged({
      '/': stripe,
      [`/${canary}`]: { status: 500, body: 'no' },
    });
    expect(outcomes).toEqual({
      'every-observed-vendor-is-declared': 'inconclusive',
      'every-third-party-host-is-known': 'inconclusive',
      'every-page-was-seen': 'inconclusive',
    });
    expect(population).toMatchObject({ count: 2, complete: false });
    expect(findings.filter(({ check }) => check === 'every-page-was-seen')).toMatchInlineSnapshot(`
      [
        {
          "check": "every-page-was-seen",
          "outcome": "passed",
          "reason": "It was loaded and came to rest.",
          "subject": "Page 1 of the declared ones",
        },
        {
          "check": "every-page-was-seen",
          "outcome": "inconclusive",
          "reason": "It was not seen (an error status), so whom it reaches is unknown.",
          "subject": "Page 2 of the declared ones",
        },
      ]
    `);
  });

  test('partial: what a page has shown before it failed still counts as failed', async () => {
    const { outcomes } = await judged({ '/': stripe, '/b': { status: 500, body: segment } });
    expect(outcomes['every-observed-vendor-is-declared']).toBe('failed');
  });

  test('partial: more links than may be followed', async () => {
    const pages = { '/': `${stripe}<a href="/two">2</a><a href="/three">3</a>`, '/two': 'two', '/three': 'three' };
    const looking = { pages: [`http://${app}/`], more: { crawlUpTo: 2 } };
    const { population, outcomes } = await judged(pages, looking);
    expect(population).toMatchObject({ count: 2, complete: false });
    expect(outcomes['every-page-was-seen']).toBe('inconclusive');
    const all = await judged(pages, { ...looking, more: { crawlUpTo: 3 } });
    expect(all.outcomes).toEqual(allPassed);
    expect(all.population).toMatchObject({ count: 3, complete: true });
  });

  test('near miss of every-page-was-seen: an address that only gains a slash', async () => {
    const headers = { location: '/about/' };
    const pages = { '/about': { status: 308, headers }, '/about/': stripe };
    expect((await judged(pages, { pages: [`http://${app}/about`] })).outcomes).toEqual(allPassed);
  });

  test('sabotage of every-page-was-seen: a session that has ended shows the sign-in page instead', async () => {
    const pages = { '/inbox': stripe, '/sign-in': 'Please sign in.' };
    const looking = { pages: [`http://${app}/inbox`, { url: `http://${app}/sign-in`, shows: '#inbox' }] };
    const { outcomes } = await judged(pages, looking);
    expect(outcomes['every-page-was-seen']).toBe('inconclusive');
  });

  test('empty: a page that reaches nobody else passes only because it was seen', async () => {
    const { outcomes, facts, findings } = await judged({ '/': '<h1>Nothing but us</h1>' });
    expect(outcomes).toEqual(allPassed);
    expect(facts).toMatchObject({ vendors: [], vendorCount: 0, pagesSeen: 1, ownHosts: 1 });
    expect(findings[0]).toMatchObject({ subject: 'No vendor' });
  });
});

describe('no look at all', { timeout: 180_000 }, () => {
  const refusal = async (pages: Record<string, Answer>, looking: Looking = {}) => {
    const { look } = await product(pages, looking);
    return look().then(
      () => 'it looked',
      ({ kind, message }) => `${kind}: ${message}`,
    );
  };

  test('denied: the server refuses this visitor', async () => {
    expect(await refusal({ [`/${canary}`]: { status: 403, body: canary } })).toBe(
      'denied: The page could not be loaded: the server refuses this visitor.',
    );
  });

  test('transient error: no page answers', async () => {
    expect(await refusal({ '/a': (request) => request.socket.destroy(), '/b': { status: 502, body: canary } })).toBe(
      'transient: None of the 2 pages could be loaded (unreachable, an error status).',
    );
  });

  test('transient error: there is no Chromium, and none of it is the product’s fault', async () => {
    const before = process.env.CANDOR_CHROMIUM;
    process.env.CANDOR_CHROMIUM = '/nowhere/chromium';
    try {
      expect(await refusal({ '/': stripe })).toContain('configuration: There is no Chromium here');
    } finally {
      process.env.CANDOR_CHROMIUM = before;
    }
  });

  test.each([
    ['a host of the internet', 'segment.com=93.184.216.34:443'],
    ['no port', 'segment.com=127.0.0.1'],
    ['no host', '127.0.0.1:80'],
  ])('`resolve` takes loopback addresses alone, not %s', async (_, resolve) => {
    expect(await refusal({ '/': stripe }, { connection: { resolve } })).toBe(
      'configuration: `resolve` is for tests: it names hosts and loopback addresses as in `app.example.com=127.0.0.1:8080`.',
    );
  });
});

describe('somebody who is signed in', { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'candor-signed-in-'));
  const file = join(folder, 'state.json');
  const cookie = (domain: string) => ({
    ...{ name: 'session', value: canary, domain, path: '/', expires: -1 },
    ...{ httpOnly: true, secure: false, sameSite: 'Lax' },
  });
  const write = (state: unknown) => writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
  const connection = { storageState: file };
  afterEach(() => rmSync(file, { force: true }));

  test('sees what only members see, and no third party gets a cookie', async () => {
    write({ cookies: [cookie(app), cookie('.segment.com')], origins: [] });
    const cookies: (string | undefined)[] = [];
    const script: Answer = (request, response) => {
      cookies.push(request.headers.cookie);
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(';');
    };
    const inbox: Answer = (request, response) => {
      const isMember = request.headers.cookie === `session=${canary}`;
      response.writeHead(isMember ? 200 : 401, { 'content-type': 'text/html' }).end(segment);
    };
    const { look, expected } = await product(
      { '/inbox': inbox, [`cdn.segment.com/analytics.js/v1/${canary}/analytics.min.js`]: script },
      { connection },
    );
    const { facts, findings } = assess(Raw.parse(await look()), expected);
    expect(facts).toMatchObject({ signedIn: true, pagesSeen: 1 });
    expect(findings.some(({ subject, outcome }) => subject.startsWith('Segment') && outcome === 'failed')).toBe(true);
    expect(cookies).toEqual([undefined]);
  });

  test('follows no links', async () => {
    write({ cookies: [], origins: [] });
    const { look } = await product({ '/': stripe }, { connection, more: { crawlUpTo: 3 } });
    await expect(look()).rejects.toMatchObject({ kind: 'configuration' });
  });

  test.each([
    ['that is not there', undefined, 'configuration'],
    ['that Playwright has not written', { token: canary }, 'configuration'],
  ])('a file %s', async (_, state, kind) => {
    if (state !== undefined) write(state);
    const { look } = await product({ '/': stripe }, { connection });
    const failure = await look().then(
      () => undefined,
      (error: Error & { kind: string }) => error,
    );
    expect(failure?.kind).toBe(kind);
    expect(failure?.message).not.toContain(canary);
    expect(failure?.message).not.toContain(file);
  });

  test.skipIf(process.getuid?.() === 0)('denied: the file may not be read', async () => {
    write({ cookies: [], origins: [] });
    chmodSync(file, 0o000);
    const { look } = await product({ '/': stripe }, { connection });
    await expect(look()).rejects.toMatchObject({ kind: 'denied' });
  });
});

test('no path, query, unknown host or page of a product is published', { timeout: 180_000 }, async () => {
  const script = `<script src="//${vendorHosts[3]}/x.js?${canary}"></script>`;
  const pages = {
    [`/${canary}?q=${canary}`]: stripe + segment + script,
    [`/b/${canary}`]: { status: 500, body: canary },
  };
  const { look, expected, context } = await product(pages);
  const lines: string[] = [];
  const raw = Raw.parse(await collect({ ...context, progress: (line) => lines.push(line) }, known()));
  const published = [canonicalJson(assess(raw, expected)), collector.reproduce(expected).join(), lines.join()].join();
  expect(published).not.toContain(canary);
  expect(published).not.toContain('http://');
  expect((await look()).hosts.unknown).toEqual([]);
});

test('doctor names hosts without a vendor to whoever runs it, and pages that cannot be loaded', {
  timeout: 180_000,
}, async () => {
  const body = `${stripe}<script src="//${vendorHosts[3]}/x.js"></script>`;
  const { context } = await product({ '/': body, '/gone': { status: 404, body: 'no' } });
  const diagnoses = await collector.doctor?.(context);
  expect(diagnoses?.map(({ level, message }) => `${level}: ${message}`)).toEqual([
    `ok: http://${app}/ can be loaded.`,
    `error: http://${app}/gone could not be seen: an error status.`,
    `ok: No vendor of the map is known for ${vendorHosts[3]}.`,
  ]);
});
