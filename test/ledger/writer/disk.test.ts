import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isUnfinished, recover } from '../../../ledger/files/commit.ts';
import { readEvidence } from '../../../ledger/records/store.ts';
import { T0 } from '../../posture/worlds.ts';
import { fillers, keepIn, later, makePlace, open, type Place, within } from '../ledgers.ts';
import { unsealed } from '../records.ts';
import { whole } from '../whole.ts';

const HOUR = 3_600_000;
const NOW = { now: () => new Date(T0 + HOUR) };
const notWritten = (problem: string) => ({
  name: 'LedgerNotWritten',
  exit: 3,
  what: `the ledger could not be written (${problem}); nothing is torn, and what was recorded before still counts.`,
  hint: 'make room, or allow this user to write to the content folder, and run it again.',
});

let place: Place;
beforeEach(async () => {
  place = await makePlace();
});
afterEach(() => place.remove());

function mount(...args: string[]): boolean {
  return spawnSync('mount', args).status === 0;
}

/** Whether this user may mount file systems: on most machines only root may. */
const mayMount = await (async () => {
  const probe = await makePlace();
  await mkdir(probe.content, { recursive: true });
  const may = mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe.content);
  if (may) spawnSync('umount', [probe.content]);
  await probe.remove();
  return may;
})();

describe.skipIf(!mayMount)(`a disk of its own${mayMount ? '' : ' (skipped: this user may not mount one)'}`, () => {
  beforeEach(async () => {
    await mkdir(place.content, { recursive: true });
    if (!mount('-t', 'tmpfs', '-o', 'size=192k', 'tmpfs', place.content)) throw new Error('it cannot be mounted');
  });
  afterEach(() => {
    expect(spawnSync('umount', [place.content]).status).toBe(0);
  });

  test('that is full: each change is whole or not there, and goes on once there is room', async () => {
    await within(place, (ledger) => keepIn(ledger, unsealed(1)));
    const { evidence: old } = await whole(place.content);
    let size = 3;
    let refused = 0;
    // Filled a block at a time, so that it runs full at many different points.
    for (let blocks = 44; blocks >= 0; blocks -= 1) {
      const filled = await fill(blocks);
      const attempt = within(place, (ledger) => ledger.append(fillers(blocks, 1, HOUR)), NOW);
      await attempt.catch((error: unknown) => {
        expect(error).toMatchObject(notWritten('ENOSPC'));
        refused += 1;
      });
      await rm(filled, { force: true });
      await within(place, async () => undefined, NOW);
      const now = await whole(place.content);
      expect(now.evidence).toEqual(old);
      expect([size, size + 1]).toContain(now.size);
      size = now.size;
    }
    expect(refused).toBeGreaterThan(5);
    expect(size).toBeGreaterThan(8);
  });

  test('that is read-only: a clear error, and the old record is read', async () => {
    await within(place, (ledger) => keepIn(ledger, unsealed(1)));
    const { evidence } = await whole(place.content);
    expect(mount('-o', 'remount,ro', place.content)).toBe(true);
    await expect(open(place, NOW)).rejects.toMatchObject(notWritten('EROFS'));
    expect((await readEvidence(place.content)).evidence).toEqual(evidence);
    expect(mount('-o', 'remount,rw', place.content)).toBe(true);
    await within(place, (ledger) => keepIn(ledger, later(unsealed(2), HOUR)), NOW);
    expect((await whole(place.content)).size).toBe(4);
  });

  test('that becomes read-only while the log is open', async () => {
    const ledger = await open(place);
    expect(mount('-o', 'remount,ro', place.content)).toBe(true);
    await expect(keepIn(ledger, unsealed(1))).rejects.toMatchObject(notWritten('EROFS'));
    expect(mount('-o', 'remount,rw', place.content)).toBe(true);
    await keepIn(ledger, unsealed(1));
    await ledger.close();
    expect((await whole(place.content)).size).toBe(3);
  });

  /** Writes a file that leaves so many blocks of 4 KiB free at most. */
  async function fill(blocks: number): Promise<string> {
    const file = join(place.content, 'filler');
    for (let count = 48 - blocks; count > 0; count -= 1) {
      const bytes = Buffer.alloc(count * 4096, 1);
      if ((await writeFile(file, bytes).catch(() => 'full')) === undefined) return file;
      await rm(file, { force: true });
    }
    return file;
  }
});

describe.skipIf(process.platform === 'win32')('a limit of the size of files, as a full disk for everybody', () => {
  test('the change is not there, and is made once the limit is gone', async () => {
    await within(place, (ledger) => keepIn(ledger, unsealed(1)));
    const { evidence } = await whole(place.content);
    const script = join(import.meta.dirname, 'change.ts');
    const { content, state, pem } = place;
    const limited = (change: string) =>
      spawnSync(
        'sh',
        // Blocks of 512 bytes or 1 KiB: the record does not fit, the lock does. The signal of the limit is ignored.
        [
          '-c',
          `trap '' XFSZ; ulimit -f 1; exec "$@"`,
          'sh',
          process.execPath,
          script,
          JSON.stringify({ content, state, pem }),
          change,
        ],
        { encoding: 'utf8' },
      );
    const { status, stderr } = limited('record');
    expect(status).not.toBe(0);
    expect(stderr).toContain('LedgerNotWritten: the ledger could not be written (EFBIG)');
    expect(await whole(place.content)).toMatchObject({ size: 3, evidence });
    await within(place, (ledger) => keepIn(ledger, later(unsealed(2), HOUR)), NOW);
    expect(await whole(place.content)).toMatchObject({ size: 4, evidence: [{ counts: { passed: 2 } }] });
  });
});

