import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMessage, generateKey, readCleartextMessage, readKey, readSignature, verify } from 'openpgp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readRelease } from '../../ledger/releases/store.ts';
import { makeCompany, run as runIn } from './company.ts';

const repository = join(import.meta.dirname, '..', '..');
const integration = JSON.stringify(join(repository, 'site', 'integration.ts'));
const config = `import candor from ${integration};\nexport default { integrations: [candor()] };\n`;

let root = '';
/** Instead of those of the company, once they were rotated. */
let keys: Record<string, string> = {};
beforeAll(async () => {
  root = await makeCompany({ 'astro.config.mjs': config });
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'), 'junction');
  // As the command runs: elsewhere Astro builds in one folder each time, whose modules Node loads once a process.
  process.chdir(root);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  process.chdir(repository);
  await rm(root, { recursive: true, force: true });
  await rm(`${root}-keys.pem`, { force: true });
});

const run = (argv: string[], now = '2026-11-03T10:00:00Z', environment: Record<string, string> = {}) =>
  runIn(root, argv, { now, environment: { ...keys, ...environment } });
const disclosure = `contacts: [security@quill.example]
expiresOn: 2027-10-31
languages: [en]
scope: [All]
safeHarbor: Yes.
clocks: [{ id: a, title: A, starts: receipt, within: 72h, counts: calendar }]
credit: opt-in
bounty: { kind: none }
products: [{ name: Quill }]
`;
const advisory = `---
title: Drafts were shown
publishedAt: 2026-11-18T10:00:00Z
summary: It was wrong.
impact: Titles.
solution: Update.
cvss: CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N
affected: [{ product: Quill, versions: [{ introduced: "1.0", fixed: "1.1" }] }]
---
`;

/** The document and security.txt have signatures that hold, and the metadata names the key, which lies beside. */
async function expectSigned(wellKnown: string, armoredKey: string): Promise<void> {
  const bytesOf = (path: string) => readFile(join(wellKnown, path));
  const textOf = (path: string) => readFile(join(wellKnown, path), 'utf8');
  const verificationKeys = await readKey({ armoredKey });
  const document = 'csaf/white/2026/quill-2026-001.json';
  const signature = await readSignature({ armoredSignature: await textOf(`${document}.asc`) });
  const message = await createMessage({ binary: await bytesOf(document) });
  const date = new Date('2026-11-20T00:00:00Z');
  await verify({ message, signature, verificationKeys, date, expectSigned: true });
  const cleartextMessage = await textOf('security.txt');
  expect(cleartextMessage).toContain('\nCSAF: https://trust.quill.example/.well-known/csaf/provider-metadata.json\n');
  await verify({
    message: await readCleartextMessage({ cleartextMessage }),
    verificationKeys,
    date,
    expectSigned: true,
  });
  const fingerprint = verificationKeys.getFingerprint().toUpperCase();
  const url = `https://trust.quill.example/.well-known/csaf/openpgp/${fingerprint}.asc`;
  expect(JSON.parse(await textOf('csaf/provider-metadata.json'))).toMatchObject({
    role: 'csaf_trusted_provider',
    public_openpgp_keys: [{ fingerprint, url }],
  });
  expect((await readKey({ armoredKey: await textOf(`csaf/openpgp/${fingerprint}.asc`) })).isPrivate()).toBe(false);
}

const read = (path: string) => readFile(join(root, 'content/ledger', path), 'utf8');

