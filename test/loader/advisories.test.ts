import { expect, test } from 'vitest';
import { check, printed } from './tree.ts';

const policy = (credit = 'opt-in') =>
  [
    'contacts: [security@harbour.ch]',
    'expiresOn: 2027-06-01',
    'languages: [en]',
    'scope: [All]',
    'safeHarbor: Yes.',
    'clocks: [{ id: a, title: A, starts: receipt, within: 72h, counts: calendar }]',
    `credit: ${credit}`,
    'bounty: { kind: none }',
    'products: [{ name: Harbour Desk }]',
    '',
  ].join('\n');

const cvss = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N';

/** A sound advisory, with some of its fields written otherwise. */
function advisory(changes: Record<string, string> = {}): string {
  const fields = {
    title: 'Drafts were shown',
    publishedAt: '2026-06-17T15:00:00Z',
    summary: 'It was wrong.',
    impact: 'Titles.',
    solution: 'Nothing.',
    cvss,
    affected: '[{ product: Harbour Desk, versions: [{ introduced: "1.9", fixed: "1.10" }] }]',
    credits: '[{ name: Ines Okafor, role: finder, consentedOn: 2026-06-12 }]',
    timeline: '[{ on: 2026-06-09, event: reported }, { on: 2026-06-10, event: fixed }]',
    ...changes,
  };
  return ['---', ...Object.entries(fields).map(([field, value]) => `${field}: ${value}`), '---', ''].join('\n');
}

const say = (changes: Record<string, string>, credit?: string) =>
  printed({ 'disclosure.yaml': policy(credit), 'advisories/harbour-2026-001.mdx': advisory(changes) });

test('a sound advisory has no errors', async () => {
  const { errors } = await check({ 'disclosure.yaml': policy(), 'advisories/harbour-2026-001.mdx': advisory() });
  expect(errors).toEqual([]);
});

test('a product that the policy does not name', async () => {
  const affected = '[{ product: Harbor Desk, versions: [{ introduced: "0" }] }]';
  expect(await say({ affected })).toMatchInlineSnapshot(`
    "
    error ReferenceMissing: there is no product of the disclosure policy \`Harbor Desk\`.
      content/advisories/harbour-2026-001.mdx:8:23
      8 │ affected: [{ product: Harbor Desk, versions: [{ introduced: "0" }] }]
        │                       ^^^^^^^^^^^
      hint: did you mean \`Harbour Desk\`?
    "
  `);
});

test('AdvisoryIdTaken: two that name one CVE, unless one of them was withdrawn', async () => {
  const both = (first: Record<string, string>, second: Record<string, string>) =>
    printed({
      'disclosure.yaml': policy(),
      'advisories/harbour-2026-001.mdx': advisory(first),
      'advisories/harbour-2026-002.mdx': advisory(second),
    });
  const [cve, ghsa] = [{ cve: 'CVE-2026-12345' }, { ghsa: 'GHSA-2c4m-59x9-fr2g' }];
  expect(await both(cve, cve)).toMatchInlineSnapshot(`
    "
    error AdvisoryIdTaken: another advisory names CVE-2026-12345 too: advisories/harbour-2026-001.mdx:11:6.
      content/advisories/harbour-2026-002.mdx:11:6
      11 │ cve: CVE-2026-12345
         │      ^^^^^^^^^^^^^^
      hint: correct one of them, make one advisory of the two, or withdraw one.
    "
  `);
  expect(await both(ghsa, ghsa)).toContain('AdvisoryIdTaken');
  expect(await both({ ...cve, ...ghsa }, { cve: 'CVE-2026-12346' })).toBe('\n\n');
  const withdrawn = { ...cve, withdrawn: '{ at: 2026-06-20T00:00:00Z, reason: Told better elsewhere. }' };
  expect(await both(withdrawn, cve)).toBe('\n\n');
  expect(await both(cve, withdrawn)).toBe('\n\n');
});

test('AdvisoryRangeReversed: 1.10 is after 1.9, whatever the letters say', async () => {
  const affected = '[{ product: Harbour Desk, versions: [{ introduced: "1.10", fixed: "1.9" }] }]';
  expect(await say({ affected })).toMatchInlineSnapshot(`
    "
    error AdvisoryRangeReversed: the fixed version 1.9 is not after 1.10, from which on versions are affected.
      content/advisories/harbour-2026-001.mdx:8:77
      8 │ affected: [{ product: Harbour Desk, versions: [{ introduced: "1.10", fixed: "1.9" }] }]
        │                                                                             ^^^^^
      hint: swap them, or correct one; \`fixed\` is the first version that is not affected any more.
    "
  `);
});

