import { describe, expect, test } from 'vitest';
import collector from '../../../collectors/content-subprocessors/collector.ts';
import { Expect, Facts, Raw } from '../../../collectors/content-subprocessors/schema.ts';
import type { Known } from '../../../collectors/define.ts';
import { canonicalJson } from '../../../posture/digest.ts';
import { foldCheck } from '../../../posture/fold.ts';
import { watchedIn } from '../../../posture/subprocessor-facts.ts';
import { type Evidence, Fact, type Outcome } from '../../../schemas/index.ts';
import { subprocessor } from '../vendors/company.ts';
import { type Look, observed, recorded } from './observers.ts';

const promise = { since: '2025-01-01', notice: { days: 30 }, objection: { days: 14 } };
const whole = { dpa: { signedOn: '2024-01-01' }, vettedOn: '2026-06-01' };
const stripe = (fields: object = {}) => subprocessor('stripe', { name: 'Stripe', ...whole, ...fields });
const pages = (look: Look = {}) => ({ pages: { vendors: ['stripe'], ...look } });
const notice = (announcedOn: string, objectionDeadline: string, effectiveOn: string, change = 'added') => ({
  ...{ change, summary: 'A change.', announcedOn, objectionDeadline, effectiveOn },
});
const dated = { certifications: [{ title: 'ISO/IEC 27001:2022', expiresOn: '2026-11-03' }] };
const told = { since: '2026-10-01', notices: [notice('2026-09-01', '2026-09-15', '2026-10-01')] };

async function look(known: Known, intent: object = {}) {
  const expected = Expect.parse({ promise, ...intent });
  const context = {
    ...{ connection: {}, expect: expected, allowIntrusive: false },
    ...{ signal: AbortSignal.timeout(1_000), progress: () => undefined },
  };
  const assessment = collector.assess(Raw.parse(await collector.collect(context, known)), expected);
  return { ...assessment, facts: Facts.parse(assessment.facts) };
}

/** The outcome of each check, as a record would say it. */
async function outcomes(known: Known, intent?: object): Promise<Record<string, Outcome>> {
  const { findings, population } = await look(known, intent);
  return Object.fromEntries(
    Object.entries(collector.checks).map(([check, words]) => {
      const found = findings.filter((finding) => finding.check === check);
      const at = { collectedAt: known.now, validFor: '48h', complete: population.complete };
      return [check, foldCheck(undefined, { check, ...words, findings: found, ...at }).outcome];
    }),
  );
}

/** What is said of one check, in order. */
async function said(check: string, known: Known, intent?: object): Promise<string[]> {
  const { findings } = await look(known, intent);
  return findings
    .filter((finding) => finding.check === check)
    .map(({ subject, outcome, reason }) => `${subject} ${outcome}: ${reason}`);
}

const good: Record<string, Outcome> = {
  'every-observer-has-looked': 'passed',
  'every-seen-vendor-is-declared': 'passed',
  'every-declared-vendor-is-seen': 'passed',
  'every-notice-is-as-long-as-promised': 'passed',
  'no-vendor-before-its-notice-ran-out': 'passed',
  'every-vendor-has-an-agreement': 'passed',
  'every-vendor-was-vetted': 'passed',
  'every-certificate-is-current': 'passed',
};
const listed = stripe({ ...dated, ...told });

test('passed: everything that is declared is seen, in time and in order', async () => {
  expect(await outcomes(observed([listed], pages()))).toEqual(good);
});

