import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../examples/postgres-server.ts';
import { sampleFiles } from '../../../ledger/samples/files.ts';
import { keepCommitment, keepDraw } from '../../../ledger/samples/keep.ts';
import { readSamples } from '../../../ledger/samples/store.ts';
import { seedText } from '../../../posture/sampling/beacon.ts';
import { drawDistinct } from '../../../posture/sampling/draw.ts';
import { SamplePicks } from '../../../schemas/index.ts';
import { filesIn } from '../../ledger/whole.ts';
import { allPassed, makeBench, refused, type SampleBench } from '../sampling/harness.ts';
import { BEFORE, ROUND, ROUND_AT, roundSeed } from '../sampling/rounds.ts';
import { connectionOf, declaration, makeTable, sql } from './table.ts';

const DAY = 86_400_000;
let server: PostgresServer;
let bench: SampleBench;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  await makeTable(server);
  bench = await makeBench('postgres-sample', connectionOf(server), declaration());
});
afterEach(() => bench.place.remove());

/** Commits, waits for the round and draws. */
async function drawn(between: () => Promise<unknown> = async () => undefined) {
  const commitment = await bench.commit();
  await between();
  bench.clock.now = ROUND_AT + 1000;
  return { commitment, draw: await bench.draw(commitment.number, roundSeed) };
}

/** The id of the n-th row that was drawn, and of one that was not. */
async function drawnIds(count: number): Promise<{ first: string; other: string }> {
  const { rows } = await sql(
    server,
    `select id::text from public.changes where environment = 'production' order by changes.id`,
  );
  const picks: number[] = [];
  for (const { position } of drawDistinct(seedText(roundSeed), rows.length)) if (picks.push(position) === count) break;
  const ids: string[] = rows.map(({ id }) => id);
  const other = ids.find((_, index) => !picks.includes(index + 1));
  return { first: ids[(picks[0] ?? 1) - 1] ?? '', other: other ?? '' };
}

const outcomes = async () => (await bench.look()).outcomes;

test('passed: a sample that was committed to before its round, and drawn with it', async () => {
  const { commitment, draw } = await drawn();
  expect(commitment).toMatchObject({
    number: 1,
    attempt: 1,
    population: { count: 360, filters: ['environment is production'], description: 'Changes that reached production' },
    confidence: 0.95,
    tolerable: 0.05,
    size: 54,
    seed: { round: ROUND },
  });
  expect(draw.population).toMatchObject({ count: 360, root: commitment.population.root });
  expect(draw.result).toMatchObject({ size: 54, deviations: 0, upperCount: 17 });
  expect(await bench.look()).toMatchObject({
    outcomes: allPassed,
    record: {
      facts: {
        samples: 1,
        newestSample: 1,
        populationCount: 360,
        sampleSize: 54,
        deviations: 0,
        upperBoundPercent: 4.73,
      },
    },
  });
});

test('nothing private is published: no id, no value, no name of a column or of the table', async () => {
  await drawn();
  const { record } = await bench.look();
  const files = (await filesIn(bench.place.content)).filter((file) => file.startsWith('ledger/audit-samples/'));
  const texts = await Promise.all(files.map((file) => readFile(join(bench.place.content, file), 'utf8')));
  expect(files).toHaveLength(7);
  for (const text of [JSON.stringify(record), ...texts])
    expect(text).not.toMatch(/canary|CHG-|approver-|"ticket"|public\.changes|sampler-pass|deployed_at/);
});

