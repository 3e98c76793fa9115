import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { leafHash } from '../../ledger/log/merkle.ts';
import { readEvidence } from '../../ledger/records/store.ts';
import { Evidence } from '../../schemas/index.ts';
import { makeCompany, run, SECRET } from './company.ts';

let root = '';
beforeEach(async () => {
  root = await makeCompany();
});
afterEach(() => rm(root, { recursive: true, force: true }));

const store = (rows: unknown) =>
  writeFile(join(root, 'store.json'), typeof rows === 'string' ? rows : JSON.stringify(rows));
const recordFile = () => join(root, 'content/evidence/store/import-rows.json');
const recorded = async () => Evidence.parse(JSON.parse(await readFile(recordFile(), 'utf8')));

describe('what was seen is recorded, with its exit code', () => {
  test('all passed: 0', async () => {
    const { code, err } = await run(root, ['collect']);
    expect(code).toBe(0);
    expect(err).toMatchInlineSnapshot(`
      "  store/import-rows  checks: 1 passed
      "
    `);
    expect(await recorded()).toMatchObject({ counts: { passed: 2 }, facts: { rows: 2 }, environment: 'demo' });
  });

  test('failed: 0, because it was done; 1 when asked to fail on it', async () => {
    await store([{ owner: 'a' }, {}]);
    expect((await run(root, ['collect'])).err).toMatchInlineSnapshot(`
      "  store/import-rows  checks: 1 failed
          failed rows-have-an-owner: row 2: It names no owner.
      "
    `);
    expect((await run(root, ['collect', '--fail-on', 'failed,error'])).code).toBe(1);
    expect((await run(root, ['collect', '--fail-on', 'error'])).code).toBe(0);
  });

  test('a failure that an exception accepts does not fail the run, until the exception has run out', async () => {
    await store([{ owner: 'a' }, {}]);
    const exception = [
      'evidence: store/import-rows#rows-have-an-owner',
      'subjects: [row 2]',
      'owner: lead',
      'reason: Known.',
      'acceptedOn: 2026-11-01',
      'expiresOn: 2026-11-10',
    ].join('\n');
    await mkdir(join(root, 'content/exceptions'));
    await mkdir(join(root, 'content/roles'));
    await writeFile(join(root, 'content/exceptions/row-two.yaml'), exception);
    await writeFile(
      join(root, 'content/roles/lead.yaml'),
      'title: Lead\nkind: company\ndescription: Answers for it.\n',
    );
    const failOn = ['collect', '--fail-on', 'failed'];
    expect((await run(root, failOn)).code).toBe(0);
    await store([{ owner: 'a' }, {}, {}]);
    expect((await run(root, failOn)).code).toBe(1);
    await store([{ owner: 'a' }, {}]);
    expect((await run(root, failOn, { now: '2026-11-11T00:00:00Z' })).code).toBe(1);
  });

  test('nothing could be read: 3, and the earlier look keeps its date', async () => {
    await run(root, ['collect']);
    await rm(join(root, 'store.json'));
    const { code, err } = await run(root, ['collect'], { now: '2026-11-04T09:00:00Z' });
    expect(code).toBe(3);
    expect(err).toMatchInlineSnapshot(`
      "  store/import-rows  could not be read: The file cannot be read.
      "
    `);
    const [check] = (await recorded()).checks;
    expect(check).toMatchObject({
      outcome: 'error',
      observedAt: '2026-11-03T09:00:00.000Z',
      validUntil: '2026-11-05T09:00:00.000Z',
    });
  });

  test('an empty population does not pass', async () => {
    await store([]);
    await run(root, ['collect']);
    expect((await recorded()).checks[0]).toMatchObject({
      outcome: 'inconclusive',
      reason: 'There was nothing to judge: the population is empty.',
    });
  });

  test('a partial look does not pass', async () => {
    await store([{ owner: 'a', partial: true }]);
    await run(root, ['collect']);
    expect((await recorded()).checks[0]).toMatchObject({ outcome: 'inconclusive' });
  });

  test('records follow one another', async () => {
    await run(root, ['collect']);
    const first = leafHash(await readFile(recordFile())).toString('hex');
    await store([{ owner: 'a' }, { owner: 'b' }, { owner: 'c' }]);
    await run(root, ['collect']);
    // The first two entries are the keys.
    expect((await recorded()).previous).toEqual({ index: 2, digest: first });
  });

  test('a run that changed nothing leaves the record as it is, and a heartbeat beside it', async () => {
    await run(root, ['collect']);
    const before = await readFile(recordFile(), 'utf8');
    await run(root, ['collect'], { now: '2026-11-04T09:00:00Z' });
    expect(await readFile(recordFile(), 'utf8')).toBe(before);
    const { evidence } = await readEvidence(join(root, 'content'));
    expect(evidence).toMatchObject([
      { collectedAt: '2026-11-04T09:00:00.000Z', validUntil: '2026-11-06T09:00:00.000Z' },
    ]);
  });

  test('--json prints the results on stdout', async () => {
    const { out } = await run(root, ['collect', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      results: [{ source: 'store', collector: 'import-rows', readable: true, counts: { passed: 2 } }],
    });
  });
});

