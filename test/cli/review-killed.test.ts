import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from './company.ts';
import { killed, left } from './killed.ts';
import { candor, everybody, fileOf, open, type Person, root, staff, textOf, useCompany } from './reviews.ts';

useCompany();

/** Runs a command on the company’s reviews, as the process that is to be killed. */
const dying = (argv: string[], fate: Parameters<typeof killed>[2], folder = root) =>
  killed(folder, ['review', ...argv, '--reviewer', 'Rita'], fate, { STAFF_FILE: join(root, 'staff.csv') });

let remains: string;
beforeEach(async () => {
  remains = await mkdtemp(join(tmpdir(), 'candor-remains-'));
});
afterEach(() => rm(remains, { recursive: true, force: true }));

test('a process that is killed while it signs off leaves a whole file: the old one, or the new one', async () => {
  await staff(
    Array.from({ length: 500 }, (_, index): Person => [String(index), `Canary ${index}`, 'agent']),
    {
      at: '2024-01-01T08:00:00Z',
    },
  );
  // The process reads the real clock.
  const id = 'console-2024-01-01';
  await open('2024-01-01T09:00:00Z');
  const text = await textOf(id);
  const before = text.replaceAll('    decision:\n    reason:\n', '    decision: keep\n    reason: Needed for it.\n');
  await writeFile(fileOf(id), before);
  const { code, err, points } = await dying(['close', id], { remains });
  expect(code, err).toBe(0);
  const after = await textOf(id);
  expect(after).toMatch(/\nclosed:\n/);
  const found = new Set<string>();
  for (let point = 1; point <= points; point += 1) {
    const whole = await readFile(join(left(remains, point), 'content/access-reviews', `${id}.yaml`), 'utf8');
    expect([before, after], `point ${point}`).toContain(whole);
    found.add(whole);
  }
  // To put the new one in its place is the last that it does.
  expect(found).toContain(before);
  expect(points).toBeGreaterThan(2);
  // A process that really dies, half way through.
  await writeFile(fileOf(id), before);
  expect((await dying(['close', id], { killAt: Math.ceil(points / 2) })).signal).toBe('SIGKILL');
  expect((await textOf(id)) === before || /\nclosed:\n/.test(await textOf(id))).toBe(true);
  expect((await candor(['check'])).err).toBe('');
});

test('open, killed at any change of the file system, leaves no file or a whole one, and can be run again', async () => {
  // The process reads the real clock.
  await staff(everybody, { at: '2024-01-01T08:00:00Z' });
  const words = ['open', 'console/import-access'];
  const reviews = async (folder: string) =>
    (await readdir(join(folder, 'content/access-reviews')).catch(() => [])).filter((name) => name.endsWith('.yaml'));
  const now = new Date().toISOString();

  /** How many reviews there are; whether they are whole and can be opened again. */
  async function reviewsLeft(folder: string): Promise<number> {
    const options = { now, environment: { STAFF_FILE: join(root, 'staff.csv') } };
    const { length } = await reviews(folder);
    expect((await run(folder, ['check'], options)).err).toBe('');
    const again = await run(folder, ['review', ...words, '--reviewer', 'Rita'], options);
    if (length === 0) expect(again.err).toBe('');
    else expect(again.err).toContain('ReviewOpenAlready');
    expect(await reviews(folder)).toHaveLength(1);
    return length;
  }

  const fresh = join(remains, 'fresh');
  await cp(root, fresh, { recursive: true });
  const { code, err, points } = await dying(words, { remains });
  expect(code, err).toBe(0);
  expect(points).toBeGreaterThan(5);
  const counts = new Map<number, number>();
  for (let point = 1; point <= points; point += 1) counts.set(point, await reviewsLeft(left(remains, point)));
  expect(new Set(counts.values())).toEqual(new Set([0, 1]));
  // Two that really die leave the same.
  for (const point of [1, points]) {
    const copy = join(remains, `dead-${point}`);
    await cp(fresh, copy, { recursive: true });
    expect((await dying(words, { killAt: point }, copy)).signal).toBe('SIGKILL');
    expect(await reviewsLeft(copy), `point ${point}`).toBe(counts.get(point));
  }
});