describe('what turns exactly one check', () => {
  const cases: [string, Outcome, Known, object?][] = [
    ['every-observer-has-looked', 'inconclusive', observed([listed], { ...pages(), other: null })],
    ['every-seen-vendor-is-declared', 'failed', observed([listed], pages({ vendors: ['segment', 'stripe'] }))],
    [
      'every-notice-is-as-long-as-promised',
      'failed',
      observed([listed], pages()),
      { promise: { ...promise, notice: { days: 31 } } },
    ],
    [
      'no-vendor-before-its-notice-ran-out',
      'failed',
      observed([stripe({ ...dated, ...told, since: '2026-09-30' })], pages()),
    ],
    ['every-vendor-has-an-agreement', 'failed', observed([stripe({ ...dated, ...told, dpa: undefined })], pages())],
    ['every-vendor-was-vetted', 'failed', observed([stripe({ ...dated, ...told, vettedOn: '2025-11-02' })], pages())],
    [
      'every-certificate-is-current',
      'failed',
      observed(
        [stripe({ ...told, certifications: [{ title: 'ISO/IEC 27001:2022', expiresOn: '2026-11-02' }] })],
        pages(),
      ),
    ],
  ];
  test.each(cases)('failed: sabotage of %s', async (check, outcome, known, intent) => {
    const after = await outcomes(known, intent);
    if (check === 'every-observer-has-looked') {
      // Who has not looked leaves open what there is to see, and nothing else.
      expect(after).toEqual({ ...good, [check]: outcome, 'every-seen-vendor-is-declared': 'inconclusive' });
    } else expect(after).toEqual({ ...good, [check]: outcome });
  });

  test('failed: sabotage of every-declared-vendor-is-seen: nobody has seen it for a month', async () => {
    const extra = subprocessor('segment', { name: 'Segment', ...whole });
    const known = observed([listed, extra], pages());
    const before = await memory(known, '2026-10-03T08:00:00.000Z');
    expect(await outcomes({ ...known, evidence: [...known.evidence, before] })).toEqual({
      ...good,
      'every-declared-vendor-is-seen': 'failed',
    });
  });

  test.each<[string, Known, object?]>([
    [
      'every-observer-has-looked: it looked yesterday, which is within its validity',
      observed([listed], pages({ on: '2026-11-01T09:00:00.000Z' })),
    ],
    [
      'every-seen-vendor-is-declared: it handles no customers’ data, and the source says why',
      observed(
        [listed],
        pages({
          vendors: ['google-fonts', 'stripe'],
          expect: { notSubprocessors: { 'google-fonts': 'Style sheets only.' } },
        }),
      ),
    ],
    [
      'every-declared-vendor-is-seen: nobody can see it, and it says why',
      observed(
        [listed, subprocessor('oakvault', { ...whole, unobservable: 'Only the backup host talks to it.' })],
        pages(),
      ),
    ],
    [
      'every-notice-is-as-long-as-promised: a short notice from before anything was promised',
      observed(
        [
          stripe({
            ...dated,
            since: '2026-10-01',
            notices: [...told.notices, notice('2024-01-01', '2024-01-02', '2024-01-03', 'changed')],
          }),
        ],
        pages(),
      ),
    ],
    [
      'no-vendor-before-its-notice-ran-out: announced, and not in use before',
      observed(
        [
          listed,
          subprocessor('oakvault', {
            ...whole,
            since: '2026-12-21',
            notices: [notice('2026-10-20', '2026-11-20', '2026-12-21')],
          }),
        ],
        pages(),
      ),
    ],
    [
      'every-vendor-has-an-agreement: customers connect their own account',
      observed(
        [listed, subprocessor('weft', { engagement: 'customer-connected', unobservable: 'An account of theirs.' })],
        pages(),
      ),
    ],
    [
      'every-vendor-was-vetted: exactly a year ago',
      observed([stripe({ ...dated, ...told, vettedOn: '2025-11-03' })], pages()),
    ],
    ['every-certificate-is-current: it expires today', observed([listed], pages())],
  ])('near miss of %s', async (_, known, intent) => {
    expect(await outcomes(known, intent)).toEqual(good);
  });
});

/** This record as a run on that day left it. */
async function memory(known: Known, at: string, validFor = '90d'): Promise<Evidence> {
  const assessment = await look({ ...known, now: at });
  const source = known.content.sources.find(({ id }) => id === known.source);
  const collection = source?.data.collect[collector.id];
  if (source === undefined || collection === undefined) throw new TypeError('the comparison is not declared');
  return recorded(collector.id, { ...source, collection: { ...collection, validFor } }, { assessment }, at);
}

