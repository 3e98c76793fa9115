import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeKeys, parseKeys } from '../../../ledger/keys/private.ts';
import { parseCheckpoint, signCheckpoint } from '../../../ledger/log/checkpoint.ts';
import { recordFiles } from '../../../ledger/records/files.ts';
import { type Evidence, type SiteManifest, Trust } from '../../../schemas/index.ts';
import { at, finding, T0 } from '../../posture/worlds.ts';
import { editFile, forgeLog, verdictOn } from './forger.ts';
import { type Change, DAY, HOUR, makePage, type Page, passing, put, sign } from './page.ts';

/** Somebody with all keys, whose published data contradicts itself. */
const NOW = T0 + DAY;
let page: Page;

beforeEach(async () => {
  page = await makePage();
  await page.collect(T0);
});
afterEach(() => page.remove());

const verdict = (now = NOW) => verdictOn(page, now);
const resign = () => sign(page.site, page.content, page.keys, NOW);
const failed = (now: number): Partial<Evidence> => ({
  checks: passing(now).checks.map((check) => ({
    ...check,
    outcome: 'failed',
    counts: { ...check.counts, passed: 0, failed: 1 },
    since: at(now),
    openFailures: [{ subject: 'public.tickets', reason: 'it failed', firstSeenAt: at(now), lastSeenAt: at(now) }],
  })),
  findings: [finding('failed')],
  counts: { passed: 0, failed: 1, inconclusive: 0, error: 0, 'not-applicable': 0 },
});

/** The check of a record, changed. */
const checked = (changes: Partial<Evidence['checks'][number]>): Partial<Evidence> => ({
  checks: passing(NOW).checks.map((check) => ({ ...check, ...changes })),
});
const none = { passed: 0, failed: 0, inconclusive: 0, error: 0, 'not-applicable': 0 };
const partly = { description: 'tables', queryDigest: 'a'.repeat(64), count: 1, complete: false };

describe('a record', () => {
  test.each<[string, Partial<Evidence>, string]>([
    [
      'that passed over a finding that failed',
      { ...failed(NOW), ...checked({}) },
      'passed, though not all that it found did.',
    ],
    [
      'that passed with open failures',
      checked({ openFailuresOmitted: 1 }),
      'passed, though not all that it found did.',
    ],
    [
      'that passed over nothing',
      { findings: [], counts: none, ...checked({ counts: none }) },
      'passed, though not all that it found did.',
    ],
    ['that passed over a part', { population: partly }, 'passed, though not everything was looked at.'],
    ['that passed without a look', { population: null }, 'passed, though not everything was looked at.'],
    ['with other counts than findings', { findingsOmitted: 1 }, 'its counts are not those of its findings.'],
    [
      'that observed after it was collected',
      checked({ observedAt: at(NOW + HOUR) }),
      'is dated after it was collected.',
    ],
    [
      'that is valid for longer than it may be',
      checked({ validUntil: at(NOW + 900 * DAY) }),
      'is called valid for longer than it may.',
    ],
    [
      'that began before the record before it',
      checked({ since: at(T0 - DAY) }),
      'which the record before contradicts.',
    ],
  ])('%s', async (_, changes, problem) => {
    await page.collect(NOW, { facts: { tables: 2 }, ...changes });
    await page.publish(NOW);
    expect(await verdict()).toContain(problem);
  });

  test('that says it always passed, after one that failed', async () => {
    await page.collect(T0 + HOUR, failed(T0 + HOUR));
    await page.collect(NOW);
    await page.publish(NOW);
    expect(await verdict()).toMatchInlineSnapshot(
      `"log/tile/entries/000.p/5: entry 4: its check no-cross-tenant-read is called passed since 2026-11-03T09:00:00.000Z, which the record before contradicts."`,
    );
  });

  test('that failed, and passes since then, holds', async () => {
    await page.collect(T0 + HOUR, failed(T0 + HOUR));
    await page.collect(NOW, checked({ since: at(NOW) }));
    await page.publish(NOW);
    expect(await verdict()).toBe('it holds');
  });
});