describe('what stops it', () => {
  test.each([
    ['no reason', ['release']],
    ['a reason that says nothing', ['release', '--reason', '']],
    ['a validity that is none', ['release', '--reason', 'x', '--valid-for', 'long']],
    ['a validity of nothing', ['release', '--reason', 'x', '--valid-for', '0d']],
    ['a validity beyond any calendar', ['release', '--reason', 'x', '--valid-for', '999999w']],
    ['one version to compare', ['release', 'diff', '1']],
    ['another action', ['release', 'undo', '1', '2']],
    ['a version that is not there', ['release', 'diff', '1', '2']],
  ])('%s', async (_title, argv) => {
    const { code, err } = await run(argv);
    expect(code).toBe(2);
    expect(err).toMatchSnapshot();
  });

  test('a demonstration in production', async () => {
    const { code, err } = await run(['release', '--reason', 'x', '--production']);
    expect(code).toBe(1);
    expect(err).toContain('error BuildDemoInProduction: the source `store` is a demonstration');
  });

  test('no keys', async () => {
    const { code, err } = await run(['release', '--reason', 'x'], undefined, { CANDOR_KEYS: '' });
    expect(code).toBe(2);
    expect(err).toContain('error KeysMissing');
  });

  test('content that is not valid', async () => {
    const file = join(root, 'content/sources/store.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, 'kind: postgress\n');
    const { code, err } = await run(['release', '--reason', 'x']);
    await writeFile(file, text);
    expect(code).toBe(2);
    expect(err).toContain('error Content');
  });

  test('left nothing behind', async () => {
    await expect(stat(join(root, 'content/ledger'))).rejects.toThrow('ENOENT');
  });
});

test('from the first version to the fourth: what each says, shows and changed, as a stranger proves it', async () => {
  const claim = join(root, 'content/claims/isolation/rows.mdx');
  const text = await readFile(claim, 'utf8');
  await run(['collect'], '2026-11-03T09:00:00Z');

  const first = await run(['release', '--reason', 'We begin.']);
  expect(first).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "",
      "out": "Version 1: 1 of 1 in-place claims verified and fresh (100 %); valid until 2026-12-03T10:00:00.000Z.
    ",
    }
  `);

  await run(['collect'], '2026-11-04T09:00:00Z');
  const same = await run(['release', '--reason', 'Scheduled', '--if-changed'], '2026-11-04T10:00:00Z');
  expect(same).toMatchInlineSnapshot(`
    {
      "code": 0,
      "err": "",
      "out": "Nothing changed since version 1, which is valid until 2026-12-03T10:00:00.000Z.
    ",
    }
  `);
  const json = await run(['release', '--reason', 'Scheduled', '--if-changed', '--json'], '2026-11-04T10:00:00Z');
  expect(JSON.parse(json.out)).toEqual({ released: false, number: 1, expiresAt: '2026-12-03T10:00:00.000Z' });

  // More than half of its validity is over.
  await run(['collect'], '2026-11-19T09:00:00Z');
  const renewed = await run(['release', '--reason', 'Scheduled', '--if-changed'], '2026-11-19T10:00:00Z');
  expect(renewed.out).toMatchInlineSnapshot(`
    "Version 2: 1 of 1 in-place claims verified and fresh (100 %), 0 changes since version 1; valid until 2026-12-19T10:00:00.000Z.
    "
  `);

  const file = `${root}-keys.pem`;
  const rotated = await run(['keys', 'rotate', file, '--overlap', '90m'], '2026-11-19T10:30:00Z');
  keys = { CANDOR_KEYS: '', CANDOR_KEYS_FILE: file };
  expect(rotated).toMatchObject({ code: 0, err: '' });

  await writeFile(claim, text.replace('Each row belongs', 'Every row belongs'));
  const reworded = await run(
    ['release', '--reason', 'Better words', '--if-changed', '--json', '--valid-for', '7d'],
    '2026-11-19T11:00:00Z',
  );
  expect(JSON.parse(reworded.out)).toEqual({
    released: true,
    number: 3,
    coverage: { inPlace: 1, verified: 1, percent: 100 },
    changes: 1,
    expiresAt: '2026-11-26T11:00:00.000Z',
  });

  await writeFile(join(root, 'store.json'), JSON.stringify([{ owner: 'a' }, {}]));
  await run(['collect'], '2026-11-19T12:00:00Z');
  const failing = await run(['release', '--reason', 'A row lost its owner'], '2026-11-19T13:00:00Z');
  expect(failing.out).toMatchInlineSnapshot(`
    "Version 4: 0 of 1 in-place claims verified and fresh (0 %), 1 change since version 3; valid until 2026-12-19T13:00:00.000Z.
    "
  `);

  expect((await run(['release', 'diff', '1', '4'])).out).toMatchInlineSnapshot(`
    "Coverage was 100 % and is 0 %.
    Claim “Every row belongs to one tenant” was Verified and is Failing.
    "
  `);
  expect((await run(['release', 'diff', '4', '1'])).out).toMatchInlineSnapshot(`
    "Coverage was 0 % and is 100 %.
    Claim “Each row belongs to one tenant” was Failing and is Verified.
    "
  `);
  expect((await run(['release', 'diff', '2', '2'])).out).toMatchInlineSnapshot(`
    "Coverage stayed at 100 %.
    No claim, subprocessor or document changed.
    "
  `);
  expect(JSON.parse((await run(['release', 'diff', '3', '4', '--json'])).out)).toEqual(
    JSON.parse(await read('versions/4/changes.json')),
  );
  expect((await run(['release', 'diff', '3', '5'])).err).toContain('hint: there are versions 1 to 4.');

  const { release, contents } = await readRelease(join(root, 'content'), 4);
  expect(release).toMatchObject({ reason: 'A row lost its owner', demo: true, states: { failing: 1, verified: 0 } });
  expect(contents.content.map(({ path }) => path)).toEqual([
    'claims/isolation/rows.mdx',
    'organization.yaml',
    'sections/isolation.yaml',
    'sources/store.yaml',
  ]);
  expect(release.files.map(({ path }) => path.replace(/assets\/.*\.css$/, 'assets/….css'))).toEqual(
    expect.arrayContaining([
      '4/changes.json',
      '4/changes/index.html',
      '4/contents.json',
      '4/index.html',
      '4/trust.json',
      'assets/….css',
    ]),
  );
  for (const { path } of release.files) expect(await read(`versions/${path}`), path).not.toBe('');
  expect(await read('versions/1/index.html')).toContain('Each row belongs');
  expect(await read('versions/4/index.html')).toContain('Every row belongs');
  expect(await readdir(join(root, '.candor'))).toEqual([]);

  vi.stubEnv('SOURCE_DATE_EPOCH', String(Date.parse('2026-11-19T13:00:00Z') / 1000));
  // With an advisory, which somebody else's key signs.
  await mkdir(join(root, 'content/advisories'));
  await writeFile(join(root, 'content/disclosure.yaml'), disclosure);
  await writeFile(join(root, 'content/advisories/quill-2026-001.mdx'), advisory);
  const { privateKey, publicKey } = await generateKey({ userIDs: [{ name: 'Quill' }], date: new Date('2026-01-01') });
  const built = await run(['build'], '2026-11-19T13:00:00Z', { CANDOR_OPENPGP_KEY: privateKey });
  expect(built).toMatchObject({ code: 0, err: '' });
  await expectSigned(join(root, 'dist/.well-known'), publicKey);
  const verified = await run(['verify', 'dist'], '2026-11-19T13:00:00Z');
  expect(verified).toMatchObject({ code: 0, err: '' });
  expect(verified.out).toContain(
    'All versions are published as they were logged; version 4 is valid until 2026-12-19T13:00:00.000Z.',
  );
  // The keys that were rotated in between are named with those before.
  expect(verified.out.match(/[0-9a-f]{16}/g)?.length).toBeGreaterThanOrEqual(4);
  const later = await run(['verify', 'dist'], '2026-11-27T13:00:00Z');
  expect(later.code).toBe(1);
  expect(later.err).toContain('expired');
});
