import { expect, test } from 'vitest';
import { check, printed } from './tree.ts';

/** A policy that ends on a day, with these contacts. The clock of these tests stands at a moment that tree.ts names. */
const policy = (expiresOn: string, contacts = 'security@fern.swiss', more = '') =>
  [
    `contacts: [${contacts}]`,
    `expiresOn: ${expiresOn}`,
    'languages: [en]',
    'scope: [All]',
    'safeHarbor: Yes.',
    'clocks: [{ id: a, title: A, starts: receipt, within: 72h, counts: calendar }]',
    'credit: opt-in',
    'bounty: { kind: none }',
    more,
    '',
  ].join('\n');

const names = async (...args: Parameters<typeof policy>) =>
  (await check({ 'disclosure.yaml': policy(...args) })).errors.map(({ name }) => name);

test('a policy that ends within 30 days, has ended, or outlives a year stops every command, with its place', async () => {
  expect(await printed({ 'disclosure.yaml': policy('2026-11-20') })).toMatchInlineSnapshot(`
    "
    error SecurityTxtExpires: security.txt ends on 2026-11-20, in 17 days.
      content/disclosure.yaml:2:12
      2 │ expiresOn: 2026-11-20
        │            ^^^^^^^^^^
      hint: read the policy through, and set expiresOn to a day less than a year ahead.
    "
  `);
  expect(await printed({ 'disclosure.yaml': policy('2026-11-01') })).toMatchInlineSnapshot(`
    "
    error SecurityTxtExpires: security.txt ended on 2026-11-01.
      content/disclosure.yaml:2:12
      2 │ expiresOn: 2026-11-01
        │            ^^^^^^^^^^
      hint: read the policy through, and set expiresOn to a day less than a year ahead.
    "
  `);
  expect(await printed({ 'disclosure.yaml': policy('2028-01-01') })).toMatchInlineSnapshot(`
    "
    error SecurityTxtTooLong: security.txt would be valid until 2028-01-01, for 424 days.
      content/disclosure.yaml:2:12
      2 │ expiresOn: 2028-01-01
        │            ^^^^^^^^^^
      hint: set expiresOn to a day less than a year ahead.
    "
  `);
  expect(await names('2026-12-03')).toEqual([]);
  expect(await names('2026-12-01')).toEqual(['SecurityTxtExpires']);
  // The clock stands at nine on 3 November; the file ends at the end of a day.
  expect(await names('2027-11-02')).toEqual([]);
  expect(await names('2027-11-03')).toEqual(['SecurityTxtTooLong']);
});

test('an address of nobody is none that a finder is sent to', async () => {
  expect(
    await printed({ 'disclosure.yaml': policy('2027-06-01', '"https://example.com/report"') }),
  ).toMatchInlineSnapshot(`
    "
    error ContactPlaceholder: https://example.com/report belongs to nobody.
      content/disclosure.yaml:1:12
      1 │ contacts: ["https://example.com/report"]
        │            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: name an address that somebody reads.
    "
  `);
  for (const nobody of [
    '"https://fern.example/report"',
    '"https://security.test/"',
    '"https://example.com./report"',
    '"https://127.0.0.1/report"',
    '"https://[::1]/report"',
    '"https://intranet/report"',
    'todo@fern.swiss',
    'a@example.org',
  ])
    expect(await names('2027-06-01', nobody)).toHaveLength(1);
  // Near misses.
  for (const somebody of ['"https://examples.swiss/report"', '"https://example.com.fern.swiss/"', 'test@fern.swiss'])
    expect(await names('2027-06-01', somebody)).toEqual([]);
  expect(await names('2027-06-01', undefined, 'encryption: ["https://keys.invalid/key.asc"]')).toEqual([
    'ContactPlaceholder',
  ]);
});

test('an address that others could not read as one is refused: security.txt, OSV and CSAF want URIs', async () => {
  for (const odd of ['HTTPS://fern.swiss/report', 'https:fern.swiss', 'https://fern.swiss/a b', 'https://fern.swiss/é'])
    expect(await names('2027-06-01', `"${odd}"`)).toEqual(['ContentInvalid']);
  for (const sound of ['https://xn--bcher-kva.swiss/%C3%A9?a=[1]#b', 'https://fern.swiss:8443/~a'])
    expect(await names('2027-06-01', `"${sound}"`)).toEqual([]);
});

test('what only one key opens is refused, and so is a key that is not a hybrid one', async () => {
  const one = 'recipients: [{ holder: security, recipient: age1qqqq }]';
  expect(await printed({ 'disclosure.yaml': policy('2027-06-01', undefined, one) })).toMatchInlineSnapshot(`
    "
    error ContentInvalid: \`recipients\` must be two at least, or none: what only one key opens is lost with that key.
      content/disclosure.yaml:9:13
      9 │ recipients: [{ holder: security, recipient: age1qqqq }]
        │             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: the reference of content types lists what is allowed.

    error ContentInvalid: \`recipients[0].recipient\` must be a hybrid age recipient, age1pq1…, as \`candor keys triager\` prints it.
      content/disclosure.yaml:9:45
      9 │ recipients: [{ holder: security, recipient: age1qqqq }]
        │                                             ^^^^^^^^
      hint: the reference of content types lists what is allowed.
    "
  `);
});
