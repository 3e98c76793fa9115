import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import fc from 'fast-check';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Pool } from 'pg';
import { expect, test } from 'vitest';
import { chainFlaw } from '../../../intake/lifecycle/chain.ts';
import { type Machine, machines } from '../../../intake/lifecycle/machines.ts';
import { advance, historyOf, submissionOf } from '../../../intake/lifecycle/submission.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import type { Store } from '../../../intake/store/open.ts';
import type { Tables } from '../../../intake/store/tables.ts';
import { onBothStores } from '../stores.ts';

const T0 = Date.parse('2026-11-03T09:00:00Z');
const at = (minutes: number) => new Date(T0 + minutes * 60_000);
const data = { company: 'Quill Ltd.', email: 'ada@quill.example' };
const mail = { channel: 'mail', mail: { to: data.email, subject: 'Your request', text: 'A link.' } } as const;

const kinds: [string, Machine][] = Object.entries(machines);
test.each(kinds)('%s: every state is reached, and only ends lead nowhere', (_, machine) => {
  const reached = new Set([machine.first]);
  for (const state of reached) for (const next of machine.next[state] ?? []) reached.add(next);
  expect([...reached].sort()).toEqual(Object.keys(machine.next).sort());
});

onBothStores('what is sent in', (fresh) => {
  test('is there with its first transition and its letter, or not at all', async () => {
    const { db } = fresh().store;
    const taken = await wayIn(db)('dpa-request', data, { at: at(0), actor: 'visitor', send: [mail] });
    expect(taken.id).toMatch(/^dpa-request-[0-9a-hjkmnp-tv-z]{16}$/);
    expect(await submissionOf(db, taken.id)).toEqual(taken);
    expect(await letters(db)).toEqual([mail.mail]);
    const unsendable = { channel: 'mail', mail: { ...mail.mail, subject: '\u0000' } } as const;
    await expect(wayIn(db)('dpa-request', data, { at: at(0), actor: 'visitor', send: [unsendable] })).rejects.toThrow();
    const { count } = await db
      .selectFrom('submission')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(1);
  });

  test('that comes with many others goes in with them; one that is refused takes nobody with it', async () => {
    const { db } = fresh().store;
    const takeIn = wayIn(db);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 450 }, (_, index) =>
        // PostgreSQL has no null characters in JSON.
        takeIn('dpa-request', index % 100 === 7 ? { company: '\u0000' } : { company: `Quill ${index}` }, {
          at: at(index),
          actor: 'visitor',
          send: [index % 100 === 8 ? { ...mail, mail: { ...mail.mail, subject: '' } } : mail],
        }),
      ),
    );
    const taken = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(taken).toHaveLength(440);
    expect(new Set(taken.map(({ id }) => id)).size).toBe(440);
    for (const submission of [taken[0], taken[200], taken[439]])
      if (submission === undefined) throw new Error('It was taken in.');
      else {
        expect(await submissionOf(db, submission.id)).toEqual(submission);
        expect(chainFlaw('dpa-request', await historyOf(db, submission.id), submission.head)).toBeUndefined();
      }
    expect(await letters(db)).toHaveLength(440);
  });

  test('twice at the same time is there once, and both hear the same', async () => {
    const { db } = fresh().store;
    const takeIn = wayIn(db);
    const cause = { at: at(0), actor: 'visitor', send: [mail] };
    const taken = await Promise.all(Array.from({ length: 9 }, () => takeIn('dpa-request', data, cause, 'seed')));
    expect(new Set(taken.map(({ id }) => id)).size).toBe(1);
    expect(await letters(db)).toHaveLength(1);
  });

  test('one that waits for another process holds up nobody else', async () => {
    const { store, again } = fresh();
    // PGlite has one connection: nobody else can be in the way.
    if (again === undefined) return;
    const other = await again();
    const takeIn = wayIn(store.db);
    const cause = { at: at(0), actor: 'visitor' };
    const { waiting } = await other.db.transaction().execute(async (transaction) => {
      const first = await wayIn(transaction)('dpa-request', data, cause, 'seed');
      const second = takeIn('dpa-request', data, cause, 'seed');
      const next = await takeIn('dpa-request', data, cause);
      expect(await submissionOf(store.db, next.id)).toEqual(next);
      expect(await submissionOf(store.db, first.id)).toBeUndefined();
      return { waiting: second };
    });
    expect(await historyOf(store.db, (await waiting).id)).toHaveLength(1);
  });

  test('goes where its plan leads, and its history proves it', async () => {
    const { db } = fresh().store;
    let request = await wayIn(db)('dpa-request', data, { at: at(0), actor: 'visitor' });
    request = await advance(db, request, 'verified', { at: at(1), actor: 'visitor', send: [mail] });
    request = await advance(db, request, 'held', { at: at(2), actor: 'rules', facts: { reason: 'free-mail' } });
    expect(await submissionOf(db, request.id)).toEqual(request);
    const history = await historyOf(db, request.id);
    expect(history.map(({ from, to, actor }) => [from, to, actor])).toEqual([
      [null, 'received', 'visitor'],
      ['received', 'verified', 'visitor'],
      ['verified', 'held', 'rules'],
    ]);
    expect(chainFlaw('dpa-request', history, request.head)).toBeUndefined();
    expect(await letters(db)).toHaveLength(1);
  });

  test('refuses what its plan does not know', async () => {
    const { db } = fresh().store;
    const request = await wayIn(db)('dpa-request', data, { at: at(0), actor: 'visitor' });
    await expect(advance(db, request, 'sealed', { at: at(1), actor: 'visitor' })).rejects.toMatchObject({
      name: 'TransitionRefused',
      what: `\`${request.id}\` is received, and cannot become sealed.`,
    });
    expect(await historyOf(db, request.id)).toHaveLength(1);
  });

  test('is decided once: of many who decide at the same time one does, and one letter goes out', async () => {
    const { store, again } = fresh();
    const others = again === undefined ? [store] : [store, await again(), await again()];
    const received = await wayIn(store.db)('dpa-request', data, { at: at(0), actor: 'visitor' });
    const request = await advance(store.db, received, 'verified', { at: at(1), actor: 'visitor' });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) => {
        const { db } = others[index % others.length] ?? store;
        return advance(db, request, index % 2 === 0 ? 'offered' : 'declined', {
          at: at(2),
          actor: 'rules',
          send: [mail],
        });
      }),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ name: 'TransitionRefused' });
    expect(await historyOf(store.db, request.id)).toHaveLength(3);
    expect(await letters(store.db)).toHaveLength(1);
  });

  test('whose personal data is deleted keeps a history that still proves itself', async () => {
    const { db } = fresh().store;
    const received = await wayIn(db)('dpa-request', data, { at: at(0), actor: 'visitor' });
    const gone = await advance(db, received, 'expired', { at: at(1), actor: 'clock' }, null);
    expect((await submissionOf(db, gone.id))?.data).toBeNull();
    expect(chainFlaw('dpa-request', await historyOf(db, gone.id), gone.head)).toBeUndefined();
  });

  test('has a history that nobody can rewrite by a statement', async () => {
    const { db } = fresh().store;
    await wayIn(db)('dpa-request', data, { at: at(0), actor: 'visitor' });
    for (const statement of [
      "update transition set actor = 'x'",
      'delete from transition',
      'truncate transition cascade',
    ])
      await expect(sql.raw(statement).execute(db)).rejects.toThrow('what has happened stays as it was');
  });

  test('a history in which anything was changed, left out, added or moved does not hold', async () => {
    const { db } = fresh().store;
    let request = await wayIn(db)('dpa-request', data, { at: at(0), actor: 'visitor' });
    for (const [index, to] of ['verified', 'offered', 'declined'].entries())
      request = await advance(db, request, to, { at: at(index + 1), actor: 'rules' });
    const history = await historyOf(db, request.id);
    const { head } = request;
    expect(chainFlaw('dpa-request', history, head)).toBeUndefined();
    const flaws = [
      chainFlaw('dpa-request', history.slice(1), head),
      chainFlaw('dpa-request', history.slice(0, -1), head),
      chainFlaw('dpa-request', history.toSpliced(1, 1), head),
      chainFlaw('dpa-request', history.toReversed(), head),
      chainFlaw('dpa-request', [...history, ...history], head),
    ];
    expect(flaws).toEqual([
      'transition 1 is missing',
      'its newest transition is missing',
      'transition 2 is missing',
      'transition 1 is missing',
      'transition 5 is missing',
    ]);
    fc.assert(
      fc.property(
        fc.nat(history.length - 1),
        fc.constantFrom('to', 'actor', 'at', 'facts', 'previous'),
        (index, field) => {
          const changed = history.map((each, place) => {
            if (place !== index) return each;
            if (field === 'at') return { ...each, at: new Date(each.at.getTime() + 1) };
            if (field === 'facts') return { ...each, facts: { more: true } };
            return { ...each, [field]: field === 'to' ? 'held' : 'f'.repeat(64) };
          });
          expect(chainFlaw('dpa-request', changed, head)).toBeDefined();
        },
      ),
    );
  });
});

test('a database that does not answer is not asked again for each of many who wait', async () => {
  let calls = 0;
  const deaf = createServer((socket) => {
    calls += 1;
    socket.destroy();
  });
  deaf.listen(0, '127.0.0.1');
  await once(deaf, 'listening');
  const { port } = deaf.address() as AddressInfo;
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: new Pool({ host: '127.0.0.1', port }) }) });
  const takeIn = wayIn(db);
  const cause = { at: at(0), actor: 'visitor' };
  const outcomes = await Promise.allSettled(Array.from({ length: 64 }, () => takeIn('dpa-request', data, cause)));
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(64);
  expect(calls).toBeLessThanOrEqual(2);
  await db.destroy();
  deaf.close();
});

async function letters(db: Store['db']) {
  return (await db.selectFrom('outbox').select('message').execute()).map(({ message }) => message);
}