describe('trust.json', () => {
  const claimOf = (trust: Trust) => {
    const [claim] = trust.claims;
    const [check] = claim?.checks ?? [];
    if (claim === undefined || check === undefined) throw new Error('no claim');
    return { claim, check };
  };
  const rollUp = (trust: Trust, state: 'verified' | 'unbacked', of: string) => {
    const { claim } = claimOf(trust);
    const { since, observedAt, dueAt, validUntil, freshness } = claim;
    const part = { id: of, state, reason: '', since, observedAt, dueAt, validUntil, freshness };
    trust.claims.push({ ...claim, id: 'all-is-well', checks: [], claims: [part] });
    trust.coverage = { inPlace: 2, verified: 2, percent: 100 };
    trust.states.verified = 2;
  };

  test.each<[string, (trust: Trust) => void]>([
    [
      'a check of another record',
      (trust) => {
        claimOf(trust).check.ref = 'vault-db/rows#no-cross-tenant-read';
      },
    ],
    [
      'another outcome',
      (trust) => {
        claimOf(trust).check.counts = { ...none, passed: 900 };
      },
    ],
    [
      'a longer validity',
      (trust) => {
        claimOf(trust).check.validUntil = at(NOW + 900 * DAY);
      },
    ],
    [
      'a claim that rests on nothing',
      (trust) => {
        claimOf(trust).claim.checks = [];
      },
    ],
    [
      'a plan that is verified',
      (trust) => {
        claimOf(trust).claim.status = 'planned';
      },
    ],
    ['a roll-up of what is not there', (trust) => rollUp(trust, 'verified', 'nowhere')],
    ['a roll-up that is better than its part', (trust) => rollUp(trust, 'unbacked', 'rows-are-scoped')],
    [
      'an attestation that verifies',
      (trust) => {
        const { claim } = claimOf(trust);
        const { since, observedAt, dueAt, validUntil, freshness } = claim;
        claim.attestations = [
          { id: 'said-so', state: 'verified', reason: '', since, observedAt, dueAt, validUntil, freshness },
        ];
      },
    ],
    [
      'a percentage',
      (trust) => {
        trust.coverage.percent = 99;
      },
    ],
    [
      'a count of states',
      (trust) => {
        trust.states.failing = 1;
      },
    ],
    [
      'a claim twice',
      (trust) => {
        trust.claims.push(claimOf(trust).claim);
      },
    ],
    [
      'no line for a record',
      (trust) => {
        trust.evidence = [];
      },
    ],
    [
      'another line for a record',
      (trust) => {
        for (const line of trust.evidence) line.counts = { ...none, passed: 900 };
      },
    ],
  ])('with %s', async (_, change) => {
    await page.collect(NOW);
    await page.publish(NOW);
    expect(await verdict()).toBe('it holds');
    await editFile(join(page.site, 'trust.json'), Trust, change);
    await resign();
    expect(await verdict()).toMatchSnapshot();
  });

  test('that calls a failure unknown, or an accepted risk', async () => {
    await page.collect(NOW, failed(NOW));
    await page.publish(NOW);
    expect(await verdict()).toBe('it holds');
    for (const state of ['unknown', 'accepted-risk'] as const) {
      await editFile(join(page.site, 'trust.json'), Trust, (trust) => {
        const { claim, check } = claimOf(trust);
        claim.state = state;
        check.state = state;
      });
      await resign();
      expect(await verdict()).toContain(`calls app-db/rows#no-cross-tenant-read ${state}, but`);
    }
  });

  test('that calls the old fresh', async () => {
    await page.publish(NOW + 5 * HOUR);
    await editFile(join(page.site, 'trust.json'), Trust, (trust) => {
      const { claim } = claimOf(trust);
      claim.fresh = true;
      trust.coverage = { inPlace: 1, verified: 1, percent: 100 };
    });
    await sign(page.site, page.content, page.keys, NOW + 5 * HOUR);
    expect(await verdict(NOW + 5 * HOUR)).toBe(
      'trust.json: rows-are-scoped is called fresh, but not all that it rests on is.',
    );
  });

  test('that hides a demonstration', async () => {
    await page.collect(NOW, { environment: 'demo' });
    await page.publish(NOW);
    await editFile(join(page.site, 'trust.json'), Trust, (trust) => {
      trust.demo = false;
    });
    await resign();
    expect(await verdict()).toBe('trust.json: it hides that some of its evidence is of a demonstration.');
  });
});

