import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isLocked, lockForWriting } from '../../../ledger/files/lock.ts';
import { readLog } from '../../../ledger/reader.ts';
import { readEvidence } from '../../../ledger/records/store.ts';
import { auditContent } from '../../../ledger/verify/audit.ts';
import { CandorError } from '../../../schemas/index.ts';
import { T0 } from '../../posture/worlds.ts';
import { fillers, keepIn, later, makePlace, open, type Place, within } from '../ledgers.ts';
import { unsealed } from '../records.ts';
import { whole } from '../whole.ts';
import { ended, start } from './processes.ts';

const HOUR = 3_600_000;
const NOW = { now: () => new Date(T0 + HOUR) };

let place: Place;
let lock: string;
beforeEach(async () => {
  place = await makePlace();
  lock = join(place.content, 'evidence/.lock');
});
afterEach(() => place.remove());

/** The number of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.once('close', resolve));
  return child.pid ?? 0;
}

describe('one writer at a time', () => {
  test('the second gets a clear error, and the lock ends with its holder', async () => {
    const first = await lockForWriting(place.content);
    await expect(lockForWriting(place.content)).rejects.toMatchObject({
      name: 'CollectBusy',
      exit: 3,
      what: `another candor is writing to this content folder (process ${process.pid}).`,
      hint: 'wait until it has ended.',
    });
    expect(await isLocked(place.content)).toBe(true);
    await first.release();
    expect(await isLocked(place.content)).toBe(false);
    await (await lockForWriting(place.content)).release();
    expect(await readdir(join(place.content, 'evidence'))).toEqual([]);
  });

  test('of many at once exactly one wins', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockForWriting(place.content)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of tries)
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ name: 'CollectBusy' });
  });

  test('of many at once that find the lock of a dead process, at most one writes', async () => {
    await mkdir(join(place.content, 'evidence'), { recursive: true });
    await writeFile(lock, `${await deadProcess()} 1 0000`);
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockForWriting(place.content)));
    const won = tries.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const still = await Promise.allSettled(won.map((each) => each.require()));
    expect(still.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('another process: it waits for nothing and changes nothing', async () => {
    const ledger = await open(place);
    const before = await readFile(join(place.content, 'ledger/log/checkpoint'), 'utf8');
    const { code, err } = await ended(start(place, 'record'));
    expect(code).not.toBe(0);
    expect(err).toContain(`CollectBusy: another candor is writing to this content folder (process ${process.pid}).`);
    expect(await readFile(join(place.content, 'ledger/log/checkpoint'), 'utf8')).toBe(before);
    await keepIn(ledger, unsealed(1));
    await ledger.close();
    expect((await whole(place.content)).size).toBe(3);
  });

  test('two processes at the same time: each either writes wholly or not at all', async () => {
    await within(place, async () => undefined);
    const ends = await Promise.all(Array.from({ length: 4 }, () => ended(start(place, 'fill'))));
    const wrote = ends.filter(({ code }) => code === 0).length;
    for (const { code, err } of ends) if (code !== 0) expect(err).toContain('CollectBusy');
    expect(wrote).toBeGreaterThan(0);
    const log = await readLog(place.content);
    expect(log?.checkpoint.size).toBe(2 + 3 * wrote);
  });
});

describe('a lock that was left behind', () => {
  test('by a process that is gone is taken over', async () => {
    await mkdir(join(place.content, 'evidence'), { recursive: true });
    await writeFile(lock, String(await deadProcess()));
    await writeFile(`${lock}.${await deadProcess()}.0123456789abcdef`, '');
    await (await lockForWriting(place.content)).release();
    expect(await readdir(join(place.content, 'evidence'))).toEqual([]);
  });

  test.skipIf(process.platform !== 'linux')(
    'by a process whose number another has got since, as the first of a container always does',
    async () => {
      await mkdir(join(place.content, 'evidence'), { recursive: true });
      const born = readFileSync('/proc/self/stat', 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[19];
      await writeFile(lock, `${process.pid} ${Number(born) - 1} 0123`);
      await (await lockForWriting(place.content)).release();
      // The same process, however, keeps it.
      await writeFile(lock, `${process.pid} ${born} 0123`);
      await expect(lockForWriting(place.content)).rejects.toMatchObject({ name: 'CollectBusy' });
    },
  );

  test('that was taken away: who lost it writes nothing, and does not take away the new one', async () => {
    const ledger = await open(place);
    await rm(lock);
    const other = await lockForWriting(place.content);
    await expect(keepIn(ledger, unsealed(1))).rejects.toMatchObject({ name: 'CollectBusy' });
    await ledger.close();
    expect(await isLocked(place.content)).toBe(true);
    await other.release();
    expect((await whole(place.content)).size).toBe(2);
  });
});

describe('the log was changed under a writer', () => {
  test('by one who asked for no lock: nothing is signed over it', async () => {
    await within(place, (ledger) => keepIn(ledger, unsealed(1)));
    const elsewhere = { ...place, content: join(place.content, '..', 'elsewhere') };
    await cp(place.content, elsewhere.content, { recursive: true });
    await within(elsewhere, (ledger) => ledger.append(fillers(0, 1)));
    const ledger = await open(place, { state: undefined });
    await cp(join(elsewhere.content, 'ledger'), join(place.content, 'ledger'), { recursive: true });
    await expect(keepIn(ledger, later(unsealed(2), HOUR))).rejects.toMatchObject({
      name: 'LedgerNotWritten',
      what: 'the ledger could not be written (somebody else changed it meanwhile); nothing is torn, and what was recorded before still counts.',
    });
    await ledger.close();
    const { evidence, damaged } = await readEvidence(place.content);
    expect({ evidence: evidence.length, damaged }).toEqual({ evidence: 1, damaged: [] });
  });
});

describe('a reader while somebody writes without a pause', () => {
  const nothing = { ledger: [], evidence: [] };
  const unlessBusy = (error: unknown) => {
    if (error instanceof CandorError && error.name === 'LedgerUnfinished') return undefined;
    throw error;
  };

  test('never sees a torn state', async () => {
    await within(place, (ledger) => keepIn(ledger, unsealed(1)));
    const child = start(place, 'forever');
    try {
      await new Promise((resolve) => child.stdout?.once('data', resolve));
      const audit = auditContent(place.content).catch(unlessBusy);
      const seen = new Set<string>();
      // It may find no quiet moment, and says so; what it does see is whole.
      while (seen.size < 5) {
        const recorded = await readEvidence(place.content).catch(unlessBusy);
        if (recorded === undefined) continue;
        expect(recorded.damaged).toEqual([]);
        expect(recorded.evidence).toHaveLength(1);
        seen.add(recorded.evidence[0]?.collectedAt ?? '');
      }
      expect((await audit) ?? nothing).toEqual(nothing);
    } finally {
      child.kill('SIGKILL');
      await ended(child);
    }
    await within(place, async () => undefined, NOW);
    await whole(place.content);
  });
});
