import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockForWriting } from '../../ledger/files/lock.ts';
import { evidenceFile, readEvidence, readRecord, removeLeftovers, writeRecord } from '../../ledger/records/store.ts';
import { record } from './records.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candor-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('records', () => {
  test('what was written is read, and a second write takes the place of the first', async () => {
    await writeRecord(folder, record(1));
    await writeRecord(folder, record(2));
    const { evidence, damaged } = await readEvidence(folder);
    expect(evidence).toEqual([record(2)]);
    expect(damaged).toEqual([]);
    expect(await readdir(join(folder, 'evidence', 'app-db'))).toEqual(['rows.json']);
  });

  test('no folder holds no evidence', async () => {
    expect(await readEvidence(join(folder, 'nowhere'))).toEqual({ evidence: [], damaged: [] });
  });

  test('a file that was cut off is named, never skipped', async () => {
    const file = await writeRecord(folder, record(1));
    const whole = await readFile(file, 'utf8');
    await writeFile(file, whole.slice(0, -20));
    const { evidence, damaged } = await readEvidence(folder);
    expect(evidence).toEqual([]);
    expect(damaged.map(({ error }) => [error.name, error.what, error.hint])).toMatchInlineSnapshot(`
      [
        [
          "EvidenceDamaged",
          "this evidence record cannot be trusted: it is not JSON; it was cut off or changed.",
          "restore it from version control; or move it away and collect anew, which starts its history afresh.",
        ],
      ]
    `);
  });

  test('a folder that cannot be written to: a clear error, and the old record stays', async () => {
    await writeRecord(folder, record(1));
    const blocked = join(folder, 'blocked');
    await mkdir(blocked);
    // A file where a folder must be: refused for everybody, root too.
    await writeFile(join(blocked, 'evidence'), '');
    await expect(writeRecord(blocked, record(2))).rejects.toMatchObject({ name: 'EvidenceNotWritten', exit: 3 });
    expect(await readRecord(folder, 'app-db', 'rows')).toEqual(record(1));
  });

  test.skipIf(process.getuid?.() === 0)('a read-only folder: the same', async () => {
    await writeRecord(folder, record(1));
    await chmod(join(folder, 'evidence', 'app-db'), 0o500);
    await expect(writeRecord(folder, record(2))).rejects.toMatchObject({ name: 'EvidenceNotWritten' });
    await chmod(join(folder, 'evidence', 'app-db'), 0o700);
    expect(await readRecord(folder, 'app-db', 'rows')).toEqual(record(1));
  });
});

describe('killed at any moment', () => {
  test('the old or the new record, whole', async () => {
    await writeRecord(folder, record(1));
    const writer = join(import.meta.dirname, 'endless-writer.ts');
    for (let round = 0; round < 12; round += 1) {
      const child = spawn(process.execPath, [writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      // Wait for real writes, then kill at a moment that differs from round to round.
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, round * 3));
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('close', resolve));
      const { evidence, damaged } = await readEvidence(folder);
      expect(damaged).toEqual([]);
      expect(evidence).toHaveLength(1);
    }
    await removeLeftovers(folder);
    expect(await readdir(join(folder, 'evidence', 'app-db'))).toEqual(['rows.json']);
  });
});

describe('one writer at a time', () => {
  test('the second gets a clear error and the lock ends with its holder', async () => {
    const first = await lockForWriting(folder);
    await expect(lockForWriting(folder)).rejects.toMatchObject({
      name: 'CollectBusy',
      what: `another collection is writing to this content folder (process ${process.pid}).`,
    });
    await first.release();
    await (await lockForWriting(folder)).release();
    expect(await readdir(join(folder, 'evidence'))).toEqual([]);
  });

  test('of many at once exactly one wins', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockForWriting(folder)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('a lock of a process that is gone is taken over', async () => {
    await mkdir(join(folder, 'evidence'), { recursive: true });
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.once('close', resolve));
    await writeFile(join(folder, 'evidence', '.lock'), String(child.pid));
    await (await lockForWriting(folder)).release();
  });
});

test('the place of a record is its source and its collector', () => {
  expect(evidenceFile('content', 'app-db', 'rows')).toBe(join('content', 'evidence', 'app-db', 'rows.json'));
});