describe('a file where a folder must be', () => {
  test('in the place of the evidence', async () => {
    await mkdir(place.content, { recursive: true });
    await writeFile(join(place.content, 'evidence'), '');
    await expect(open(place)).rejects.toMatchObject(notWritten('EEXIST'));
    await rm(join(place.content, 'evidence'));
    await within(place, (ledger) => keepIn(ledger, unsealed(1)));
    expect((await whole(place.content)).size).toBe(3);
  });

  test('in the place of the log', async () => {
    await mkdir(place.content, { recursive: true });
    await writeFile(join(place.content, 'ledger'), '');
    await expect(open(place)).rejects.toMatchObject({ name: 'LedgerNotWritten' });
    expect(await readFile(join(place.content, 'ledger'), 'utf8')).toBe('');
    expect(await readdir(join(place.content, 'evidence'))).toEqual([]);
  });

  test('in the place of a source: the change counts, and is finished when the file is gone', async () => {
    await within(place, async () => undefined);
    await writeFile(join(place.content, 'evidence/app-db'), '');
    const ledger = await open(place);
    await expect(keepIn(ledger, unsealed(1))).rejects.toMatchObject({ name: 'LedgerNotWritten' });
    await expect(ledger.append(fillers(0, 1))).rejects.toMatchObject(notWritten('the change before is not finished'));
    await ledger.close();
    await expect(readEvidence(place.content)).rejects.toMatchObject({
      name: 'LedgerUnfinished',
      exit: 3,
      what: `a change to ${place.content} was cut off in the middle, and this command cannot finish it.`,
    });
    await rm(join(place.content, 'evidence/app-db'));
    await within(place, async () => undefined);
    expect((await whole(place.content)).evidence).toHaveLength(1);
  });
});

describe('what a killed writer left', () => {
  const journal = () => join(place.content, 'ledger/.journal');
  const damaged = (problem: string) => ({
    name: 'LedgerDamaged',
    exit: 3,
    what: `the log cannot be trusted: ledger/.journal: a change was cut off and cannot be finished: ${problem}.`,
  });

  /** A journal that stands, because a file is in the way of a record; the file is gone again. */
  async function cutOff(): Promise<void> {
    await within(place, async () => undefined);
    await writeFile(join(place.content, 'evidence/app-db'), '');
    await within(place, (ledger) => keepIn(ledger, unsealed(1))).catch(() => undefined);
    await rm(join(place.content, 'evidence/app-db'));
    expect(isUnfinished(place.content)).toBe(true);
  }
  const staging = async () =>
    join(
      place.content,
      'ledger',
      (await readdir(join(place.content, 'ledger'))).find((name) => name.startsWith('.staged')) ?? '',
    );

  test('before it counted is removed: drafts of journals, staged files, requests for the lock', async () => {
    await within(place, async () => undefined);
    await writeFile(join(place.content, 'ledger/.journal.0123456789abcdef'), '[');
    await mkdir(join(place.content, 'ledger/.staged.0123456789abcdef'));
    await writeFile(join(place.content, 'ledger/.staged.0123456789abcdef/0'), 'half');
    await within(place, async () => undefined);
    expect((await whole(place.content)).size).toBe(2);
  });

  test('with what it prepared gone: a clear error, and no other state', async () => {
    await cutOff();
    await rm(await staging(), { recursive: true });
    await expect(open(place)).rejects.toMatchObject(damaged('what was prepared for evidence/app-db/rows.json is gone'));
    await expect(recover(place.content)).rejects.toMatchObject({ name: 'LedgerDamaged' });
  });

  test('that is no journal', async () => {
    await cutOff();
    for (const text of [
      '',
      '{}',
      (await readFile(journal(), 'utf8')).replace('evidence/app-db', 'evidence/../../..'),
    ]) {
      await writeFile(journal(), text);
      await expect(open(place)).rejects.toMatchObject(damaged('it is not what a writer leaves'));
    }
  });

  test('under a log that was replaced since: the old change is not made to the new log', async () => {
    await cutOff();
    const older = join(place.content, '..', 'journal');
    await writeFile(older, await readFile(journal()));
    await within(place, async () => undefined);
    await within(place, (ledger) => ledger.append(fillers(0, 1)));
    const before = await readFile(join(place.content, 'ledger/log/checkpoint'), 'utf8');
    await writeFile(journal(), await readFile(older));
    await expect(open(place)).rejects.toMatchObject(damaged('the log was replaced by another copy since'));
    expect(await readFile(join(place.content, 'ledger/log/checkpoint'), 'utf8')).toBe(before);
  });
});