describe('a version', () => {
  test.each<[string, Change, number?]>([
    [
      'whose manifest says more than its claims',
      ({ release }) => {
        release.coverage = { inPlace: 9, verified: 9, percent: 100 };
      },
    ],
    [
      'whose manifest counts other states',
      ({ release }) => {
        release.states = { ...release.states, failing: 7 };
      },
    ],
    [
      'that was derived for another day',
      ({ trust }) => {
        trust.generatedAt = at(T0 + HOUR);
      },
    ],
    [
      'that calls verified what had failed',
      ({ trust, release }) => {
        for (const claim of trust.claims) {
          claim.state = 'verified';
          claim.fresh = true;
          for (const check of claim.checks) Object.assign(check, { state: 'verified', outcome: 'passed' });
        }
        trust.coverage = { inPlace: 1, verified: 1, percent: 100 };
        trust.states = { ...trust.states, failing: 0, verified: 1 };
        Object.assign(release, { coverage: trust.coverage, states: trust.states });
      },
    ],
    [
      'that names evidence which was not there',
      ({ contents }) => {
        for (const each of contents.evidence) each.index = 0;
      },
    ],
    ['that had expired when it was made', () => undefined, T0],
  ])('%s', async (_, change, expiresAt = NOW + 30 * DAY) => {
    await page.collect(T0 + HOUR, failed(T0 + HOUR));
    await page.release(T0 + 2 * HOUR, expiresAt, change);
    await page.collect(NOW, checked({ since: at(NOW) }));
    await page.publish(NOW);
    expect(await verdict()).toMatchSnapshot();
  });

  test('holds ever after, whatever the evidence says later', async () => {
    await page.release(T0 + HOUR);
    await page.collect(T0 + 2 * HOUR);
    await page.release(T0 + 3 * HOUR);
    await page.collect(NOW, failed(NOW));
    await page.release(NOW);
    await page.publish(NOW);
    expect(await verdict()).toBe('it holds');
  });
});

