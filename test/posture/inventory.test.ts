import { describe, expect, test } from 'vitest';
import { inventoryOf } from '../../posture/inventory.ts';
import { watchedFacts, watchedIn } from '../../posture/subprocessor-facts.ts';
import { Source } from '../../schemas/index.ts';
import { recorded } from '../collectors/content-subprocessors/observers.ts';
import { subprocessor } from '../collectors/vendors/company.ts';

const now = '2026-11-03T09:00:00.000Z';
const check = 'every-observed-vendor-is-declared';
const collection = { every: '24h', validFor: '48h', expect: {} };
const source = (id: string, collectors = ['browser-vendors']) => ({
  id,
  file: `sources/${id}.yaml`,
  data: Source.parse({
    ...{ kind: 'browser', title: id, environment: 'production' },
    collect: Object.fromEntries(collectors.map((name) => [name, collection])),
  }),
});

type Verdict = 'passed' | 'failed' | 'not-applicable';

/** What an observer recorded: for each vendor of the map, how it was judged. */
function look(id: string, vendors: Record<string, Verdict>, at = '2026-11-03T08:00:00.000Z', complete = true) {
  const findings = Object.entries(vendors).map(([name, outcome]) => ({
    ...{ check, subject: name.toUpperCase(), outcome, reason: `${name} ${outcome}` },
  }));
  const facts = {
    vendors: Object.keys(vendors).map((name) => `${name}: host ${name}.com, npm ${name}`),
    ...{ furtherVendors: [], vendorCount: Object.keys(vendors).length },
  };
  const population = { description: 'Pages', queryDigest: 'a'.repeat(64), count: 1, complete };
  return recorded(
    'browser-vendors',
    { ...source(id), collection },
    { assessment: { population, findings, facts } },
    at,
  );
}

const list = [
  subprocessor('stripe'),
  subprocessor('our-mail', { vendors: ['postmark', 'sendgrid'] }),
  subprocessor('heap'),
];
const app = look('app', { stripe: 'passed', segment: 'failed' });
const blog = look(
  'blog',
  { sendgrid: 'passed', segment: 'failed', jsdelivr: 'not-applicable' },
  '2026-10-20T08:00:00.000Z',
  false,
);

describe('the list against what was observed', () => {
  const sources = [source('app'), source('blog'), source('code', ['repository-vendors', 'other'])];
  const found = inventoryOf({ subprocessors: list, sources }, [app, blog], now);

  test('each vendor with who saw it, when, and by what', () => {
    expect([...found.declared]).toEqual([
      [
        'stripe',
        {
          sightings: [
            {
              source: 'app',
              collector: 'browser-vendors',
              at: app.collectedAt,
              patterns: ['host stripe.com', 'npm stripe'],
            },
          ],
          lastSeenOn: '2026-11-03',
        },
      ],
      ['our-mail', { sightings: [expect.objectContaining({ source: 'blog' })], lastSeenOn: '2026-10-20' }],
      ['heap', { sightings: [], lastSeenOn: null }],
    ]);
  });

  test('who is on no list once, with everybody who sees it', () => {
    expect(found.undeclared).toMatchObject([
      {
        ...{ name: 'SEGMENT', reason: 'segment failed', since: '2026-10-20T08:00:00.000Z' },
        seenBy: [{ source: 'app' }, { source: 'blog' }],
      },
    ]);
    expect(found.undeclaredOmitted).toBe(false);
  });

  test('tools that are no subprocessors, with the reason', () => {
    expect(found.excused).toMatchObject([
      { name: 'JSDELIVR', reason: 'jsdelivr not-applicable', seenBy: [{ source: 'blog' }] },
    ]);
  });

  test('how each observer’s last look ended, also of those that never looked', () => {
    expect(found.observers.map(({ source, collector, state }) => `${source}/${collector} ${state}`)).toEqual([
      'app/browser-vendors looked',
      'blog/browser-vendors stale',
      'code/repository-vendors never',
    ]);
    const partial = look('blog', {}, '2026-11-03T08:00:00.000Z', false);
    expect(inventoryOf({ subprocessors: [], sources: [source('blog')] }, [partial], now).observers[0]?.state).toBe(
      'partial',
    );
  });
});

test('the memory of the comparison says when a vendor was seen last, and what it is in the map', () => {
  const watched = {
    watchedSince: '2026-09-01',
    seen: new Set(['stripe']),
    seenBefore: new Map([['heap', '2026-10-01']]),
    known: new Map([
      ['stripe', ['stripe']],
      ['heap', ['heap-io', 'heap-eu']],
    ]),
  };
  const facts = { ...watchedFacts(watched), observers: [], declared: 2, undeclared: 0 };
  expect(watchedIn(facts)).toEqual({ ...watched, known: new Map([['heap', ['heap-io', 'heap-eu']]]) });
  expect(watchedIn({})).toEqual({ watchedSince: null, seen: new Set(), seenBefore: new Map(), known: new Map() });
});