test('two at once: one result, and numbers without gaps', async () => {
  await bench.commit();
  bench.clock.now = ROUND_AT + 1000;
  const draws = await Promise.allSettled([bench.draw(1, roundSeed), bench.draw(1, roundSeed)]);
  expect(draws.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const commitments = await Promise.allSettled([bench.commit(), bench.commit(), bench.commit()]);
  const refusals = [...draws, ...commitments].flatMap((each) => (each.status === 'rejected' ? [each.reason.name] : []));
  for (const name of refusals) expect(['CollectBusy', 'SampleDrawnBefore']).toContain(name);
  const samples = await readSamples(bench.place.content);
  expect(samples.map(({ commitment }) => commitment.number)).toEqual(samples.map((_, index) => index + 1));
  expect(samples).toHaveLength(1 + commitments.filter(({ status }) => status === 'fulfilled').length);
});

describe('sabotage of each check turns it, and its near miss does not', () => {
  test('sabotage of committed-before-its-seed: the round was there already', async () => {
    const { commitment, draw } = await drawn();
    const picks = SamplePicks.parse(
      JSON.parse(await readFile(join(bench.place.content, sampleFiles(1).picks), 'utf8')),
    );
    // As somebody with the keys would forge it: the commands refuse.
    await bench.tools.withLedger(async (ledger) => {
      const window = { from: '2026-09-17T00:00:00.000Z', until: '2026-09-17T01:00:00.000Z' };
      const population = { ...commitment.population, window };
      await keepCommitment(ledger, { ...commitment, number: 2, at: ledger.now(), population });
      const place = (await readSamples(bench.place.content)).at(-1)?.place ?? draw.commitment;
      await keepDraw(ledger, { ...draw, number: 2, commitment: place }, picks);
    });
    expect(await outcomes()).toEqual({ ...allPassed, 'committed-before-its-seed': 'failed' });
    expect((await bench.look()).reasons['committed-before-its-seed']).toMatchInlineSnapshot(
      `"sample 2: Its seed is wrong: round 32285085 existed when the commitment was made."`,
    );
  });

  test('near miss of committed-before-its-seed: a minute before, and drawn in the very second of the round', async () => {
    bench.clock.now = ROUND_AT - 60_000;
    bench.expect = declaration({ seed: { beacon: 'quicknet', after: '1m' } });
    const commitment = await bench.commit();
    bench.clock.now = ROUND_AT - 1;
    expect(await refused(bench.draw(1, roundSeed))).toMatch(/^SampleSeedNotDue: sample 1 waits for round 32285085/);
    bench.clock.now = ROUND_AT;
    await bench.draw(commitment.number, roundSeed);
    expect(await outcomes()).toEqual(allPassed);
  });

  test('sabotage of population-unchanged: rows are swapped after the commitment', async () => {
    await bench.commit();
    await sql(server, `update public.changes set id = 401 where id = 1`);
    bench.clock.now = ROUND_AT + 1000;
    expect(await refused(bench.draw(1, roundSeed))).toMatchInlineSnapshot(
      `"SamplePopulationChanged: the population of the-source/postgres-sample is not the one that sample 1 was committed to: it has the same 360 items, but not the same ids in the same order. Nothing was drawn."`,
    );
    expect(await readSamples(bench.place.content)).toMatchObject([{ drawn: undefined }]);
    await bench.draw(1, roundSeed, true);
    expect(await outcomes()).toEqual({
      ...allPassed,
      'population-unchanged': 'failed',
      'result-in-time': 'failed',
      'deviations-within-tolerable-rate': 'inconclusive',
    });
  });

  test('near miss of population-unchanged: rows outside of the period and the filters come and go', async () => {
    await drawn(async () => {
      await sql(server, `delete from public.changes where environment = 'staging'`);
      await sql(server, `insert into public.changes values (500, '2026-09-17', 'production', 'a', 'a', null, null)`);
      await sql(server, `update public.changes set ticket = 'CHG-0'`);
      await sql(server, `cluster public.changes using changes_pkey`);
    });
    expect(await outcomes()).toEqual(allPassed);
  });

  test('sabotage of result-in-time: the day passes without a result', async () => {
    await drawn();
    bench.expect = declaration({}, { window: { from: '2026-06-01', until: '2026-07-01' } });
    await sql(
      server,
      `insert into public.changes values (-1, '2026-06-02', 'production', 'a', 'b', '2026-06-01', 'CHG-1')`,
    );
    const { dueAt } = await bench.commit();
    bench.clock.now = Date.parse(dueAt) + 1;
    expect(await outcomes()).toEqual({ ...allPassed, 'result-in-time': 'failed' });
    expect((await bench.look()).reasons['result-in-time']).toMatch(/^sample 2: Its result was promised until/);
  });

  test('near miss of result-in-time: the last moment of the day', async () => {
    await drawn();
    bench.expect = declaration({}, { window: { from: '2026-06-01', until: '2026-07-01' } });
    await sql(
      server,
      `insert into public.changes values (-1, '2026-06-02', 'production', 'a', 'b', '2026-06-01', 'CHG-1')`,
    );
    const { dueAt } = await bench.commit();
    bench.clock.now = Date.parse(dueAt);
    expect(await outcomes()).toEqual(allPassed);
  });

  test('sabotage of deviations-within-tolerable-rate: somebody approved their own change, and it was drawn', async () => {
    const { first } = await drawnIds(54);
    await sql(server, `update public.changes set approver = upper(author) where id = ${first}`);
    await drawn();
    const { outcomes: found, record } = await bench.look();
    expect(found).toEqual({ ...allPassed, 'deviations-within-tolerable-rate': 'failed' });
    const failed = record.findings.filter(({ outcome }) => outcome === 'failed');
    expect(failed).toMatchObject([{ subject: 'approved-by-somebody-else' }]);
    expect(failed[0]?.reason).toMatchInlineSnapshot(
      `"1 of 54 items deviate: with 95 % confidence at most 28 of 360 do; tolerable are 5 %."`,
    );
  });

  test('near miss of deviations-within-tolerable-rate: a change that was not drawn, and a name that only looks alike', async () => {
    const { first, other } = await drawnIds(54);
    await sql(server, `update public.changes set approver = author where id = ${other}`);
    await sql(server, `update public.changes set approver = author || '2' where id = ${first}`);
    await drawn();
    expect(await outcomes()).toEqual(allPassed);
  });

  test('sabotage of first-attempt: a second commitment to the same period', async () => {
    await drawn();
    bench.clock.now = BEFORE + 2 * DAY;
    expect((await bench.commit()).attempt).toBe(2);
    expect(await outcomes()).toEqual({ ...allPassed, 'first-attempt': 'failed' });
    expect((await bench.look()).reasons['first-attempt']).toMatchInlineSnapshot(`"2 of 2 failed: sample 1, sample 2."`);
  });

  test('sabotage of first-attempt: a period that only shares its last instant', async () => {
    await drawn();
    bench.clock.now = BEFORE + 2 * DAY;
    bench.expect = declaration({}, { window: { from: '2026-09-16T23:59:59Z', until: '2026-09-18' } });
    await sql(server, `insert into public.changes values (500, '2026-09-17', 'production', 'a', 'b', null, null)`);
    expect((await bench.commit()).attempt).toBe(2);
    expect(await outcomes()).toEqual({ ...allPassed, 'first-attempt': 'failed' });
  });

  test('near miss of first-attempt: the period that follows', async () => {
    await drawn();
    bench.clock.now = BEFORE + 2 * DAY;
    bench.expect = declaration({}, { window: { from: '2026-09-17', until: '2026-09-18' } });
    await sql(server, `insert into public.changes values (500, '2026-09-17', 'production', 'a', 'b', null, null)`);
    expect((await bench.commit()).attempt).toBe(1);
    expect(await outcomes()).toEqual(allPassed);
  });

  test('sabotage of sample-as-declared: another test under the same title', async () => {
    await drawn();
    const { attributes } = declaration();
    bench.expect = declaration({
      attributes: {
        ...attributes,
        'has-a-ticket': { title: 'It names a ticket', test: { field: 'ticket', present: true } },
      },
    });
    expect(await outcomes()).toEqual({ ...allPassed, 'sample-as-declared': 'failed' });
  });

  test('near miss of sample-as-declared: the period moves on', async () => {
    await drawn();
    bench.expect = declaration({}, { window: { from: '2026-09-17', until: '2026-12-17' } });
    expect(await outcomes()).toEqual(allPassed);
  });

  test('sabotage of sample-is-current: the period ended too long ago', async () => {
    await drawn();
    bench.clock.now = Date.parse('2026-09-17') + 100 * DAY + 1;
    expect(await outcomes()).toEqual({ ...allPassed, 'sample-is-current': 'failed' });
  });

  test('near miss of sample-is-current: it ended just so long ago', async () => {
    await drawn();
    bench.clock.now = Date.parse('2026-09-17') + 100 * DAY;
    expect(await outcomes()).toEqual(allPassed);
  });
});
