import { hash } from 'node:crypto';
import { cp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { recordFiles } from '../../ledger/records/files.ts';
import { whole } from '../ledger/whole.ts';
import { makeCompany, run as runIn } from './company.ts';

const repository = join(import.meta.dirname, '..', '..');
const integration = JSON.stringify(join(repository, 'site', 'integration.ts'));
const files = recordFiles('store', 'import-rows');

let root = '';
const content = (path = '') => join(root, 'content', path);
const run = (argv: string[], environment: Record<string, string> = {}) =>
  runIn(root, argv, { now: '2026-11-03T11:00:00Z', environment });
const shown = (text: string) => text.replaceAll(root, '…').replace(/[0-9a-f]{16}/g, 'FINGERPRINT');

beforeAll(async () => {
  root = await makeCompany({
    'astro.config.mjs': `import candor from ${integration};\nexport default { integrations: [candor()] };\n`,
  });
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'), 'junction');
  process.chdir(root);
  await runIn(root, ['collect'], { now: '2026-11-03T09:00:00Z' });
  await cp(content(), join(root, 'older'), { recursive: true });
  await runIn(root, ['collect'], { now: '2026-11-03T10:00:00Z' });
  await runIn(root, ['release', '--reason', 'First.'], { now: '2026-11-03T10:30:00Z' });
  await cp(content(), join(root, 'sound'), { recursive: true });
  await cp(join(root, 'state'), join(root, 'sound-state'), { recursive: true });
});
afterAll(async () => {
  process.chdir(repository);
  await rm(root, { recursive: true, force: true });
});
beforeEach(async () => {
  for (const [from, to] of [
    ['sound', 'content'],
    ['sound-state', 'state'],
  ] as const) {
    await rm(join(root, to), { recursive: true, force: true });
    await cp(join(root, from), join(root, to), { recursive: true });
  }
});

const lose = (path: string) => rm(content(path), { recursive: true });
const retype = async (path: string, from: string, to: string) => {
  const text = await readFile(content(path), 'utf8');
  expect(text).toContain(from);
  await writeFile(content(path), text.replace(from, to));
};

/** The same company with a source that is no demonstration. */
async function asProduction(): Promise<void> {
  const demo = await readFile(content('organization.yaml'), 'utf8');
  await writeFile(content('organization.yaml'), demo.replaceAll('quill.example', 'quill.internal'));
  await retype('sources/store.yaml', 'environment: demo', 'environment: production');
  await rm(content('ledger'), { recursive: true });
  await rm(content('evidence'), { recursive: true });
  await run(['collect']);
}

/** What somebody does to the evidence, and the sentence that must name it. */
const damages: [what: string, () => Promise<void>, sentence: string][] = [
  [
    'a figure typed into the record',
    () => retype(files.record, '"rows":2', '"rows":3'),
    'its content does not match its id; somebody changed it.\n  content/evidence/store/import-rows.json',
  ],
  [
    'a field that evidence does not have',
    () => retype(files.record, '{', '{"green":true,'),
    'it does not have the shape of evidence; somebody changed it.\n  content/evidence/store/import-rows.json',
  ],
  [
    'the record gone',
    () => lose(files.record),
    'it is missing, though the log has it.\n  content/evidence/store/import-rows.json',
  ],
  [
    'its proof gone',
    () => lose(files.proof),
    'its proof is missing or does not lead to the log.\n  content/evidence/store/import-rows.tlog-proof',
  ],
  [
    'its signature gone',
    () => lose(files.bundle),
    'its signature is missing or is not of this record.\n  content/evidence/store/import-rows.sigstore.json',
  ],
  [
    'its heartbeat gone',
    () => lose(files.heartbeat),
    'the log holds another record that is newer.\n  content/evidence/store/import-rows.json',
  ],
  [
    'the proof of its heartbeat gone',
    () => lose(files.heartbeatProof),
    'its proof is missing or does not lead to the log.\n  content/evidence/store/import-rows.heartbeat.tlog-proof',
  ],
];

describe.each(damages)('%s', (_what, damage, sentence) => {
  test('check names it', async () => {
    await damage();
    const { code, err } = await run(['check']);
    expect(code).toBe(1);
    expect(err).toContain(`error EvidenceDamaged: this evidence record cannot be trusted: ${sentence}`);
  });

  test('no version is made of it', async () => {
    await damage();
    const { code, err } = await run(['release', '--reason', 'x']);
    expect(code).toBe(3);
    expect(err).toContain(sentence);
    expect(err).toContain('No version was made: it would be frozen with what cannot be trusted.');
    expect(await readdir(content('ledger/versions'))).toEqual(['1', 'assets']);
  });
});

describe('what hangs on the log', () => {
  const version = 'ledger/versions/1';
  const cases: [what: string, () => Promise<void>, problem: string][] = [
    [
      'a version typed over, its manifest with it',
      async () => {
        await retype(`${version}/trust.json`, '"percent":100', '"percent":99');
        const bytes = await readFile(content(`${version}/trust.json`));
        const manifest = JSON.parse(await readFile(content(`${version}/manifest.json`), 'utf8'));
        for (const file of manifest.files) if (file.path === '1/trust.json') file.digest = hash('sha256', bytes);
        await writeFile(content(`${version}/manifest.json`), JSON.stringify(manifest));
      },
      `${version}/manifest.json: it is not version 1 as it was logged (entry 4).`,
    ],
    [
      'a page of a version',
      () => retype(`${version}/index.html`, 'verified', 'perfect'),
      `${version}/index.html: it is not the file that version 1 was published with.`,
    ],
    ['a version gone', () => lose(version), `${version}/manifest.json: it is missing; the log has version 1.`],
    [
      'all versions gone',
      () => lose('ledger/versions'),
      `${version}/manifest.json: it is missing; the log has version 1.`,
    ],
    [
      'the signature of a version gone',
      () => lose(`${version}/manifest.sigstore.json`),
      `${version}/manifest.sigstore.json: it is missing; the proof needs it, and the manifest does not name it.`,
    ],
    [
      'a tile that nobody needs',
      () => writeFile(content('ledger/log/tile/0/007'), 'x'),
      'ledger/log/tile/0/007: it is a file that the log does not have.',
    ],
  ];
  test.each(cases)('%s: check, release, diff and build refuse it', async (_what, damage, problem) => {
    await damage();
    await rm(join(root, 'dist'), { recursive: true, force: true });
    const sentence = `error LedgerDamaged: the log cannot be trusted: ${problem}`;
    const checked = await run(['check']);
    expect(checked.err).toContain(sentence);
    expect(checked.code).toBe(1);
    for (const argv of [['release', '--reason', 'x'], ['release', 'diff', '1', '1'], ['build']]) {
      const { code, err } = await run(argv);
      expect({ argv, code }).toEqual({ argv, code: 3 });
      expect(err).toContain(sentence);
    }
    expect(await readdir(root)).not.toContain('dist');
  });

  test.each(['pem', 'vkey', 'tlog-proof'])('a key without its .%s', async (kind) => {
    const names = await readdir(content('ledger/keys'));
    const name = names.find((each) => each.endsWith(`.${kind}`)) ?? '';
    await lose(`ledger/keys/${name}`);
    const { code, err } = await run(['check']);
    expect(code).toBe(1);
    expect(err).toContain(`ledger/keys/${name}: it is missing; the log has this key.`);
  });

  test('the log gone: check and build say so, and not that there is none yet', async () => {
    await lose('ledger');
    const { code, err } = await run(['check']);
    expect(code).toBe(1);
    expect(err).toContain(
      'error LedgerMissing: content/evidence/ holds 1 record, but the log that signed it is not there.',
    );
    const built = await run(['build']);
    expect(built.code).toBe(3);
    expect(built.err).toContain('error LedgerMissing');
  });

  test('a source that is gone with its record ends in the log, and the page holds again', async () => {
    const file = content('sources/store.yaml');
    await writeFile(content('sources/other.yaml'), await readFile(file, 'utf8'));
    await runIn(root, ['collect'], { now: '2026-11-03T11:30:00Z' });
    await rm(content('sources/other.yaml'));
    await lose('evidence/other');
    const { code, err } = await run(['check']);
    expect(code).toBe(1);
    expect(err).toContain('it is missing, though the log has it.\n  content/evidence/other/import-rows.json');
    const collected = await runIn(root, ['collect'], { now: '2026-11-03T12:00:00Z' });
    expect(collected.err).toContain(
      'other/import-rows is no longer declared; its record has ended, and the log says so.',
    );
    expect((await run(['check'])).code).toBe(0);
  });
});

describe('build', () => {
  test('remembers what it signed: an older copy put back later is not signed over, on a machine that only built', async () => {
    const environment = { CANDOR_STATE: join(root, 'builder') };
    expect((await run(['build'], environment)).code).toBe(0);
    await rm(content(), { recursive: true });
    await cp(join(root, 'older'), content(), { recursive: true });
    for (const argv of [['build'], ['collect'], ['release', '--reason', 'x']]) {
      const { code, err } = await run(argv, environment);
      expect(code).toBe(3);
      expect(err).toContain('error LedgerBehind');
    }
  });

  test('with a clock that is behind the log signs nothing', async () => {
    vi.stubEnv('SOURCE_DATE_EPOCH', String(Date.parse('2026-11-02T09:00:00Z') / 1000));
    const { code, err } = await run(['build']);
    vi.unstubAllEnvs();
    expect({ code, err }).toMatchInlineSnapshot(`
      {
        "code": 3,
        "err": "error LedgerClockBehind: the clock says 2026-11-02T09:00:00.000Z, but the newest entry of the log is from 2026-11-03T09:00:00.000Z.
        hint: set this machine’s clock right.
      ",
      }
    `);
  });

  test('stopped by Ctrl-C leaves the page that was there', async () => {
    await run(['build']);
    const before = await stat(join(root, 'dist/index.html'));
    const abort = new AbortController();
    abort.abort();
    expect((await runIn(root, ['build'], { signal: abort.signal })).code).toBe(130);
    expect((await stat(join(root, 'dist/index.html'))).mtimeMs).toBe(before.mtimeMs);
  });

  test('in production is signed, or is not at all', async () => {
    await asProduction();
    const { code, err } = await run(['build', '--production'], { CANDOR_KEYS: '' });
    expect(code).toBe(3);
    expect(err).toContain('Nothing was built: a page in production is signed, and no keys are set.');
  });

  test('nothing wrong: not a word about evidence', async () => {
    expect(await run(['build'])).toMatchObject({ code: 0, err: '' });
  });

  test('damaged evidence is named, and no claim counts on it', async () => {
    await lose(files.bundle);
    const { code, out, err } = await run(['build']);
    expect(code).toBe(0);
    expect(out).toMatch(/^Built .*: 0 of 1 in-place claims verified/);
    expect(err).toMatchInlineSnapshot(`
      "error EvidenceDamaged: this evidence record cannot be trusted: its signature is missing or is not of this record.
        content/evidence/store/import-rows.sigstore.json
        hint: restore it and the files beside it (.tlog-proof, .sigstore.json, .heartbeat.*) from version control, or with \`candor verify URL --save DIR\`; or move them all away and collect anew: the log keeps what was there before.

      "
    `);
  });

  test('in production nothing is built over it', async () => {
    await asProduction();
    await lose(files.proof);
    await rm(join(root, 'dist'), { recursive: true, force: true });
    const { code, err } = await run(['build', '--production']);
    expect(code).toBe(3);
    expect(err).toContain('error EvidenceDamaged');
    expect(err).toContain('Nothing was built: nobody could prove a page that shows what cannot be trusted.');
    expect(await readdir(root)).not.toContain('dist');
  });

  test('a lost record says so on the page, and not that nobody ever looked', async () => {
    await lose(files.record);
    await run(['build']);
    const page = await readFile(join(root, 'dist/claims/rows/index.html'), 'utf8');
    expect(page).toContain('it is missing, though the log has it.');
    expect(page).not.toContain('Never collected');
  });

  test('an older copy is not signed over, by what this machine remembers', async () => {
    await rm(content(), { recursive: true });
    await cp(join(root, 'older'), content(), { recursive: true });
    await rm(join(root, 'dist'), { recursive: true, force: true });
    const { code, err } = await run(['build']);
    expect(code).toBe(3);
    expect(shown(err)).toMatchInlineSnapshot(`
      "error LedgerBehind: this is an older copy of the log: it has 3 entries, but 5 were signed before (…/state/trust.quill.example_log-FINGERPRINT.signed).
        hint: get the newest content/ledger/ and content/evidence/ together: \`git pull\`, or \`candor verify URL --save content\`. Is there none any more? Move both aside, begin a new log with new keys, and say so in an update.
      "
    `);
    expect(await readdir(root)).not.toContain('dist');
  });

  test('an older copy is not signed over, by what is published', async () => {
    const note = await readFile(content('ledger/log/checkpoint'));
    const server = createServer((_request, response) => response.end(note)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    await rm(content(), { recursive: true });
    await cp(join(root, 'older'), content(), { recursive: true });
    const { code, err } = await run(['build'], {
      CANDOR_STATE: join(root, 'elsewhere'),
      CANDOR_PUBLISHED: `http://127.0.0.1:${port}`,
    });
    server.close();
    expect(code).toBe(3);
    expect(err).toContain(`but 5 were signed before (http://127.0.0.1:${port}/log/checkpoint)`);
  });

  test('a log that lost its checkpoint builds nothing', async () => {
    await lose('ledger/log/checkpoint');
    const { code, err } = await run(['build']);
    expect(code).toBe(3);
    expect(err).toContain('error LedgerDamaged: the log cannot be trusted: ledger/log/checkpoint: it is missing.');
  });

  test('without a log the page is not signed, and it says why', async () => {
    await lose('ledger');
    await lose('evidence');
    await rm(join(root, 'state'), { recursive: true });
    expect(await run(['build'])).toMatchObject({
      code: 0,
      err: 'The site is not signed: there is no log yet, `candor collect` begins it. `candor verify` will say so; `candor keys` tells more.\n',
    });
  });
});

describe('a log that is gone, on a machine that does not remember it', () => {
  test.each([
    ['collect', ['collect']],
    ['release', ['release', '--reason', 'x']],
    ['keys', ['keys']],
  ])('%s does not begin another one beside its records', async (_title, argv) => {
    await lose('ledger');
    const before = await readdir(content(), { recursive: true });
    const { code, err } = await run(argv, { CANDOR_STATE: join(root, 'elsewhere') });
    expect(code).toBe(3);
    expect(err).toMatchInlineSnapshot(`
      "error LedgerMissing: content/evidence/ holds 1 record, but the log that signed it is not there.
        hint: restore content/ledger/ from version control, or with \`candor verify URL --save DIR\`; is it lost for good? Move content/evidence/ aside, begin a new log with new keys, and say so in an update.
      "
    `);
    expect(await readdir(content(), { recursive: true })).toEqual(before);
  });

  test('keys with a memory says that it is behind, not that there never was one', async () => {
    await lose('ledger');
    await lose('evidence');
    const { code, err } = await run(['keys']);
    expect(code).toBe(3);
    expect(err).toContain('error LedgerBehind: this is an older copy of the log: it has 0 entries, but 5 were signed');
  });
});

test('what was moved away is collected anew', async () => {
  for (const file of Object.values(files)) await lose(file);
  expect((await run(['check'])).code).toBe(1);
  expect((await runIn(root, ['collect'], { now: '2026-11-03T13:00:00Z' })).code).toBe(0);
  expect((await run(['check'])).code).toBe(0);
  expect((await whole(content())).size).toBe(6);
});