describe('nothing private leaves', () => {
  test.each([
    ['a bug that quotes the password in its message', 'bug'],
    ['a reason that quotes the password', [{ owner: 'a', reason: `found ${SECRET}` }]],
    ['a fact that is not on the allow-list', [{ owner: 'a', facts: { dump: 'row-canary' } }]],
    ['a check that was never declared', [{ owner: 'a', check: 'made-up' }]],
  ])('%s', async (_title, rows) => {
    await store(rows);
    const { code, err, out } = await run(root, ['collect']);
    const text = await readFile(recordFile(), 'utf8');
    for (const written of [text, err, out]) {
      expect(written).not.toContain(SECRET);
      expect(written).not.toContain('row-canary');
      expect(written).not.toContain('row 17');
    }
    expect(code).toBe(3);
    expect((await recorded()).checks[0]).toMatchObject({ outcome: 'error', observedAt: null });
  });
});

describe('what is recorded is never damaged', () => {
  test('a record that was changed by hand is not written over', async () => {
    await run(root, ['collect']);
    const green = (await readFile(recordFile(), 'utf8')).replaceAll('It names its owner.', 'It is fine.');
    await writeFile(recordFile(), green);
    const { code, err } = await run(root, ['collect']);
    expect(code).toBe(3);
    expect(err).toMatchInlineSnapshot(`
      "  store/import-rows  not recorded: this evidence record cannot be trusted: its content does not match its id; somebody changed it.
          restore it and the files beside it (.tlog-proof, .sigstore.json, .heartbeat.*) from version control, or with \`candor verify URL --save DIR\`; or move them all away and collect anew: the log keeps what was there before.
      "
    `);
    expect(await readFile(recordFile(), 'utf8')).toBe(green);
  });

  test('Ctrl-C leaves the record as it was', async () => {
    await run(root, ['collect']);
    const before = await recorded();
    await store('hang');
    const abort = new AbortController();
    const running = run(root, ['collect'], { signal: abort.signal });
    setTimeout(() => abort.abort(), 300);
    expect((await running).code).toBe(130);
    expect(await recorded()).toEqual(before);
  });
});

describe('wrong usage', () => {
  test.each([
    ['a source that is not declared', ['collect', 'stor']],
    ['a collector that the source does not collect', ['collect', 'store/tls-probe']],
    ['an outcome that does not exist', ['collect', '--fail-on', 'broken']],
    ['an option that does not exist', ['collect', '--force']],
    ['a command that does not exist', ['colect']],
  ])('%s', async (_title, argv) => {
    const { code, err } = await run(root, argv);
    expect(code).toBe(2);
    expect(err).toMatchSnapshot();
  });

  test('a variable that is not set', async () => {
    const { code, err } = await run(root, ['collect'], { environment: { STORE_FILE: '' } });
    expect(code).toBe(3);
    expect(err).toContain('the environment variable STORE_FILE is not set; the source `store` needs it.');
  });

  test('content that is not valid is not collected', async () => {
    await writeFile(join(root, 'content/sources/store.yaml'), 'kind: postgress\n');
    const { code, err } = await run(root, ['collect']);
    expect(code).toBe(2);
    expect(err).toContain('error Content');
  });
});
