import { afterEach, describe, expect, test } from 'vitest';
import { assess } from '../../../collectors/http-vendors/assess.ts';
import { collect } from '../../../collectors/http-vendors/collect.ts';
import collector from '../../../collectors/http-vendors/collector.ts';
import { namedBy } from '../../../collectors/http-vendors/policy.ts';
import { Expect, Facts, Raw } from '../../../collectors/http-vendors/schema.ts';
import { canonicalJson } from '../../../posture/digest.ts';
import { foldCheck } from '../../../posture/fold.ts';
import { type Answer, type Product, startProduct } from '../clients/product.ts';
import { known, subprocessor } from '../vendors/company.ts';

const canary = 'canary-7f3a9c41d2e8';
const app = `desk.${canary}.example`;
const products: Product[] = [];
afterEach(async () => {
  for (const product of products.splice(0)) await product.close();
});

/** A product that answers at these paths. */
async function product(pages: Record<string, Answer>, more: object = {}) {
  const own = Object.entries(pages).map(([path, answer]) => [`${app}${path}`, answer] as const);
  const started = await startProduct(Object.fromEntries(own));
  products.push(started);
  const expected = Expect.parse({ urls: Object.keys(pages).map((path) => `http://${app}${path}`), ...more });
  const context = {
    ...{ connection: { resolve: started.resolve }, expect: expected, allowIntrusive: false },
    ...{ signal: AbortSignal.timeout(60_000), progress: () => undefined },
  };
  return { started, context, expected, look: () => collect(context, known(subprocessor('stripe'))) };
}

async function judged(pages: Record<string, Answer>, more: object = {}) {
  const { look, expected } = await product(pages, more);
  const { findings, population, facts } = assess(Raw.parse(await look()), expected);
  const outcomes = Object.entries(collector.checks).map(([check, words]) => {
    const found = findings.filter((finding) => finding.check === check);
    const at = { collectedAt: '2026-11-03T09:00:00Z', validFor: '48h', complete: population.complete };
    return [check, foldCheck(undefined, { check, ...words, findings: found, ...at }).outcome];
  });
  return { outcomes: Object.fromEntries(outcomes), findings, population, facts: Facts.parse(facts) };
}

const allPassed = {
  'every-observed-vendor-is-declared': 'passed',
  'every-third-party-host-is-known': 'passed',
  'every-address-answered': 'passed',
};
const policy = (value: string): Answer => ({ headers: { 'content-security-policy': value } });
const good = policy("default-src 'self'; script-src 'self' https://js.stripe.com 'nonce-abc'");

describe('the headers of a product', () => {
  test('passed: the only vendor that is let in is declared', async () => {
    const { outcomes, facts } = await judged({ [`/${canary}`]: good });
    expect(outcomes).toEqual(allPassed);
    expect(facts).toMatchInlineSnapshot(`
      {
        "answered": 1,
        "answeredLocally": true,
        "asked": 1,
        "furtherVendors": [],
        "policyAllowsAny": 0,
        "unknownHosts": 0,
        "vendorCount": 1,
        "vendors": [
          "stripe: host stripe.com",
        ],
        "withoutPolicy": 0,
      }
    `);
  });

  test('failed: sabotage of every-observed-vendor-is-declared: the policy lets one in that nobody declared', async () => {
    const { outcomes, findings } = await judged({
      '/': policy('script-src js.stripe.com; connect-src *.segment.io:443'),
    });
    expect(outcomes).toEqual({ ...allPassed, 'every-observed-vendor-is-declared': 'failed' });
    expect(findings.filter(({ outcome }) => outcome === 'failed')).toMatchInlineSnapshot(`
      [
        {
          "check": "every-observed-vendor-is-declared",
          "outcome": "failed",
          "reason": "It is seen in the headers of the product’s pages, by the host segment.io, and is not on the list of subprocessors (segment in the map of vendors).",
          "subject": "Segment (Twilio)",
        },
      ]
    `);
  });

  test('failed: sabotage of every-observed-vendor-is-declared: a header that only one vendor sends', async () => {
    const { outcomes } = await judged({ '/': { headers: { 'x-vercel-id': canary } } });
    expect(outcomes['every-observed-vendor-is-declared']).toBe('failed');
  });

  test.each<[string, Record<string, string>]>([
    ['report-only', { 'content-security-policy-report-only': 'img-src https://cdn.segment.com/a/b' }],
    ['a report', { 'content-security-policy': "default-src 'self'; report-uri https://cdn.segment.com/report" }],
    ['Link', { link: '</style.css>; rel=preload; as=style, <https://cdn.segment.com>; rel="preconnect"; crossorigin' }],
    ['Reporting-Endpoints', { 'reporting-endpoints': 'main="https://cdn.segment.com/reports"' }],
    ['Report-To', { 'report-to': '{"group":"nel","endpoints":[{"url":"https://cdn.segment.com/nel"}]}' }],
  ])('a vendor that %s names is seen', async (_, headers) => {
    const { outcomes } = await judged({ '/': { headers } });
    expect(outcomes['every-observed-vendor-is-declared']).toBe('failed');
  });

  test('a vendor that an address leads to is seen, and is not asked', async () => {
    const pages = { '/': good, '/go': { status: 302, headers: { location: 'https://app.segment.com/sign-in' } } };
    const { outcomes, population } = await judged(pages);
    expect(outcomes['every-observed-vendor-is-declared']).toBe('failed');
    expect(population.complete).toBe(false);
  });

  test.each<[string, Record<string, string>]>([
    [
      'who may show our page is no vendor of ours',
      { 'content-security-policy': 'frame-ancestors https://app.segment.com' },
    ],
    ['a name that is only looked up', { link: '<https://cdn.segment.com>; rel=dns-prefetch' }],
    [
      'an address that only sounds like it',
      { 'content-security-policy': "script-src 'self' segment.com.desk.localhost" },
    ],
  ])('near miss of every-observed-vendor-is-declared: %s', async (_, headers) => {
    expect((await judged({ '/': { headers: { 'x-by': 'us', ...headers } }, '/b': good })).outcomes).toEqual(allPassed);
  });

  test('sabotage of every-third-party-host-is-known: a host of nobody’s', async () => {
    const { outcomes, findings } = await judged({ '/': policy(`script-src js.stripe.com cdn.${canary}.dev`) });
    expect(outcomes).toEqual({ ...allPassed, 'every-third-party-host-is-known': 'failed' });
    expect(canonicalJson(findings)).not.toContain(canary);
  });

  test('near miss of every-third-party-host-is-known: the company’s own, and everybody’s', async () => {
    const own = { ownHosts: [`${canary}.dev`] };
    const { outcomes, facts } = await judged(
      { '/': policy(`script-src js.stripe.com cdn.${canary}.dev; img-src *`) },
      own,
    );
    expect(outcomes).toEqual(allPassed);
    expect(facts.policyAllowsAny).toBe(1);
  });

  test('partial: sabotage of every-address-answered: one fails, and nothing passes', async () => {
    const { outcomes, population } = await judged({ '/': good, '/gone': { status: 410 } });
    expect(Object.values(outcomes)).toEqual(['inconclusive', 'inconclusive', 'inconclusive']);
    expect(population).toMatchObject({ count: 2, complete: false });
  });

  test('near miss of every-address-answered: it leads on, on the same host', async () => {
    const pages = { '/': { status: 301, headers: { location: '/start' } }, '/start': good };
    expect((await judged(pages)).outcomes).toEqual(allPassed);
  });

  test('empty: headers that name nobody', async () => {
    const { outcomes, facts } = await judged({ '/': policy("default-src 'self'") });
    expect(outcomes['every-observed-vendor-is-declared']).toBe('passed');
    // There was no host to judge, so nothing of hosts is green.
    expect(outcomes['every-third-party-host-is-known']).toBe('inconclusive');
    expect(facts).toMatchObject({ vendorCount: 0, withoutPolicy: 0 });
  });
});