describe('a manifest', () => {
  test.each<[string, (manifest: SiteManifest) => void, number?]>([
    [
      'for an earlier head',
      (manifest) => {
        manifest.log = { size: 0, root: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' };
      },
    ],
    [
      'that expires before it was made',
      (manifest) => {
        manifest.expiresAt = at(T0);
      },
    ],
    [
      'that is older than its log',
      (manifest) => {
        manifest.builtAt = at(NOW - HOUR);
      },
    ],
  ])('%s', async (_, change) => {
    await page.collect(NOW);
    await page.publish(NOW);
    await sign(page.site, page.content, page.keys, NOW, NOW + 7 * DAY, change);
    expect(await verdict()).toMatchSnapshot();
  });

  test.each<[string, (manifest: SiteManifest) => void]>([
    [
      'that names a file twice',
      ({ files }) => {
        files.push(...files.slice(0, 1));
      },
    ],
    [
      'that names a file of another size',
      ({ files }) => {
        for (const file of files) file.bytes += 1;
      },
    ],
    [
      'that names what would fool a terminal',
      ({ files }) => {
        files.push({ path: '\u001b[2J\nIt holds.', bytes: 0, digest: '0'.repeat(64) });
      },
    ],
  ])('%s', async (_, change) => {
    await page.publish(NOW);
    await sign(page.site, page.content, page.keys, NOW, NOW + 7 * DAY, change);
    expect(await verdict()).toMatchSnapshot();
  });
});

describe('a proof', () => {
  test.each(['evidence/app-db/rows', 'versions/1/manifest', 'keys/checkpoint-', 'keys/statement-'])(
    'of %s that is left out of the list too is named',
    async (name) => {
      await page.release(T0 + HOUR);
      await page.publish(NOW);
      const all = await readdir(page.site, { recursive: true });
      const path = all.find((file) => file.startsWith(name) && file.endsWith('.tlog-proof')) ?? '';
      await rm(join(page.site, path));
      expect(await verdict()).toBe(`${path}: it is missing; the manifest names it.`);
      await resign();
      expect(await verdict()).toMatch(new RegExp(`^${path}: it is missing; the log `));
    },
  );
});

describe('keys', () => {
  const HALF = 30 * 60_000;

  /** Hands over to new keys, half an hour before they are the only ones. */
  async function handOver(): Promise<Page['keys']> {
    const added = parseKeys(makeKeys());
    await page.write(T0 + HALF, (ledger) => ledger.handOver(added, at(T0 + HOUR)));
    await page.publish(T0 + HALF);
    return added;
  }

  test('that ended may not sign the list of files any more, whatever day they put on it', async () => {
    await handOver();
    expect(await verdict(T0 + HOUR - 1)).toBe('it holds');
    await writeFile(join(page.site, 'index.html'), 'Better.');
    await sign(page.site, page.content, page.keys, T0 + HALF, T0 + 900 * DAY);
    expect(await verdict(T0 + HOUR)).toBe(
      'manifest.sigstore.json: it is signed by a key that is not in the log, or that could not sign any more.',
    );
  });

  test('that ended while the newest entry was made may not sign it', async () => {
    const added = await handOver();
    const both = await makePage({
      checkpoint: [...page.keys.checkpoint, ...added.checkpoint],
      statement: added.statement,
    });
    await cp(page.content, both.content, { recursive: true });
    await both.collect(NOW);
    await both.publish(NOW);
    expect(await verdictOn(both, NOW)).toBe('it holds');
    const note = await readFile(join(both.site, 'log/checkpoint'), 'utf8');
    const checkpoint = parseCheckpoint(note);
    if (checkpoint === undefined) throw new Error('nothing to sign');
    const signedBy = async ({ checkpoint: [privateKey] }: Page['keys']) => {
      if (privateKey === undefined) throw new Error('no key');
      const again = signCheckpoint(checkpoint, [{ name: checkpoint.origin, privateKey }]);
      await writeFile(join(both.site, 'log/checkpoint'), again);
      await sign(both.site, both.content, both.keys, NOW);
      return verdictOn(both, NOW);
    };
    expect(await signedBy(page.keys)).toMatch(/^log\/checkpoint: it is signed by a key that is not known/);
    // The same head, put there in the same way: only the key makes the difference.
    expect(await signedBy(added)).toBe('it holds');
    await both.remove();
  });

  test('that hand over after they ended', async () => {
    const added = parseKeys(makeKeys());
    await expect(page.write(T0 + HOUR, (ledger) => ledger.handOver(added, at(T0)))).rejects.toThrow(
      'the key before it had ended when it handed over',
    );
  });
});

describe('a log', () => {
  test.each(['log/tile/0/005', 'log/tile/entries/x001/000', 'log/tile/3/000', 'log/notes.txt', 'log/tile/0/000'])(
    'with a file that it does not have: %s',
    async (path) => {
      await page.publish(NOW);
      await put(join(page.site, path), 'x');
      await resign();
      expect(await verdict()).toBe(`${path}: it is a file that the log does not have.`);
    },
  );

  test('with a record that is longer than an entry can be', async () => {
    const { record } = recordFiles('app-db', 'rows');
    await page.publish(NOW);
    await put(join(page.site, record), ' '.repeat(70_000));
    await resign();
    expect(await verdict()).toBe(`${record}: it is longer than an entry of a log can be.`);
  });

  test('with half a surrogate pair, which has no bytes that could be signed', async () => {
    await page.publish(NOW);
    await forgeLog(page, NOW, ([checkpoint, statement, record]) =>
      [checkpoint, statement, record].map((entry) =>
        Buffer.from(`${entry}`.replace('"facts":{}', '"facts":{"half":"\\ud800"}')),
      ),
    );
    expect(await verdict()).toBe('log/tile/entries/000.p/3: entry 2: it is no entry that this version knows.');
  });
});