describe('a vendor that nobody sees', () => {
  const extra = subprocessor('segment', { name: 'Segment', ...whole });
  const later = async (known: Known, first: string, now: string, then = known) => {
    const before = await memory(
      { ...known, evidence: known.evidence.map((record) => ({ ...record, collectedAt: first })) },
      first,
    );
    const evidence = then.evidence.map((record) => ({ ...record, collectedAt: now }));
    return said('every-declared-vendor-is-seen', { ...then, now, evidence: [...evidence, before] });
  };
  const unseen = observed([extra], pages());
  const seen = observed([extra], pages({ vendors: ['segment'] }));

  test('is unknown until the observers have looked for long enough', async () => {
    expect(await later(unseen, '2026-10-04T08:00:00.000Z', '2026-11-02T08:00:00.000Z')).toMatchInlineSnapshot(`
      [
        "Segment inconclusive: Not seen since the observers began on 2026-10-04; after 30 days it counts as never seen.",
      ]
    `);
    expect(await later(unseen, '2026-10-03T08:00:00.000Z', '2026-11-02T08:00:00.000Z')).toMatchInlineSnapshot(`
      [
        "Segment failed: Declared, but never seen, though the observers have looked for 30 days or more.",
      ]
    `);
  });

  test('is not counted over a time in which nothing was compared', async () => {
    const first = '2026-09-01T08:00:00.000Z';
    const before = await memory(
      { ...unseen, evidence: unseen.evidence.map((record) => ({ ...record, collectedAt: first })) },
      first,
      '48h',
    );
    expect(await said('every-declared-vendor-is-seen', { ...unseen, evidence: [...unseen.evidence, before] })).toEqual([
      `Segment inconclusive: Not seen since the observers began on ${unseen.now.slice(0, 10)}; after 30 days it counts as never seen.`,
    ]);
  });

  test('was seen last on the day of the run that saw it last, and passes for a while', async () => {
    expect(await later(seen, '2026-10-10T08:00:00.000Z', '2026-11-02T08:00:00.000Z', unseen)).toMatchInlineSnapshot(`
      [
        "Segment passed: Last seen on 2026-10-10.",
      ]
    `);
    expect(await later(seen, '2026-09-10T08:00:00.000Z', '2026-11-02T08:00:00.000Z', unseen)).toMatchInlineSnapshot(`
      [
        "Segment failed: Declared, but last seen on 2026-09-10, more than 30 days ago.",
      ]
    `);
  });

  test('a removed one, and one of next month, is not missed', async () => {
    const gone = subprocessor('segment', { ...whole, until: '2026-10-31' });
    const next = subprocessor('heap', { ...whole, since: '2026-12-01' });
    expect(await said('every-declared-vendor-is-seen', observed([gone, next], pages()))).toEqual([
      'heap not-applicable: In use only from 2026-12-01.',
    ]);
  });
});

describe('who has not looked', () => {
  test.each<[string, Look | null, string]>([
    ['never', null, 'It has never looked.'],
    ['too long ago', { vendors: ['stripe'], on: '2026-11-01T08:59:59.000Z' }, 'It looked too long ago.'],
    ['partial: only some of it', { vendors: ['stripe'], complete: false }, 'It saw only a part.'],
    [
      'for another intent',
      { vendors: ['stripe'], expect: { a: 'new' }, judgedBy: { a: 'old' } },
      'What it is told to expect has changed since it looked.',
    ],
  ])('%s: unknown, never green', async (_, one, reason) => {
    const known = observed([listed], { pages: one });
    expect(await said('every-observer-has-looked', known)).toEqual([`pages/browser-vendors inconclusive: ${reason}`]);
    expect((await outcomes(known))['every-seen-vendor-is-declared']).toBe('inconclusive');
  });

  const failing = async (fails: 'denied' | 'transient') => {
    const known = observed([listed], { pages: { fails } });
    expect(await said('every-observer-has-looked', known)).toEqual([
      'pages/browser-vendors inconclusive: Its last look failed.',
    ]);
    expect(await outcomes(known)).toMatchObject({
      'every-seen-vendor-is-declared': 'inconclusive',
      'every-declared-vendor-is-seen': 'inconclusive',
      'every-vendor-has-an-agreement': 'passed',
    });
  };

  test('denied: what it was not let see is unknown', () => failing('denied'));

  test('transient error: what it could not see this time is unknown', () => failing('transient'));

  test('what a partial look saw is still seen', async () => {
    const known = observed([listed], pages({ vendors: ['segment', 'stripe'], complete: false }));
    expect((await outcomes(known))['every-seen-vendor-is-declared']).toBe('failed');
  });

  test('without any observer nothing is known of what is seen', async () => {
    expect(await outcomes(observed([listed], {}))).toEqual({
      ...good,
      'every-observer-has-looked': 'inconclusive',
      'every-seen-vendor-is-declared': 'inconclusive',
      'every-declared-vendor-is-seen': 'inconclusive',
    });
  });

  test('empty: no list and nothing seen judges nothing, and passes nothing of the list', async () => {
    const after = await outcomes(observed([], pages({ vendors: [] })));
    expect(after).toMatchObject({
      'every-seen-vendor-is-declared': 'passed',
      'every-declared-vendor-is-seen': 'inconclusive',
      'every-vendor-has-an-agreement': 'inconclusive',
      'every-vendor-was-vetted': 'inconclusive',
      'every-certificate-is-current': 'inconclusive',
    });
  });
});

test('near miss and sabotage of every-seen-vendor-is-declared: a host that is known, and one that nobody can name', async () => {
  const hosts = (unknown: number) => observed([listed], pages({ unknown }));
  expect(await outcomes(hosts(0))).toEqual(good);
  expect(await outcomes(hosts(2))).toEqual({ ...good, 'every-seen-vendor-is-declared': 'inconclusive' });
  expect(await said('every-seen-vendor-is-declared', hosts(2))).toContain(
    'pages/browser-vendors inconclusive: It saw hosts that nobody can name; whose they are is unknown.',
  );
});