describe('no look at all', () => {
  const refusal = async (pages: Record<string, Answer>) => {
    const { look } = await product(pages);
    return look().then(
      () => 'it looked',
      ({ kind, message }) => `${kind}: ${message}`,
    );
  };

  test('denied: the server refuses this visitor', async () => {
    expect(await refusal({ [`/${canary}`]: { status: 401 } })).toBe(
      'denied: No address answered: the server refuses this visitor.',
    );
  });

  test('transient error: nothing answers', async () => {
    expect(await refusal({ '/a': (request) => request.socket.destroy(), [`/${canary}`]: { status: 503 } })).toBe(
      'transient: No address answered (unreachable, an error status).',
    );
  });

  test('an address that leads in circles', async () => {
    expect(await refusal({ '/': { status: 302, headers: { location: '/' } } })).toBe(
      'transient: No address answered (led in circles).',
    );
  });
});

test('no address, header or unknown host is published', async () => {
  const headers = {
    'set-cookie': `session=${canary}`,
    'x-secret': canary,
    'content-security-policy': `img-src cdn.${canary}.dev`,
  };
  const { look, expected } = await product({ [`/${canary}?q=${canary}`]: { headers } });
  const published = canonicalJson(assess(Raw.parse(await look()), expected)) + collector.reproduce(expected).join();
  expect(published).not.toContain(canary);
});

test('doctor names hosts without a vendor to whoever runs it', async () => {
  const { context } = await product({
    '/': policy(`img-src cdn.${canary}.dev js.stripe.com`),
    '/gone': { status: 404 },
  });
  expect((await collector.doctor?.(context))?.map(({ level, message }) => `${level}: ${message}`)).toEqual([
    `ok: http://${app}/ answers.`,
    `error: http://${app}/gone did not answer: an error status.`,
    `ok: No vendor of the map is known for cdn.${canary}.dev.`,
  ]);
});

describe('sources of a policy', () => {
  const hosts = (value: string) => namedBy([['content-security-policy', value]]);

  test.each([
    ["script-src 'self' 'unsafe-inline' data: blob:", [], false],
    ['script-src https://a.dev:443/x wss://*.b.dev c.dev:* D.dev.', ['a.dev', 'b.dev', 'c.dev', 'd.dev'], false],
    ['img-src *', [], true],
    ['img-src https:', [], true],
    ["default-src 'none'; upgrade-insecure-requests; sandbox allow-scripts", [], false],
    ['frame-ancestors a.dev; form-action b.dev; style-src-elem c.dev', ['b.dev', 'c.dev'], false],
    ["script-src 'sha256-a.b+c/d=' 'strict-dynamic' http://[::1]:80 ;;", [], false],
    ['script-src a.dev, img-src b.dev', ['a.dev', 'b.dev'], false],
  ])('%s', (value, names, any) => {
    expect(hosts(value)).toEqual({ hosts: names, any });
  });

  test('a policy without end is read in no time', () => {
    expect(hosts(`script-src ${'a.'.repeat(50_000)} ${'a-'.repeat(50_000)}`).hosts.length).toBeLessThan(2);
  });
});