test('AdvisoryRangesOverlap: a version is affected or it is not', async () => {
  const versions = (list: string) => ({ affected: `[{ product: Harbour Desk, versions: [${list}] }]` });
  expect(await say(versions('{ introduced: "1.0" }, { introduced: "2.0", fixed: "2.1" }'))).toMatchInlineSnapshot(`
    "
    error AdvisoryRangesOverlap: the versions from 2.0 on and those from 1.0 on overlap, or touch.
      content/advisories/harbour-2026-001.mdx:8:85
      8 │ affected: [{ product: Harbour Desk, versions: [{ introduced: "1.0" }, { introduced: "2.0", fixed: "2.1" }] }]
        │                                                                                     ^^^^^
      hint: end each range with \`fixed\` before the next one begins, or make one range of them.
    "
  `);
  expect(await say(versions('{ introduced: "2.0", fixed: "2.1" }, { introduced: "0", fixed: "2.0" }'))).toContain(
    'AdvisoryRangesOverlap',
  );
  expect(await say(versions('{ introduced: "2.0", fixed: "2.1" }, { introduced: "0", fixed: "1.9" }'))).toBe('\n\n');
  const twice = (purl: string) => ({
    affected: `[{ product: Harbour Desk, versions: [{ introduced: "0" }] }, { product: Harbour Desk, ${purl}versions: [{ introduced: "1.0" }] }]`,
  });
  expect(await say(twice(''))).toContain('AdvisoryRangesOverlap');
  expect(await say(twice('purl: "pkg:npm/harbour", '))).toBe('\n\n');
});

test('what is named twice: CVE takes no list that holds one thing twice', async () => {
  for (const [field, one] of [
    ['cwe', 'CWE-79'],
    ['references', '{ kind: web, title: A, url: "https://harbour.ch/a" }'],
    ['credits', '{ name: Ines Okafor, role: finder, consentedOn: 2026-06-12 }'],
    ['timeline', '{ on: 2026-06-09, event: reported }'],
  ] as const)
    expect(await say({ [field]: `[${one}, ${one}]` })).toContain(`\`${field}\` must not hold anything twice.`);
});

test('a package URL of bytes that are no text', async () => {
  const affected = '[{ product: Harbour Desk, purl: "pkg:npm/%FF", versions: [{ introduced: "0" }] }]';
  expect(await say({ affected })).toContain('must be a package URL');
});

test('AdvisoryVersionsMixed', async () => {
  const affected = '[{ product: Harbour Desk, versions: [{ introduced: "1.9.0", fixed: "2026-06-10" }] }]';
  expect(await say({ affected })).toMatchInlineSnapshot(`
    "
    error AdvisoryVersionsMixed: 1.9.0 and 2026-06-10 cannot be put in order: one is a date, the other is not.
      content/advisories/harbour-2026-001.mdx:8:78
      8 │ affected: [{ product: Harbour Desk, versions: [{ introduced: "1.9.0", fixed: "2026-06-10" }] }]
        │                                                                              ^^^^^^^^^^^^
      hint: write both as dates, or both as numbers.
    "
  `);
});

test('a version that YAML takes for a number', async () => {
  const affected = '[{ product: Harbour Desk, versions: [{ introduced: 1.10 }] }]';
  expect(await say({ affected })).toMatchInlineSnapshot(`
    "
    error ContentInvalid: \`affected[0].versions[0].introduced\` must be text.
      content/advisories/harbour-2026-001.mdx:8:62
      8 │ affected: [{ product: Harbour Desk, versions: [{ introduced: 1.10 }] }]
        │                                                              ^^^^
      hint: the reference of content types lists what is allowed.
    "
  `);
});

test('AdvisoryOutOfOrder: of events, and of revisions at one time, which nobody would see who asks for what is new', async () => {
  const timeline = '[{ on: 2026-06-10, event: fixed }, { on: 2026-06-09, event: reported }]';
  expect(await say({ timeline })).toMatchInlineSnapshot(`
    "
    error AdvisoryOutOfOrder: \`timeline[1].on\` is 2026-06-09, and what stands before it is of 2026-06-10.
      content/advisories/harbour-2026-001.mdx:10:52
      10 │ timeline: [{ on: 2026-06-10, event: fixed }, { on: 2026-06-09, event: reported }]
         │                                                    ^^^^^^^^^^
      hint: correct the time, or the order.
    "
  `);
  const revisions = '[{ at: 2026-06-17T15:00:00Z, summary: More. }]';
  expect(await say({ revisions })).toMatchInlineSnapshot(`
    "
    error AdvisoryOutOfOrder: \`revisions[0].at\` is 2026-06-17T15:00:00Z, and what stands before it is of 2026-06-17T15:00:00Z.
      content/advisories/harbour-2026-001.mdx:11:19
      11 │ revisions: [{ at: 2026-06-17T15:00:00Z, summary: More. }]
         │                   ^^^^^^^^^^^^^^^^^^^^
      hint: correct the time, or the order.
    "
  `);
});

