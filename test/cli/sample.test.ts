import { spawnSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { quicknet } from '../../posture/sampling/beacon.ts';
import { ROUND, ROUND_AT, roundSeed, rounds } from '../collectors/sampling/rounds.ts';
import { KEYS, makeCompany, run } from './company.ts';

const BEFORE = new Date(ROUND_AT - 3_600_000).toISOString();
const AFTER = new Date(ROUND_AT + 60_000).toISOString();
const name = 'ledger-export/import-sample';

const source = (seed: string) => `kind: import
title: Exported changes
environment: demo
connection: { file: $CHANGES_FILE }
collect:
  import-sample:
    expect:
      population:
        what: Changes that were closed
        key: id
        order: number
        at: closed_at
        window: { from: 2026-07-01, until: 2026-09-01 }
      attributes:
        approved-by-somebody-else:
          title: Somebody else approved it
          test: { field: approver, differsFrom: author }
      seed: ${seed}
`;
const rows = (count: number) =>
  `id,author,approver,closed_at\n${Array.from({ length: count }, (_, i) => `${i + 1},ada-canary,bob-canary,2026-08-01\n`).join('')}`;

let root: string;
beforeEach(async () => {
  root = await company('{ auditor: true }');
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function company(seed: string): Promise<string> {
  return makeCompany({ 'content/sources/ledger-export.yaml': source(seed), 'changes.csv': rows(100) });
}

/** Runs `candor sample …` at a moment. */
function sample(words: string[], now = BEFORE, environment: Record<string, string | undefined> = {}) {
  return run(root, ['sample', ...words], {
    now,
    environment: { CHANGES_FILE: join(root, 'changes.csv'), ...environment },
  });
}

/** Roots and digests are new each time. */
const told = ({ code, out, err }: Awaited<ReturnType<typeof sample>>) =>
  `${code}\n${out}${err}`.replace(/[0-9a-f]{64}/g, '…').replaceAll(root, '');

test('a sample whose seed the auditor hands over, from the commitment to the result', async () => {
  expect(told(await sample([]))).toMatchInlineSnapshot(`
    "0
    There is no sample yet; \`candor sample commit SOURCE/COLLECTOR\` makes one.
    "
  `);
  expect(told(await sample(['commit', name]))).toMatchInlineSnapshot(`
    "0
    Sample 1 is committed to: 100 items, root ….
    To be drawn: 45, enough for 95 % confidence that fewer than 5 % deviate, if none of them does.
    Seed: the auditor’s. When they have handed it over: candor sample draw 1 --seed TEXT
    The result is promised until 1 Oct 2026, 14:23 UTC; after that the claims that rest on it fail.
    "
  `);
  expect(told(await sample([]))).toMatchInlineSnapshot(`
    "0
    1  ledger-export/import-sample  45 of 100  waits for its draw until 2026-10-01T14:23:39.000Z
    "
  `);
  expect(told(await sample(['draw', '1']))).toMatchInlineSnapshot(`
    "2
    error SampleSeedMissing: sample 1 needs the seed that the auditor hands over.
      hint: give it as they wrote it: --seed TEXT.
    "
  `);
  expect(told(await sample(['draw', '1', '--seed', '6175 2093 8812 4410'], AFTER))).toMatchInlineSnapshot(`
    "0
    Sample 1 is drawn: 45 of 100 items, the same that were committed to.
      approved-by-somebody-else: 0 of 45 deviate, at most 4 of 100 (4 %): tolerable
    With 95 % confidence; tolerable is 5 %.
    "
  `);
  expect(told(await sample([], AFTER))).toMatchInlineSnapshot(`
    "0
    1  ledger-export/import-sample  45 of 100  drawn at 2026-09-17T15:24:39.000Z: 0 of 45 deviate
    "
  `);
});

test('a sample is drawn once: no other seed, and not the same one again', async () => {
  await sample(['commit', name]);
  await sample(['draw', '1', '--seed', 'the first seed']);
  expect(told(await sample(['draw', '1', '--seed', 'a luckier seed'], AFTER))).toMatchInlineSnapshot(`
    "1
    error SampleDrawnBefore: sample 1 was drawn at 2026-09-17T14:23:39.000Z, and a sample is drawn once.
      hint: its result is in the log for good; a new commitment would be shown as a further attempt.
    "
  `);
  expect((await sample(['draw', '1', '--seed', 'the first seed'])).code).toBe(1);
});

test('a second commitment to the same period says which attempt it is', async () => {
  await sample(['commit', name]);
  expect(told(await sample(['commit', name], AFTER))).toMatchInlineSnapshot(`
    "0
    Sample 2 is committed to: 100 items, root ….
    To be drawn: 45, enough for 95 % confidence that fewer than 5 % deviate, if none of them does.
    Seed: the auditor’s. When they have handed it over: candor sample draw 2 --seed TEXT
    This is attempt 2 at this period; all of them are shown.
    The result is promised until 1 Oct 2026, 15:24 UTC; after that the claims that rest on it fail.
    "
  `);
  expect(told(await sample([], '2026-12-01T00:00:00Z'))).toMatchInlineSnapshot(`
    "0
    1  ledger-export/import-sample  45 of 100  OVERDUE since 2026-10-01T14:23:39.000Z
    2  ledger-export/import-sample  45 of 100, attempt 2 at this period  OVERDUE since 2026-10-01T15:24:39.000Z
    "
  `);
});

test('--json gives the published entries', async () => {
  const committed = JSON.parse((await sample(['commit', name, '--json'])).out);
  expect(committed.commitment).toEqual(
    JSON.parse(await readFile(join(root, 'content/ledger/audit-samples/1/commitment.json'), 'utf8')),
  );
  const drawn = JSON.parse((await sample(['draw', '1', '--seed', 'the seed', '--json'])).out);
  expect(drawn.draw).toEqual(
    JSON.parse(await readFile(join(root, 'content/ledger/audit-samples/1/draw.json'), 'utf8')),
  );
  expect(JSON.parse((await sample(['--json'])).out).samples).toEqual([drawn]);
});

describe('what the auditor is given', () => {
  test('the salt of one sample, which is another for each, and the ids in their order', async () => {
    await sample(['commit', name]);
    await sample(['commit', name]);
    const first = await sample(['salt', '1']);
    expect(first.out).toMatch(/^[0-9a-f]{64}\n$/);
    expect((await sample(['salt', '1'])).out).toBe(first.out);
    expect((await sample(['salt', '2'])).out).not.toBe(first.out);
    expect(first.err).toMatchInlineSnapshot(`
      "For the auditor alone: with it, guesses of the ids of this sample can be confirmed. Others stay secret.
      "
    `);
    const ids = await sample(['ids', '1']);
    expect(ids.out).toBe(Array.from({ length: 100 }, (_, i) => `${i + 1}\n`).join(''));
    expect(ids.err).toMatchInlineSnapshot(`
      "For the auditor alone: the ids of the population as it is now, in the order of their key.
      "
    `);
  });

  test('whoever reads the ids may stop, without a word of it', async () => {
    await writeFile(join(root, 'changes.csv'), rows(30_000));
    await sample(['commit', name]);
    const bin = join(import.meta.dirname, '..', '..', 'cli', 'bin.ts');
    const { stdout, stderr } = spawnSync('sh', ['-c', '"$0" "$1" sample ids 1 | head -n 2', process.execPath, bin], {
      cwd: root,
      env: { ...process.env, CHANGES_FILE: join(root, 'changes.csv'), STORE_FILE: '-', STORE_PASSWORD: '-' },
      encoding: 'utf8',
    });
    expect(stdout).toBe('1\n2\n');
    expect(stderr).toBe('For the auditor alone: the ids of the population as it is now, in the order of their key.\n');
  });

  test('a list that is cut off is no success', async () => {
    await sample(['commit', name]);
    const stopped = await run(root, ['sample', 'ids', '1'], {
      now: BEFORE,
      environment: { CHANGES_FILE: join(root, 'changes.csv') },
      signal: AbortSignal.abort(),
    });
    expect({ code: stopped.code, out: stopped.out }).toEqual({ code: 130, out: '' });
  });

  test('not without the key that it is derived from', async () => {
    await sample(['commit', name]);
    const { makeKeys } = await import('../../ledger/keys/private.ts');
    expect(told(await sample(['salt', '1'], BEFORE, { CANDOR_KEYS: makeKeys() }))).toMatchInlineSnapshot(`
      "2
      error SampleSaltLost: the salt of sample 1 comes from the statement key …, which is not among these keys.
        hint: point CANDOR_KEYS_FILE at a file that still holds it: \`candor keys rotate\` adds keys and takes none away.
      "
    `);
    expect(KEYS).not.toBe('');
  });
});

describe('a sample whose seed is a round of the beacon', () => {
  let server: Server;
  let asked: string[];
  let answer: { status: number; body: string };
  beforeEach(async () => {
    asked = [];
    const { signature } = roundSeed;
    answer = { status: 200, body: JSON.stringify({ round: ROUND, randomness: 'ignored', signature }) };
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(answer.status, answer.status === 302 ? { location: '/elsewhere' } : {}).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    root = await company(`{ beacon: quicknet, after: 1h, relay: 'http://127.0.0.1:${port}' }`);
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  test('asks the relay that is named for that round alone, once it is due', async () => {
    expect(told(await sample(['commit', name]))).toMatchInlineSnapshot(`
      "0
      Sample 1 is committed to: 100 items, root ….
      To be drawn: 45, enough for 95 % confidence that fewer than 5 % deviate, if none of them does.
      Seed: round 32285085 of drand’s quicknet, due on 17 Sep 2026, 15:23 UTC. After that: candor sample draw 1
      The result is promised until 1 Oct 2026, 14:23 UTC; after that the claims that rest on it fail.
      "
    `);
    expect(told(await sample(['draw', '1'], new Date(ROUND_AT - 1).toISOString()))).toMatchInlineSnapshot(`
      "1
      error SampleSeedNotDue: sample 1 waits for round 32285085 of the beacon, which is due at 2026-09-17T15:23:39.000Z.
        hint: draw it after that.
      "
    `);
    expect(asked).toEqual([]);
    expect((await sample(['draw', '1'], AFTER)).code).toBe(0);
    expect(asked).toEqual([`/${quicknet.chain}/public/${ROUND}`]);
  });

  test.each([
    ['another round', 200, JSON.stringify({ round: 1000, signature: rounds[1000] })],
    ['the right round with another signature', 200, JSON.stringify({ round: ROUND, signature: rounds[1000] })],
    ['no round', 200, '{}'],
    ['no JSON', 200, '<html>'],
    ['too much', 200, ' '.repeat(10_000)],
    ['an error', 500, ''],
    ['a way to somewhere else', 302, ''],
  ])('is not drawn when the relay answers with %s', async (_, status, body) => {
    await sample(['commit', name]);
    answer = { status, body };
    const { code, err } = await sample(['draw', '1'], AFTER);
    expect(`${code} ${err.split('\n')[0]}`.replace(/:\d{4,5}\b/, ':PORT')).toMatchSnapshot();
    expect((await sample(['--json'])).out).toMatch(/"draw": null/);
  });

  test('takes the round from a file instead, and asks nobody', async () => {
    await sample(['commit', name]);
    await writeFile(join(root, 'round.json'), answer.body);
    expect(told(await sample(['draw', '1', '--beacon', 'round.json'], AFTER))).toMatchInlineSnapshot(`
      "0
      Sample 1 is drawn: 45 of 100 items, the same that were committed to.
        approved-by-somebody-else: 0 of 45 deviate, at most 4 of 100 (4 %): tolerable
      With 95 % confidence; tolerable is 5 %.
      "
    `);
    expect(asked).toEqual([]);
  });

  test('takes no seed that somebody made up', async () => {
    await sample(['commit', name]);
    expect(told(await sample(['draw', '1', '--seed', 'a lucky seed'], AFTER))).toMatchInlineSnapshot(`
      "1
      error SampleSeedWrong: this is not the seed of sample 1: round 32285085 of the beacon was named.
        hint: nothing was drawn; get the seed that the commitment names.
      "
    `);
  });

  test('needs a file where no relay is named', async () => {
    root = await company('{ beacon: quicknet, after: 1h }');
    await sample(['commit', name]);
    expect(told(await sample(['draw', '1'], AFTER))).toMatchInlineSnapshot(`
      "2
      error SampleSeedMissing: sample 1 needs round 32285085 of the beacon, and no relay is named to ask for it.
        hint: name one as \`relay\` beside \`beacon: quicknet\`, or give the round as a file: --beacon FILE.
      "
    `);
    expect(told(await sample(['draw', '1', '--beacon', 'none.json'], AFTER))).toMatchInlineSnapshot(`
      "3
      error SampleSeedUnreadable: the round of the beacon could not be had from none.json: the file cannot be read.
        hint: try again, or give the round as a file from any other relay: --beacon FILE. Its signature is checked.
      "
    `);
  });
});

describe('what changed in between', () => {
  test('the population: an error and nothing drawn; with --void it is logged', async () => {
    await sample(['commit', name]);
    expect(told(await sample(['draw', '1', '--seed', 'the seed', '--void']))).toMatchInlineSnapshot(`
      "1
      error SampleNotVoid: the population of sample 1 is just as it was, so it cannot be given up.
        hint: draw it, without --void.
      "
    `);
    await writeFile(join(root, 'changes.csv'), rows(99));
    expect(told(await sample(['draw', '1', '--seed', 'the seed']))).toMatchInlineSnapshot(`
      "1
      error SamplePopulationChanged: the population of ledger-export/import-sample is not the one that sample 1 was committed to: it had 100 items, and has 99. Nothing was drawn.
        hint: find out what was added, removed or renamed, and put it back if it was a mistake; else \`candor sample draw\` with --void logs that it changed, for everybody to see.
      "
    `);
    expect(told(await sample(['draw', '1', '--seed', 'the seed', '--void']))).toMatchInlineSnapshot(`
      "0
      Sample 1 is void: its population had changed, from 100 items to 99. That is in the log.
      "
    `);
    expect(told(await sample([]))).toMatchInlineSnapshot(`
      "0
      1  ledger-export/import-sample  45 of 100  void since 2026-09-17T14:23:39.000Z: its population had changed
      "
    `);
  });

  test('the declaration: nothing is drawn until it is as it was', async () => {
    await sample(['commit', name]);
    const file = join(root, 'content/sources/ledger-export.yaml');
    for (const [from, to] of [
      ['differsFrom: author', 'present: true'],
      ['2026-09-01', '2026-08-31'],
    ] as const) {
      await writeFile(file, source('{ auditor: true }').replace(from, to));
      expect(told(await sample(['draw', '1', '--seed', 'the seed']))).toMatch(/^1\nerror SampleDeclarationChanged/);
    }
    await writeFile(file, source('{ auditor: true }').replace('differsFrom: author', 'present: true'));
    expect(told(await sample(['draw', '1', '--seed', 'the seed']))).toMatchInlineSnapshot(`
      "1
      error SampleDeclarationChanged: what ledger-export/import-sample declares is not what sample 1 was committed to with.
        hint: put the declaration back as it was (version control has it), draw, and change it afterwards.
      "
    `);
  });

  test('a file of the log: it is damaged, and said to be', async () => {
    await sample(['commit', name]);
    await rm(join(root, 'content/ledger/audit-samples/1/commitment.json'));
    expect(told(await sample([]))).toMatchInlineSnapshot(`
      "3
      error LedgerDamaged: the log cannot be trusted: ledger/audit-samples/1/commitment.json: it is missing, or not what the log says it is.
        hint: restore content/ledger/ and content/evidence/ together from version control.
      "
    `);
    const { code, err } = await run(root, ['collect', 'ledger-export'], {
      now: AFTER,
      environment: { CHANGES_FILE: join(root, 'changes.csv') },
    });
    expect(`${code} ${err}`).toMatchInlineSnapshot(`
      "3   ledger-export/import-sample  could not be read: The files of a sample are not as they were logged.
      "
    `);
  });
});

test('wrong words', async () => {
  expect(told(await sample(['draw']))).toMatchInlineSnapshot(`
    "2
    error UsageInvalid: \`sample draw\` means nothing.
      hint: usage: candor sample [commit SOURCE/COLLECTOR | draw NUMBER [--seed TEXT | --beacon FILE] [--void] | salt NUMBER | ids NUMBER]
    "
  `);
  expect(told(await sample(['redraw', '1']))).toMatch(/^2\nerror UsageInvalid/);
  for (const more of [['--seed', 'the seed'], ['--beacon', 'x'], ['--void']])
    expect(told(await sample(['commit', name, ...more]))).toMatch(
      /^2\nerror UsageInvalid: --seed, --beacon and --void/,
    );
  expect(told(await sample(['draw', '7', '--seed', 'the seed']))).toMatchInlineSnapshot(`
    "2
    error SampleUnknown: there is no sample 7.
      hint: \`candor sample commit SOURCE/COLLECTOR\` makes the first.
    "
  `);
  expect(told(await sample(['commit', 'store/import-rows']))).toMatchInlineSnapshot(`
    "2
    error SampleNotDrawn: \`store/import-rows\` names nothing that samples are drawn from.
      hint: these are declared: ledger-export/import-sample.
    "
  `);
  expect(told(await sample(['draw', '1', '--seed', ' blank']))).toMatch(/^2\nerror SampleUnknown/);
  await sample(['commit', name]);
  expect(told(await sample(['draw', '1', '--seed', ' blank in front']))).toMatchInlineSnapshot(`
    "2
    error UsageInvalid: --seed: must be 8 to 200 printable ASCII characters, without blanks at its ends.
      hint: usage: candor sample [commit SOURCE/COLLECTOR | draw NUMBER [--seed TEXT | --beacon FILE] [--void] | salt NUMBER | ids NUMBER]
    "
  `);
  expect(told(await sample(['commit', name], BEFORE, { CANDOR_KEYS: undefined }))).toMatch(/^2\nerror KeysMissing/);
});

test('collecting judges what is in the log', async () => {
  const collect = async (now: string) => {
    const { out } = await run(root, ['collect', 'ledger-export', '--json'], {
      now,
      environment: { CHANGES_FILE: join(root, 'changes.csv') },
    });
    return JSON.parse(out).results[0];
  };
  await sample(['commit', name]);
  await sample(['draw', '1', '--seed', 'the seed'], AFTER);
  expect(await collect('2026-09-18T00:00:00Z')).toMatchInlineSnapshot(`
    {
      "checks": [
        {
          "check": "committed-before-its-seed",
          "outcome": "inconclusive",
          "reason": "sample 1: An auditor handed the seed over. That it did not exist before rests on their word; the log cannot show it.",
        },
        {
          "check": "population-unchanged",
          "outcome": "passed",
          "reason": "All 1 passed.",
        },
        {
          "check": "result-in-time",
          "outcome": "passed",
          "reason": "All 1 passed.",
        },
        {
          "check": "deviations-within-tolerable-rate",
          "outcome": "passed",
          "reason": "All 1 passed.",
        },
        {
          "check": "first-attempt",
          "outcome": "passed",
          "reason": "All 1 passed.",
        },
        {
          "check": "sample-as-declared",
          "outcome": "passed",
          "reason": "All 1 passed.",
        },
        {
          "check": "sample-is-current",
          "outcome": "passed",
          "reason": "All 1 passed.",
        },
      ],
      "collectedAt": "2026-09-18T00:00:00.000Z",
      "collector": "import-sample",
      "counts": {
        "error": 0,
        "failed": 0,
        "inconclusive": 1,
        "not-applicable": 0,
        "passed": 6,
      },
      "id": "8af60e568e39cc614819f7233f8121d23bc399ee44091bfc2da3dc1247b71248",
      "readable": true,
      "source": "ledger-export",
    }
  `);
});
