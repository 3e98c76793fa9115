import { describe, expect, test } from 'vitest';
import { assessHosts, assessVendors, standingOn } from '../../../collectors/vendors/assess.ts';
import { comparisonWith } from '../../../collectors/vendors/comparison.ts';
import { VendorExpect } from '../../../collectors/vendors/expect.ts';
import { factsOf, vendorsIn } from '../../../collectors/vendors/facts.ts';
import { type ObservedVendor, vendorsOf } from '../../../collectors/vendors/observe.ts';
import { Fact, Finding } from '../../../schemas/index.ts';
import { known, subprocessor } from './company.ts';

const day = '2026-11-03';

/** Judges npm packages against a list, as on 3 November 2026. */
function judge(packages: string[], list = known(), notSubprocessors: Record<string, string> = {}) {
  const intent = VendorExpect.parse({ notSubprocessors });
  const { matcher, ...compared } = comparisonWith(list, intent);
  const seen = vendorsOf(
    packages.map((value) => ({ kind: 'npm', value })),
    matcher,
  );
  return assessVendors({ ...compared, observed: seen.vendors, signals: seen.total }, intent, 'in the repository');
}

function outcomes({ findings }: { findings: Finding[] }): string[] {
  return findings.map(({ subject, outcome, reason }) => `${subject} ${outcome}: ${reason}`);
}

describe('each vendor that is seen is held against the list', () => {
  test('declared: passed', () => {
    expect(outcomes(judge(['stripe'], known(subprocessor('stripe'))))).toEqual([
      'Stripe passed: It is seen in the repository, by the npm package stripe, and is declared.',
    ]);
  });

  test('not declared: failed, and only by the pattern of the map', () => {
    const { findings, facts } = judge(['@sentry/our-secret-fork', '@stripe/a', 'stripe', '@stripe/b']);
    expect(outcomes({ findings })).toMatchInlineSnapshot(`
      [
        "Sentry failed: It is seen in the repository, by the npm package @sentry/*, and is not on the list of subprocessors (sentry in the map of vendors).",
        "Stripe failed: It is seen in the repository, by the npm package @stripe/* and the npm package stripe, and is not on the list of subprocessors (stripe in the map of vendors).",
      ]
    `);
    expect(facts).toMatchInlineSnapshot(`
      {
        "furtherVendors": [],
        "vendorCount": 2,
        "vendors": [
          "sentry: npm @sentry/*",
          "stripe: npm @stripe/*, npm stripe",
        ],
      }
    `);
    expect(JSON.stringify({ findings, facts })).not.toContain('our-secret-fork');
  });

  test('handles no customers’ data: not applicable, with the reason', () => {
    expect(outcomes(judge(['stripe'], known(), { stripe: 'Only our own invoices.' }))).toMatchInlineSnapshot(`
      [
        "Stripe not-applicable: It is seen in the repository, by the npm package stripe. Declared to be no subprocessor: Only our own invoices.",
      ]
    `);
  });

  test('a reason for what is declared changes nothing', () => {
    const list = known(subprocessor('stripe'));
    expect(judge(['stripe'], list, { stripe: 'Only our own invoices.' }).findings[0]?.outcome).toBe('passed');
  });

  test('a reason does not excuse what the list says has ended', () => {
    const list = known(subprocessor('stripe', { until: '2026-03-01' }));
    expect(outcomes(judge(['stripe'], list, { stripe: 'Only our own invoices.' }))).toMatchInlineSnapshot(`
      [
        "Stripe failed: It is seen in the repository, by the npm package stripe, but it is declared to be out of use since 2026-03-01.",
      ]
    `);
  });

  test('a reason for what is no vendor of the map is a wrong configuration', () => {
    expect(() => judge(['stripe'], known(), { strpie: 'Only our own invoices.' })).toThrow(
      '`notSubprocessors` names `strpie`, which is no vendor of the map.',
    );
  });

  test('no vendor among signals passes; no signals at all are nothing to judge', () => {
    expect(outcomes(judge(['left-pad']))).toEqual([
      'No vendor passed: None of the 1 signals in the repository belongs to a vendor of the map.',
    ]);
    expect(judge([]).findings).toEqual([]);
  });

  test('one of two entries in use is enough', () => {
    const list = known(
      subprocessor('stripe', { until: '2026-01-01' }),
      subprocessor('stripe-europe', { vendors: ['stripe'] }),
    );
    expect(judge(['stripe'], list).findings[0]?.outcome).toBe('passed');
  });
});

