import { cp, mkdir, readdir } from 'node:fs/promises';
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

/** How many processes die of each change, at points spread over all of it. */
const DEATHS = 6;
/** How many are looked at side by side. */
const AT_ONCE = 6;
const NOW = { now: () => new Date(T0 + 3_600_000) };

let place: Place;
beforeEach(async () => {
  place = await makePlace();
});
afterEach(() => place.remove());

/** A place in another folder. */
function at(place: Place, root: string): Place {
  return { ...place, content: join(root, 'content'), state: join(root, 'state') };
}

/** A copy of a place under another name, in the folder of the test’s own place. */
async function copyOf(from: Place, name: string, near = from): Promise<Place> {
  const root = join(near.content, '..', name);
  const copy = at(from, root);
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

/** A reader waits a moment for a change that is not finished, so that several are looked at side by side. */
async function atOnce(points: number[], look: (point: number) => Promise<unknown>): Promise<void> {
  const queue = points.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const point of queue) await look(point);
    }),
  );
}

/** What a kill left: what readers see of it, and what it is once the next writer was there. */
type Left = { before: 'unfinished' | 'old' | 'new'; after: 'old' | 'new' };

/**
 * Looks at what a change leaves when it is killed at each of its points. One process makes the change and keeps what its
 * death would leave at each of them; at some of them others really die, of SIGKILL, and leave the same.
 */
async function killEverywhere(change: Change, oldSize: number): Promise<{ unfinished: Place | undefined }> {
  const origin = place;
  const done = await copyOf(origin, 'done');
  const remains = join(origin.root, 'remains');
  const { code, err } = await ended(start(done, change, { remains }));
  expect(code, err).toBe(0);
  const points = Number(/(\d+) points/.exec(err)?.[1]);
  expect(points).toBeGreaterThan(20);
  const states = [await seen(origin.content), await seen(done.content)];
  const { size } = await whole(done.content);

  async function judged(copy: Place, point: number): Promise<Left> {
    const before = await seen(copy.content);
    if (before === 'LedgerUnfinished') expect(isUnfinished(copy.content)).toBe(true);
    else expect(states, `point ${point}`).toContain(before);
    await within(copy, async () => undefined, NOW);
    const found = await whole(copy.content);
    const isNew = found.size === size;
    expect(isNew || found.size === oldSize, `point ${point}: ${found.size} entries`).toBe(true);
    expect(canonicalJson(found.evidence), `point ${point}`).toBe(states[isNew ? 1 : 0]);
    // What readers were shown was not taken back.
    if (before === states[1] && states[0] !== states[1]) expect(isNew).toBe(true);
    const shown = before === 'LedgerUnfinished' ? 'unfinished' : before === states[0] ? 'old' : 'new';
    return { before: shown, after: isNew ? 'new' : 'old' };
  }

  const remainsAt = (point: number) => at(origin, join(remains, String(point)));
  const all = Array.from({ length: points }, (_, index) => index + 1);
  const first = all.find((point) => isUnfinished(remainsAt(point).content));
  const unfinished = first === undefined ? undefined : await copyOf(remainsAt(first), 'unfinished', origin);
  const left = new Map<number, Left>();
  await atOnce(all, async (point) => left.set(point, await judged(remainsAt(point), point)));
  const some = all.filter((point) => (point - 1) % Math.floor((points - 1) / (DEATHS - 1)) === 0);
  await atOnce(some, async (point) => {
    const copy = await copyOf(origin, `at-${point}`);
    const { signal, err } = await ended(start(copy, change, { killAt: point }));
    expect(signal, `point ${point}: ${err}`).toBe('SIGKILL');
    expect(await judged(copy, point), `point ${point}`).toEqual(left.get(point));
  });
  // It was killed on both sides of the moment from which on the change counts, and while it was being made.
  const kinds = [...left.values()].flatMap(({ before, after }) => [before, `${after} in the end`]);
  const count = (kind: string) => kinds.filter((each) => each === kind).length;
  expect(count('unfinished')).toBeGreaterThan(5);
  expect(count('new in the end')).toBeGreaterThan(5);
  if (oldSize > 0) expect(count('old in the end')).toBeGreaterThan(5);
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
    const done = await copyOf(unfinished, 'finished', place);
    await within(done, async () => undefined, NOW);
    const { size } = await whole(done.content);
    const remains = join(place.root, 'again');
    const { code, err } = await ended(start(unfinished, 'begin', { remains }));
    expect(code, err).toBe(0);
    const points = Number(/(\d+) points/.exec(err)?.[1]);
    const all = Array.from({ length: points }, (_, index) => index + 1);
    await atOnce(all, async (point) => {
      const copy = at(place, join(remains, String(point)));
      expect(['LedgerUnfinished', await seen(done.content)]).toContain(await seen(copy.content));
      await within(copy, async () => undefined, NOW);
      expect((await whole(copy.content)).size).toBe(size);
    });
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
