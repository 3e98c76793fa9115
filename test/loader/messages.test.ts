import { expect, test } from 'vitest';
import { check, claim, printed } from './tree.ts';

const rows = 'claims/isolation/rows-are-scoped.mdx';
const source = (expectation: string) =>
  `kind: postgres\ntitle: DB\nenvironment: production\ncollect:\n  postgres-row-security:\n    expect: ${expectation}\n`;
const contacts = (...list: string[]) =>
  [
    `contacts: [${list.join(', ')}]`,
    'expiresOn: 2027-06-01',
    'languages: [en]',
    'scope: [All]',
    'safeHarbor: Yes.',
    'clocks: [{ id: a, title: A, starts: receipt, within: 72h, counts: calendar }]',
    'credit: opt-in',
    'bounty: { kind: none }',
    '',
  ].join('\n');

async function what(changes: Parameters<typeof check>[0]) {
  return (await check(changes)).errors.map(({ name, what, hint }) => `${name}: ${what} | ${hint}`);
}

test('all errors of all files are reported at once, and one broken file hides nothing elsewhere', async () => {
  const { errors } = await check({
    'roles/security.yaml': 'title: "open\n',
    [rows]: claim('evidnce: []', 'documents: [nowhere]', 'reviewedOn: 2026-02-30'),
    'exceptions/a.yaml': 'evidence: app-db/postgres-row-security#no-cross-tenant-read\nowner: security\n',
  });
  expect(errors.map(({ name, location }) => `${name} ${location?.file.split('/').at(-1)}:${location?.line}`)).toEqual([
    'ContentUnknownKey rows-are-scoped.mdx:4',
    'ReferenceMissing rows-are-scoped.mdx:5',
    'ContentInvalid rows-are-scoped.mdx:6',
    'ContentRequired a.yaml:1',
    'ContentRequired a.yaml:1',
    'ContentRequired a.yaml:1',
    'ContentRequired a.yaml:1',
    'ExceptionUncited a.yaml:1',
    'ContentSyntax security.yaml:1',
  ]);
});

test('a wrong intent is shown inside the source', async () => {
  expect(
    await printed({ 'sources/app-db.yaml': source('{ tenantKey: org_id, mode: policie }') }),
  ).toMatchInlineSnapshot(`
    "
    error ContentInvalid: \`collect.postgres-row-security.expect.mode\` must be policies, service-role or application.
      content/sources/app-db.yaml:6:40
      6 │     expect: { tenantKey: org_id, mode: policie }
        │                                        ^^^^^^^
      hint: did you mean \`policies\`?
    "
  `);
  expect(await printed({ 'sources/app-db.yaml': source('{ tenantkey: 1, mode: policies }') })).toMatchInlineSnapshot(`
    "
    error ContentUnknownKey: \`tenantkey\` is not a field of an expectation of postgres-row-security.
      content/sources/app-db.yaml:6:15
      6 │     expect: { tenantkey: 1, mode: policies }
        │               ^^^^^^^^^
      hint: did you mean \`tenantKey\`?
    "
  `);
});

test('a discriminated union says which forms there are, and then what the chosen one needs', async () => {
  const held = 'title: SOC 2\nstatus: held\nauditr: A\nissuedOn: 2026-01-01\nexpiresOn: 2027-01-01\n';
  expect(await what({ 'certifications/a.yaml': 'title: SOC 2\nstatus: helt\n' })).toMatchInlineSnapshot(`
    [
      "ContentInvalid: \`status\` must be held, in-progress, planned or not-held. | did you mean \`held\`?",
    ]
  `);
  expect(await what({ 'certifications/a.yaml': held })).toMatchInlineSnapshot(`
    [
      "ContentUnknownKey: \`auditr\` is not a field of a certification. | did you mean \`auditor\`?",
    ]
  `);
  expect(await what({ 'certifications/a.yaml': 'title: SOC 2\n' })).toMatchInlineSnapshot(`
    [
      "ContentRequired: \`status\` is missing; every certification needs it. | add a line \`status: …\`.",
    ]
  `);
});

test('a union of texts says all forms', async () => {
  expect(await what({ 'disclosure.yaml': contacts('security') })).toMatchInlineSnapshot(`
    [
      "ContentInvalid: \`contacts[0]\` must be an e-mail address or a web address that starts with https://. | the reference of content types lists what is allowed.",
    ]
  `);
});