test('AdvisoryOutOfOrder: a withdrawal before the last revision, or what was withdrawn would not be the newest', async () => {
  const revisions = '[{ at: 2026-06-20T00:00:00Z, summary: More. }]';
  const withdrawn = (at: string) => `{ at: ${at}, reason: Wrong. }`;
  expect(await say({ revisions, withdrawn: withdrawn('2026-06-19T00:00:00Z') })).toContain(
    '`withdrawn.at` is 2026-06-19T00:00:00Z, and what stands before it is of 2026-06-20T00:00:00Z.',
  );
  expect(await say({ revisions, withdrawn: withdrawn('2026-06-21T00:00:00Z') })).toBe('\n\n');
});

test('publication that is yet to come', async () => {
  expect(await say({ publishedAt: '2026-11-03T09:00:01Z', timeline: '[]' })).toMatchInlineSnapshot(`
    "
    error ContentFutureDate: \`publishedAt\` lies in the future: 2026-11-03T09:00:01Z.
      content/advisories/harbour-2026-001.mdx:3:14
      3 │ publishedAt: 2026-11-03T09:00:01Z
        │              ^^^^^^^^^^^^^^^^^^^^
      hint: write the day on which it really happened.
    "
  `);
});

test('a credit without consent is no credit', async () => {
  expect(await say({ credits: '[{ name: Ines Okafor, role: finder }]' })).toMatchInlineSnapshot(`
    "
    error ContentRequired: \`consentedOn\` is missing; \`credits[0]\` needs it.
      content/advisories/harbour-2026-001.mdx:9:11
      9 │ credits: [{ name: Ines Okafor, role: finder }]
        │           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: add a line \`consentedOn: …\` under \`credits[0]\`.
    "
  `);
});

test('CreditNotAgreed: nobody is named before the day, but a revision may add them', async () => {
  const credits = '[{ name: Ines Okafor, role: finder, consentedOn: 2026-06-18 }]';
  expect(await say({ credits })).toMatchInlineSnapshot(`
    "
    error CreditNotAgreed: the person agreed on 2026-06-18, after this was last changed on 2026-06-17.
      content/advisories/harbour-2026-001.mdx:9:59
      9 │ credits: [{ name: Ines Okafor, role: finder, consentedOn: 2026-06-18 }]
        │                                                           ^^^^^^^^^^
      hint: correct the day, or add a revision that says the name was added.
    "
  `);
  expect(await say({ credits, revisions: '[{ at: 2026-06-18T00:00:00Z, summary: Names the finder. }]' })).toBe('\n\n');
});

test('CreditNotOffered', async () => {
  expect(await say({}, 'none')).toMatchInlineSnapshot(`
    "
    error CreditNotOffered: somebody is named here, and the disclosure policy says that nobody is (\`credit: none\`).
      content/advisories/harbour-2026-001.mdx:9:19
      9 │ credits: [{ name: Ines Okafor, role: finder, consentedOn: 2026-06-12 }]
        │                   ^^^^^^^^^^^
      hint: remove the name, or change \`credit\` in disclosure.yaml.
    "
  `);
  const thanks = 'thanks: [{ name: Sam, for: Help, on: 2026-01-01, consentedOn: 2026-01-02 }]\n';
  const { errors } = await check({ 'disclosure.yaml': policy('none'), 'acknowledgements.yaml': thanks });
  expect(errors.map(({ name }) => name)).toEqual(['CreditNotOffered']);
});

test.each([
  ['a metric is missing', cvss.replace('/AT:N', '')],
  ['they are out of order', cvss.replace('AV:N/AC:L', 'AC:L/AV:N')],
  ['a value does not exist', cvss.replace('PR:L', 'PR:R')],
  ['it is of CVSS 3', 'CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N'],
])('a vector is refused where %s', async (_, vector) => {
  const { errors } = await check({
    'disclosure.yaml': policy(),
    'advisories/harbour-2026-001.mdx': advisory({ cvss: vector }),
  });
  expect(errors.map(({ name, location }) => `${name} ${location?.line}:${location?.column}`)).toEqual([
    'ContentInvalid 7:7',
  ]);
});