describe('a vendor that is seen', () => {
  const of = (known: Known) => said('every-seen-vendor-is-declared', known);

  test('by several, and on no list', async () => {
    const look = { vendors: ['segment'] };
    expect(await of(observed([], { app: look, code: look, site: look }))).toMatchInlineSnapshot(`
      [
        "Segment (Twilio) failed: Seen by app/browser-vendors, code/browser-vendors and 1 more, and not on the list of subprocessors (segment in the map of vendors).",
      ]
    `);
  });

  test('a reason of one source excuses nothing that another one sees', async () => {
    const excused = { vendors: ['segment'], expect: { notSubprocessors: { segment: 'Our blog only.' } } };
    expect(await of(observed([], { blog: excused }))).toMatchInlineSnapshot(`
      [
        "Segment (Twilio) not-applicable: Seen by blog/browser-vendors. No subprocessor: Our blog only.",
      ]
    `);
    expect(await of(observed([], { app: { vendors: ['segment'] }, blog: excused }))).toMatchInlineSnapshot(`
      [
        "Segment (Twilio) failed: Seen by app/browser-vendors, and not on the list of subprocessors (segment in the map of vendors).",
      ]
    `);
  });

  test('though the list says that it is out of use, or not yet in use', async () => {
    expect(await of(observed([stripe({ until: '2026-10-31' })], pages()))).toMatchInlineSnapshot(`
      [
        "Stripe failed: Seen by pages/browser-vendors, but it is declared to be out of use since 2026-10-31.",
      ]
    `);
    expect(await of(observed([stripe({ since: '2026-12-01' })], pages()))).toMatchInlineSnapshot(`
      [
        "Stripe failed: Seen by pages/browser-vendors, but it is declared to be in use only from 2026-12-01.",
      ]
    `);
  });

  test('a hundred of them are judged, and what is published stays within its limits', async () => {
    const many = Array.from({ length: 100 }, (_, index) => subprocessor(`vendor-with-a-long-name-${index}`, whole));
    const known = observed(many, { pages: { vendors: many.map(({ id }) => id) } });
    const { facts, findings } = await look(known);
    for (const fact of Object.values(facts)) expect(Fact.safeParse(fact).success).toBe(true);
    expect(watchedIn(facts).seen.size).toBe(100);
    expect(findings.filter(({ check }) => check === 'every-seen-vendor-is-declared')).toHaveLength(100);
    expect(canonicalJson({ findings, facts }).length).toBeLessThan(200_000);
  });
});