describe('a subprocessor is in use on a day', () => {
  const notice = (change: string, effectiveOn: string) => ({
    change,
    summary: 'It changes.',
    announcedOn: '2024-01-01',
    objectionDeadline: '2024-01-02',
    effectiveOn,
  });
  test.each([
    ['since before', {}, true],
    ['since today', { since: day }, true],
    ['since tomorrow', { since: '2026-11-04' }, 'it is declared to be in use only from 2026-11-04'],
    ['until today', { until: day }, true],
    ['until yesterday', { until: '2026-11-02' }, 'it is declared to be out of use since 2026-11-02'],
    ['an announced start today', { notices: [notice('added', day)] }, true],
    [
      'an announced start tomorrow',
      { notices: [notice('added', '2026-11-04')] },
      'it was announced to start on 2026-11-04',
    ],
    ['a change tomorrow', { notices: [notice('changed', '2026-11-04')] }, true],
    ['a removal tomorrow', { notices: [notice('removed', '2026-11-04')] }, true],
    ['a removal today', { notices: [notice('removed', day)] }, true],
    ['a removal yesterday', { notices: [notice('removed', '2026-11-02')] }, 'its removal was announced for 2026-11-02'],
    ['removed and added again', { notices: [notice('removed', '2025-01-01'), notice('added', '2026-01-01')] }, true],
    [
      'removed, and to be added again',
      { notices: [notice('removed', '2025-01-01'), notice('added', '2026-12-01')] },
      'its removal was announced for 2025-01-01',
    ],
  ])('%s', (_, fields, expected) => {
    const [declared] = comparisonWith(known(subprocessor('stripe', fields)), { notSubprocessors: {} }).declared;
    if (declared === undefined) throw new Error('nothing is declared');
    const standing = standingOn(day, declared);
    expect(standing.inUse ? true : standing.problem).toBe(expected);
  });
});

describe('hosts', () => {
  const hosts = { own: 2, known: 1, none: [], unknown: [], unknownCount: 0 };

  test('all known: passed', () => {
    expect(outcomes({ findings: assessHosts(hosts, 'Of the hosts of the pages') })).toMatchInlineSnapshot(`
      [
        "Hosts that are known passed: Of the hosts of the pages, 2 are the company’s own and 1 are those of known vendors.",
      ]
    `);
  });

  test('unknown ones fail, named where they are public, else counted', () => {
    const findings = assessHosts({ ...hosts, unknown: ['tracker.dev'], unknownCount: 3 }, 'Of the hosts');
    expect(outcomes({ findings })).toMatchInlineSnapshot(`
      [
        "Hosts that are known passed: Of the hosts, 2 are the company’s own and 1 are those of known vendors.",
        "tracker.dev failed: It is neither the company’s own nor a known vendor’s, and nobody has said what it is.",
        "Hosts that are not published failed: 2 more are neither the company’s own nor a known vendor’s.",
      ]
    `);
  });

  test('nobody’s product is shown with its reason', () => {
    const none = [{ pattern: 'partner.dev', reason: 'Belongs to a customer.' }];
    expect(outcomes({ findings: assessHosts({ ...hosts, none }, 'Of the hosts') })[1]).toBe(
      'partner.dev not-applicable: Nobody’s product: Belongs to a customer.',
    );
  });

  test('no hosts are nothing to judge', () => {
    expect(assessHosts({ ...hosts, own: 0, known: 0 }, 'Of the hosts')).toEqual([]);
  });
});

describe('the published facts', () => {
  const vendor = (id: string, patterns = 1): ObservedVendor => ({
    id,
    name: id,
    told: Array.from({ length: patterns }, (_, index) => ({ kind: 'host', pattern: `${id}-${index}.dev`, count: 1 })),
  });

  test('are read back as they were written', () => {
    const facts = factsOf([vendor('alpha', 2), vendor('beta')]);
    expect(vendorsIn(facts)).toEqual({
      complete: true,
      vendors: [
        {
          id: 'alpha',
          told: [
            { kind: 'host', pattern: 'alpha-0.dev' },
            { kind: 'host', pattern: 'alpha-1.dev' },
          ],
        },
        { id: 'beta', told: [{ kind: 'host', pattern: 'beta-0.dev' }] },
      ],
    });
    expect(vendorsIn({ vendors: 3 })).toBeUndefined();
  });

  test.each([0, 1, 50, 51, 400])('hold all of %i vendors', (count) => {
    const many = Array.from({ length: count }, (_, index) => vendor(`vendor-${index}`, 30));
    const facts = factsOf(many);
    for (const fact of Object.values(facts)) expect(Fact.safeParse(fact).success).toBe(true);
    const read = vendorsIn(facts);
    expect(read?.complete).toBe(true);
    expect(read?.vendors.map(({ id }) => id)).toEqual(many.map(({ id }) => id));
  });

  test('say so when even the ids do not fit', () => {
    const many = Array.from({ length: 2000 }, (_, index) => vendor(`a-rather-long-name-of-a-vendor-${index}`));
    expect(vendorsIn(factsOf(many))?.complete).toBe(false);
  });

  test('findings stay within their limits, with the longest names', () => {
    const name = 'n'.repeat(160);
    const told = ['a', 'b', 'c'].map((letter) => ({
      kind: 'host' as const,
      pattern: `${letter.repeat(250)}.io`,
      count: 1,
    }));
    const { findings } = assessVendors(
      { today: day, declared: [], observed: [{ id: 'v', name, told }], signals: 1 },
      { notSubprocessors: { v: 'r'.repeat(200) } },
      'in the repository',
    );
    for (const finding of findings) expect(Finding.safeParse(finding).success).toBe(true);
  });
});