test('plain words for kinds, lengths and missing values', async () => {
  const text = (lines: string) => ({ 'roles/security.yaml': lines });
  const role = 'kind: company\ndescription: D\n';
  expect(await what(text(`title: 5\n${role}`))).toMatchInlineSnapshot(`
    [
      "ContentInvalid: \`title\` must be text. | put the value in quotes.",
    ]
  `);
  expect(await what(text(`title: ''\n${role}`))).toMatchInlineSnapshot(`
    [
      "ContentInvalid: \`title\` must not be empty. | the reference of content types lists what is allowed.",
    ]
  `);
  expect(await what(text(`title: ${'a'.repeat(161)}\n${role}`))).toMatchInlineSnapshot(`
    [
      "ContentInvalid: \`title\` must have at most 160 characters. | the reference of content types lists what is allowed.",
    ]
  `);
  expect(await what(text(`title:\n${role}`))).toMatchInlineSnapshot(`
    [
      "ContentInvalid: \`title\` has no value. | write one, or delete the line.",
    ]
  `);
  expect(await what(text(`title: T\n${role}permissions: all\n`))).toMatchInlineSnapshot(`
    [
      "ContentInvalid: \`permissions\` must be a list. | put it in brackets: \`[…]\`.",
    ]
  `);
  expect(await what(text(`title: T\n${role}onCall: yes\n`))).toMatchInlineSnapshot(`
    [
      "ContentInvalid: \`onCall\` must be true or false. | the reference of content types lists what is allowed.",
    ]
  `);
  expect(await what(text('- a\n- b\n'))).toMatchInlineSnapshot(`
    [
      "ContentInvalid: \`role\` must be fields, each \`name: value\`. | the reference of content types lists what is allowed.",
    ]
  `);
  expect(await what({ 'organization.yaml': 'contacts: {}\n' })).toMatchInlineSnapshot(`
    [
      "ContentRequired: \`name\` is missing; every organization needs it. | add a line \`name: …\`.",
      "ContentRequired: \`legalName\` is missing; every organization needs it. | add a line \`legalName: …\`.",
      "ContentRequired: \`product\` is missing; every organization needs it. | add a line \`product: …\`.",
      "ContentRequired: \`summary\` is missing; every organization needs it. | add a line \`summary: …\`.",
      "ContentRequired: \`url\` is missing; every organization needs it. | add a line \`url: …\`.",
      "ContentRequired: \`trustUrl\` is missing; every organization needs it. | add a line \`trustUrl: …\`.",
      "ContentRequired: \`country\` is missing; every organization needs it. | add a line \`country: …\`.",
      "ContentRequired: \`timeZone\` is missing; every organization needs it. | add a line \`timeZone: …\`.",
      "ContentRequired: \`security\` is missing; \`contacts\` needs it. | add a line \`security: …\` under \`contacts\`.",
    ]
  `);
});

test('placeholder mailboxes are refused; .example only where every source is a demonstration', async () => {
  const hits = async (environment: string, ...list: string[]) => {
    const app = source('{ tenantKey: a, mode: policies }').replace('production', environment);
    const { errors } = await check({ 'sources/app-db.yaml': app, 'disclosure.yaml': contacts(...list) });
    return errors.map(({ what }) => /`(.*)`/.exec(what)?.[1]);
  };
  const refused = [
    'a@example.com',
    'a@mail.example.org',
    'a@example.net',
    'a@b.test',
    'a@b.invalid',
    'a@b.localhost',
    'todo@a.ch',
    'changeme@a.ch',
    'your-name@a.ch',
    'xxx@a.ch',
  ];
  expect(await hits('production', 'security@a.ch', 'test@contest.ch', 'a@b.example', ...refused)).toEqual([
    'a@b.example',
    ...refused,
  ]);
  expect(await hits('demo', 'a@b.example', ...refused)).toEqual(refused);
  expect(await hits('staging', 'a@b.example')).toEqual(['a@b.example']);
});

test('a day is in the future only when it has begun nowhere on earth', async () => {
  const on = (day: string) => what({ [rows]: claim(`reviewedOn: ${day}`) });
  expect(await on('2026-11-03')).toEqual([]);
  expect(await on('2026-11-04')).toHaveLength(1);
});

test('a roll-up may be deep and may meet again, but never go round', async () => {
  const chain = Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => [`claims/isolation/c-${i}.md`, claim(`claims: [c-${i + 1}]`)]),
  );
  expect(await what({ ...chain, 'claims/isolation/c-300.md': claim() })).toEqual([]);
  const diamond = { 'claims/isolation/a.md': claim('claims: [b, c]'), 'claims/isolation/b.md': claim('claims: [d]') };
  const rest = { 'claims/isolation/c.md': claim('claims: [d]'), 'claims/isolation/d.md': claim() };
  expect(await what({ ...diamond, ...rest })).toEqual([]);
  expect(await what({ 'claims/isolation/a.md': claim('claims: [a]') })).toEqual([
    'ClaimCycle: this roll-up goes round in a circle: a → a. | remove one of these references.',
  ]);
});

test('ids inside a file are unique, and severities are those of the policy', async () => {
  const severity = '{ id: high, title: High, description: Bad. }';
  const clock = '{ id: a, title: A, starts: receipt, within: 1d, counts: calendar, severities: [hihg] }';
  const policy = `summary: S\nseverities: [${severity}, ${severity}]\nclocks: [${clock}]\n`;
  expect(await printed({ 'incident-policy.yaml': policy })).toMatchInlineSnapshot(`
    "
    error ContentDuplicateId: the severity id \`high\` is already used by line 2.
      content/incident-policy.yaml:2:66
      2 │ severities: [{ id: high, title: High, description: Bad. }, { id: high, title: High, description: Bad. }]
        │                                                                  ^^^^
      hint: rename one of the two.

    error ReferenceMissing: there is no severity \`hihg\`.
      content/incident-policy.yaml:3:89
      3 │ clocks: [{ id: a, title: A, starts: receipt, within: 1d, counts: calendar, severities: [hihg] }]
        │                                                                                         ^^^^
      hint: did you mean \`high\`?
    "
  `);
});
