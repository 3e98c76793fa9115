import assert from 'node:assert/strict';
import { test } from 'vitest';
import collector, { read } from '../../../collectors/_template/collector.ts';
import { Expect, type Raw } from '../../../collectors/_template/schema.ts';

const expect = Expect.parse({});
const canary = 'canary-owner-of-laptop-7';
const entry = { id: 'laptop-7', owner: canary, reviewedOn: '2026-09-30' };

/** Collects a register that is exported with these fields. */
function collect(register: object): Promise<Raw> {
  return read(context, async () => JSON.stringify({ total: 1, entries: [entry], ...register }));
}

/** The outcomes by check, in order of the entries. */
function outcomes(raw: Raw): [string, string][] {
  const { findings } = collector.assess({ ...raw, readOn: '2026-11-01' }, expect);
  return findings.map(({ check, outcome }) => [check, outcome]);
}

const context = {
  connection: { file: 'register.json' },
  expect,
  allowIntrusive: false,
  signal: AbortSignal.timeout(10_000),
  progress: () => undefined,
};

/** A file that cannot be read, for this reason of the system. */
function failing(code: string): () => Promise<string> {
  return () => Promise.reject(Object.assign(new Error(`${code}: ${canary}`), { code }));
}

test('passed: an owner is named and the review is recent', async () => {
  assert.deepEqual(outcomes(await collect({})), [
    ['every-entry-has-an-owner', 'passed'],
    ['every-entry-was-reviewed', 'passed'],
  ]);
});

test('failed: nobody is named, and the review is too old', async () => {
  const raw = await collect({ entries: [{ ...entry, owner: ' ', reviewedOn: '2020-01-31' }] });
  assert.deepEqual(outcomes(raw), [
    ['every-entry-has-an-owner', 'failed'],
    ['every-entry-was-reviewed', 'failed'],
  ]);
});

test('denied: the file may not be read', async () => {
  await assert.rejects(read(context, failing('EACCES')), { kind: 'denied', message: 'The file may not be read.' });
});

test('transient error: the disk does not answer', async () => {
  await assert.rejects(read(context, failing('EIO')), { kind: 'transient' });
});

test('empty: a register without entries has nothing to judge', async () => {
  const { population, findings } = collector.assess(await collect({ total: 0, entries: [] }), expect);
  assert.deepEqual(
    { findings, count: population.count, complete: population.complete },
    {
      findings: [],
      count: 0,
      complete: true,
    },
  );
});

test('partial: an export that stops half-way is not complete', async () => {
  const { population } = collector.assess(await collect({ total: 2 }), expect);
  assert.deepEqual({ count: population.count, complete: population.complete }, { count: 2, complete: false });
});

test('a review in the future is inconclusive', async () => {
  const raw = await collect({ entries: [{ ...entry, reviewedOn: '2027-01-01' }] });
  assert.deepEqual(outcomes(raw)[1], ['every-entry-was-reviewed', 'inconclusive']);
});

test('another form of file is unreadable, and nothing of it is quoted', async () => {
  await assert.rejects(collect({ entries: canary }), (error: Error) => !error.message.includes(canary));
});

test('who the owner is reaches neither findings nor facts', async () => {
  assert.doesNotMatch(JSON.stringify(collector.assess(await collect({}), expect)), /canary/);
});