describe('notices', () => {
  const length = (fields: object, intent: object = {}) =>
    said('every-notice-is-as-long-as-promised', observed([stripe(fields)], pages()), intent);
  const start = (fields: object, look?: Look, intent: object = {}) =>
    said('no-vendor-before-its-notice-ran-out', observed([stripe(fields)], pages(look)), intent);

  test('shorter than promised, to the day', async () => {
    expect(await length({ notices: [notice('2026-09-01', '2026-09-15', '2026-09-30')] })).toMatchInlineSnapshot(`
      [
        "Stripe, added on 2026-09-30 failed: It was announced 29 days before it takes effect; 30 days are promised.",
      ]
    `);
    expect(
      await length({ notices: [notice('2026-09-01', '2026-09-14', '2026-10-01', 'changed')] }),
    ).toMatchInlineSnapshot(`
      [
        "Stripe, changed on 2026-10-01 failed: Customers have 13 days to object; 14 days are promised.",
      ]
    `);
    expect(
      await length({ notices: [notice('2026-09-01', '2026-09-02', '2026-09-03', 'removed')] }),
    ).toMatchInlineSnapshot(`
      [
        "Notices not-applicable: No change was announced since 2025-01-01.",
      ]
    `);
  });

  test('business days leave out weekends', async () => {
    const ten = { promise: { since: '2025-01-01', notice: { businessDays: 10 } } };
    // From Friday the 4th: ten business days end on Friday the 18th.
    expect(await length({ notices: [notice('2026-09-04', '2026-09-05', '2026-09-18')] }, ten)).toMatchInlineSnapshot(`
      [
        "Stripe, added on 2026-09-18 passed: It was announced 10 business days before it takes effect.",
      ]
    `);
    expect(await length({ notices: [notice('2026-09-04', '2026-09-05', '2026-09-17')] }, ten)).toMatchInlineSnapshot(`
      [
        "Stripe, added on 2026-09-17 failed: It was announced 9 business days before it takes effect; 10 business days are promised.",
      ]
    `);
  });

  test('without a promise nothing is judged by one', async () => {
    const none = { promise: undefined };
    const notices = [notice('2026-09-01', '2026-09-02', '2026-09-03')];
    expect(await length({ notices }, none)).toEqual([
      'Notices not-applicable: No period of notice is declared to be promised.',
    ]);
    expect(await length({ notices: [] })).toEqual([
      'Notices not-applicable: No change was announced since 2025-01-01.',
    ]);
    expect(await start({}, {}, none)).toEqual([
      'Stripe not-applicable: No period of notice is declared to be promised.',
    ]);
  });

  test('in use without any, and when that is no failure', async () => {
    expect(await start({ since: '2025-06-01' })).toMatchInlineSnapshot(`
      [
        "Stripe failed: In use since 2025-06-01, and nobody was told before.",
      ]
    `);
    expect(await start({ since: '2025-06-01', engagement: 'customer-connected' })).toEqual([
      'Stripe not-applicable: Customers connect it themselves.',
    ]);
    expect(await start({ since: '2024-12-31' })).toMatchInlineSnapshot(`
      [
        "Stripe not-applicable: In use since 2024-12-31, before notice was promised.",
      ]
    `);
    expect(await start({ since: '2026-12-31' }, { vendors: [] })).toMatchInlineSnapshot(`
      [
        "Stripe not-applicable: Not in use yet; to be announced before 2026-12-31.",
      ]
    `);
    expect(await start({ since: '2026-11-20' }, { vendors: [] })).toMatchInlineSnapshot(`
      [
        "Stripe failed: To be in use from 2026-11-20; 30 days of notice no longer fit.",
      ]
    `);
  });

  test('in use before it ran out: declared so, or seen so', async () => {
    const notices = [notice('2026-10-20', '2026-11-20', '2026-12-21')];
    expect(await start({ since: '2026-11-01', notices }, { vendors: [] })).toMatchInlineSnapshot(`
      [
        "Stripe failed: In use from 2026-11-01, though its notice runs until 2026-12-21.",
      ]
    `);
    expect(await start({ since: '2026-12-21', notices })).toMatchInlineSnapshot(`
      [
        "Stripe failed: Seen by pages/browser-vendors, though its notice runs until 2026-12-21.",
      ]
    `);
    expect(await start({ since: '2026-12-21', notices }, { vendors: [] })).toMatchInlineSnapshot(`
      [
        "Stripe passed: Announced on 2026-10-20, in use from 2026-12-21.",
      ]
    `);
  });
});

test('papers: what is missing, to come or without a day', async () => {
  const check = async (name: string, fields: object) =>
    (await said(name, observed([stripe(fields)], pages()))).map((line) => line.replace('Stripe ', ''));
  expect(await check('every-vendor-has-an-agreement', { dpa: { signedOn: '2026-11-04' } })).toMatchInlineSnapshot(`
    [
      "failed: Its agreement is to be signed on 2026-11-04.",
    ]
  `);
  expect(await check('every-vendor-has-an-agreement', { dpa: {} })).toMatchInlineSnapshot(`
    [
      "inconclusive: An agreement is declared, without its day or its address.",
    ]
  `);
  expect(
    await check('every-vendor-has-an-agreement', { dpa: { url: 'https://stripe.com/dpa' } }),
  ).toMatchInlineSnapshot(`
    [
      "passed: Its agreement is public.",
    ]
  `);
  expect(await check('every-vendor-was-vetted', { vettedOn: undefined })).toMatchInlineSnapshot(`
    [
      "failed: It was never vetted.",
    ]
  `);
  expect(await check('every-vendor-was-vetted', { vettedOn: '2026-11-04' })).toMatchInlineSnapshot(`
    [
      "inconclusive: Its vetting lies in the future: 2026-11-04.",
    ]
  `);
  expect(await check('every-certificate-is-current', { certifications: [{ title: 'SOC 2' }] })).toMatchInlineSnapshot(`
    [
      "Certificates not-applicable: None with an end is declared.",
    ]
  `);
});

test('contacts, addresses and terms stay where they are', async () => {
  const canary = 'canary-7f3a9c41d2e8';
  const private_ = {
    contact: `${canary}@stripe.com`,
    address: canary,
    purpose: canary,
    authentication: canary,
    optOut: canary,
  };
  const known = observed([stripe({ ...private_, terms: { retention: canary } })], pages());
  const { findings, facts } = await look(known);
  expect(canonicalJson({ findings, facts })).not.toContain(canary);
});
