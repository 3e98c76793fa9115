import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isUnfinished } from '../../../ledger/files/commit.ts';
import { readEvidence } from '../../../ledger/records/store.ts';
import { canonicalJson } from '../../../posture/digest.ts';
import { CandorError } from '../../../schemas/index.ts';
import { T0 } from '../../posture/worlds.ts';
import { fillers, keepIn, makePlace, type Place, within } from '../ledgers.ts';
import { unsealed } from '../records.ts';
import { whole } from '../whole.ts';
import { type Change, ended, start } from './processes.ts';

/** Processes that die at the same time. */
const AT_ONCE = 3;
const NOW = { now: () => new Date(T0 + 3_600_000) };

let place: Place;
beforeEach(async () => {
  place = await makePlace();
});
afterEach(() => place.remove());

/** A copy of a place under another name, in the folder of the test’s own place. */
async function copyOf(from: Place, name: string, near = from): Promise<Place> {
  const root = join(near.content, '..', name);
  const copy = { ...from, content: join(root, 'content'), state: join(root, 'state') };
  await mkdir(root);
  for (const key of ['content', 'state'] as const)
    await cp(from[key], copy[key], { recursive: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  return copy;
}

/** What a reader sees: size and evidence, nothing yet, or that a change is not finished. */
async function seen(content: string): Promise<string> {
  try {
    const { evidence, damaged } = await readEvidence(content);
    expect(damaged).toEqual([]);
    return canonicalJson(evidence);
  } catch (error) {
    if (error instanceof CandorError && error.name === 'LedgerUnfinished') return error.name;
    throw error;
  }
}

/** How many points a change has, and what is there before and after it. */
async function measure(change: Change) {
  const done = await copyOf(place, 'done');
  const { code, err } = await ended(start(done, change, 0));
  expect(code, err).toBe(0);
  const points = Number(/(\d+) points/.exec(err)?.[1]);
  expect(points).toBeGreaterThan(20);
  const after = await whole(done.content);
  return { points, states: [await seen(place.content), await seen(done.content)], size: after.size };
}

/** Kills a change at every point, and looks at what is left each time. */
async function killEverywhere(change: Change, oldSize: number): Promise<{ unfinished: Place | undefined }> {
  const origin = place;
  const { points, states, size } = await measure(change);
  const queue = Array.from({ length: points }, (_, index) => index + 1).values();
  const counts = { unfinished: 0, old: 0, new: 0 };
  let unfinished: Place | undefined;
  const worker = async () => {
    for (const point of queue) {
      const copy = await copyOf(origin, `at-${point}`);
      const { signal, err } = await ended(start(copy, change, point));
      expect(signal, `point ${point}: ${err}`).toBe('SIGKILL');
      const before = await seen(copy.content);
      if (before === 'LedgerUnfinished') {
        counts.unfinished += 1;
        expect(isUnfinished(copy.content)).toBe(true);
        if (counts.unfinished === 1) unfinished = await copyOf(copy, 'unfinished', origin);
      } else expect(states, `point ${point}`).toContain(before);
      await within(copy, async () => undefined, NOW);
      const found = await whole(copy.content);
      const isNew = found.size === size;
      expect(isNew || found.size === oldSize, `point ${point}: ${found.size} entries`).toBe(true);
      expect(canonicalJson(found.evidence), `point ${point}`).toBe(states[isNew ? 1 : 0]);
      // What readers were shown was not taken back.
      if (before === states[1] && states[0] !== states[1]) expect(isNew).toBe(true);
      counts[isNew ? 'new' : 'old'] += 1;
      await rm(join(copy.content, '..'), { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  // It was killed on both sides of the moment from which on the change counts, and while it was being made.
  expect(counts.unfinished).toBeGreaterThan(5);
  expect(counts.new).toBeGreaterThan(5);
  if (oldSize > 0) expect(counts.old).toBeGreaterThan(5);
  console.log(
    `${change}: killed at ${points} points; old ${counts.old}, new ${counts.new}, unfinished ${counts.unfinished}`,
  );
  return { unfinished };
}

describe('killed at every write, a change leaves the old or the new state', () => {
  // The next writer begins the log all the same, so there is no old state after it.
  test('the first two entries of a log', () => killEverywhere('begin', 0), 600_000);

  test('a record', async () => {
    await within(place, (ledger) => keepIn(ledger, unsealed(1)));
    const { unfinished } = await killEverywhere('record', 3);
    // So does the one that finishes what was cut off, when it is killed itself.
    if (unfinished === undefined) throw new Error('no change was cut off');
    place = { ...unfinished, remove: place.remove };
    const done = await copyOf(place, 'finished');
    await within(done, async () => undefined, NOW);
    const { size } = await whole(done.content);
    const { err } = await ended(start(await copyOf(place, 'again'), 'begin', 0));
    const points = Number(/(\d+) points/.exec(err)?.[1]);
    for (let point = 1; point <= points; point += 1) {
      const copy = await copyOf(place, `again-${point}`);
      expect((await ended(start(copy, 'begin', point))).signal).toBe('SIGKILL');
      expect(['LedgerUnfinished', await seen(done.content)]).toContain(await seen(copy.content));
      await within(copy, async () => undefined, NOW);
      expect((await whole(copy.content)).size).toBe(size);
    }
  }, 600_000);

  test('a heartbeat', async () => {
    await within(place, (ledger) => keepIn(ledger, unsealed(1)));
    await killEverywhere('heartbeat', 3);
  }, 600_000);

  test('the end of a record', async () => {
    await within(place, (ledger) => keepIn(ledger, unsealed(1)));
    await killEverywhere('retire', 3);
  }, 600_000);

  test('entries that fill a tile and begin the next', async () => {
    await within(place, async (ledger) => {
      await keepIn(ledger, unsealed(1));
      await ledger.append(fillers(0, 252));
    });
    await killEverywhere('fill', 255);
    expect(await readdir(join(place.content, 'ledger/log/tile/0'))).toEqual(['000.p']);
  }, 600_000);
});
