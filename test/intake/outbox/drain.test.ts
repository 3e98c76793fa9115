import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import { smtpLane } from '../../../intake/mail/smtp.ts';
import { drain, type Lane, LEASE_MS, nextDue } from '../../../intake/outbox/drain.ts';
import { failures } from '../../../intake/outbox/failures.ts';
import { Mail } from '../../../intake/outbox/message.ts';
import { ATTEMPTS, checked, nextAttempt, type Outcome } from '../../../intake/outbox/outcome.ts';
import { withdraw } from '../../../intake/outbox/withdraw.ts';
import { runOutbox } from '../../../intake/outbox/worker.ts';
import { headersOf, type Mailbox, openMailbox } from '../mail/servers.ts';
import { onBothStores } from '../stores.ts';
import { enqueue, lettersTo, outboxOf } from './rows.ts';

const T0 = Date.parse('2026-11-03T09:00:00Z');
const HOUR = 3_600_000;
const at = (ms: number) => new Date(T0 + ms);
const clock = (ms: number) => () => at(ms);
const from = { sender: 'trust@larkspur.example', host: 'trust.larkspur.example' };

function laneOf(send: (id: string, mail: Mail) => Promise<Outcome>, width = 4): Lane {
  return { channel: 'mail', send: checked(Mail, send), width };
}

function idsOf({ arrived }: Mailbox): (string | undefined)[] {
  return arrived.map(({ raw }) => headersOf(raw).get('message-id')?.[0]);
}

test('the waits grow from seconds to six hours, never all at the same moment, and end after days', () => {
  const first = nextAttempt(1, at(0), 0).getTime() - T0;
  expect(first).toBe(2_500);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
      const wait = nextAttempt(attempt, at(0), random).getTime() - T0;
      const whole = nextAttempt(attempt, at(0), 1).getTime() - T0;
      expect(wait).toBeGreaterThanOrEqual(Math.floor(whole / 2));
      expect(wait).toBeLessThanOrEqual(whole);
      expect(whole).toBeLessThanOrEqual(6 * HOUR);
      expect(nextAttempt(attempt + 1, at(0), 1).getTime() - T0).toBeGreaterThanOrEqual(whole);
    }),
  );
  const all = Array.from({ length: ATTEMPTS - 1 }, (_, index) => nextAttempt(index + 1, at(0), 0.5).getTime() - T0);
  const days = all.reduce((sum, wait) => sum + wait, 0) / (24 * HOUR);
  expect(days).toBeGreaterThan(2);
  expect(days).toBeLessThan(4);
});

test('whoever asks for a longer wait gets it, up to six hours; a shorter one changes nothing', () => {
  const wait = (asked: number) => nextAttempt(1, at(0), 1, at(asked)).getTime() - T0;
  expect([wait(HOUR), wait(90 * HOUR), wait(-HOUR), wait(1)]).toEqual([HOUR, 6 * HOUR, 5_000, 5_000]);
});

onBothStores('the outbox', (fresh) => {
  test('three replicas send two hundred letters, each exactly once', async () => {
    const { store, again } = fresh();
    const replicas = [store, (await again?.()) ?? store, (await again?.()) ?? store];
    const mailbox = await openMailbox();
    try {
      const ids = await enqueue(store.db, at(0), lettersTo(200));
      const attempts = await Promise.all(
        replicas.map(({ db }) => drain(db, smtpLane(mailbox.url, from), clock(1_000))),
      );
      expect(attempts.reduce((sum, count) => sum + count)).toBe(200);
      expect(idsOf(mailbox).sort()).toEqual(ids.map((id) => `<${id}@trust.larkspur.example>`).sort());
      expect(new Set(mailbox.arrived.flatMap(({ to }) => to)).size).toBe(200);
      const rows = await outboxOf(store.db);
      expect(new Set(rows.map(({ state, attempts, failure }) => `${state} ${attempts} ${failure}`))).toEqual(
        new Set(['sent 1 null']),
      );
      // Whom it went to is not kept here.
      expect(JSON.stringify(rows)).not.toContain('quill.example');
    } finally {
      await mailbox.close();
    }
  });

  test('mail waits while the server is down, and goes once', async () => {
    const { db } = fresh().store;
    const closed = await openMailbox();
    await closed.close();
    await enqueue(db, at(0), lettersTo(3));
    const lane = smtpLane(closed.url, from);
    expect(await drain(db, lane, clock(0))).toBe(3);
    for (const row of await outboxOf(db)) {
      expect(row).toMatchObject({ state: 'waiting', attempts: 1, failure: 'unreachable', settledAt: null });
      expect(row.dueAt.getTime()).toBeGreaterThanOrEqual(T0 + 2_500);
    }
    expect(await drain(db, lane, clock(1))).toBe(0);
    const mailbox = await openMailbox({ port: closed.port });
    try {
      expect(await drain(db, lane, clock(HOUR))).toBe(3);
      expect(await drain(db, lane, clock(9 * HOUR))).toBe(0);
      expect(mailbox.arrived).toHaveLength(3);
      expect(await outboxOf(db)).toMatchObject(Array(3).fill({ state: 'sent', attempts: 2, failure: null }));
    } finally {
      await mailbox.close();
    }
  });

  test('a recipient who is unknown is a bounce, one who is busy is tried again; others get theirs', async () => {
    const { db } = fresh().store;
    let busy = true;
    const mailbox = await openMailbox({
      refuse: (to) => (to.startsWith('person0@') ? 550 : to.startsWith('person1@') && busy ? 451 : undefined),
    });
    try {
      const [unknown, greylisted, fine] = await enqueue(db, at(0), lettersTo(3));
      const lane = smtpLane(mailbox.url, from);
      await drain(db, lane, clock(0));
      const byId = async (id: string | undefined) => (await outboxOf(db)).find((row) => row.id === id);
      expect(await byId(unknown)).toMatchObject({ state: 'failed', failure: 'bounced', settledAt: at(0), message: {} });
      expect(await byId(greylisted)).toMatchObject({ state: 'waiting', failure: 'smtp-451', attempts: 1 });
      expect(await byId(fine)).toMatchObject({ state: 'sent', failure: null });
      expect(await failures(db)).toEqual([
        { id: unknown, channel: 'mail', submission: null, reason: 'bounced', failedAt: at(0) },
      ]);
      busy = false;
      expect(await drain(db, lane, clock(HOUR))).toBe(1);
      expect(await byId(greylisted)).toMatchObject({ state: 'sent', failure: null, attempts: 2 });
      expect(mailbox.arrived).toHaveLength(2);
      expect(JSON.stringify(await outboxOf(db))).not.toContain('eve@');
    } finally {
      await mailbox.close();
    }
  });

  test('what never succeeds has failed after the declared number of attempts', async () => {
    const { db } = fresh().store;
    await enqueue(db, at(0), lettersTo(1));
    let tries = 0;
    const lane = laneOf(async () => {
      tries += 1;
      return { is: 'postponed', reason: 'timeout' };
    });
    for (let day = 0; day < 40; day += 1) await drain(db, lane, clock(day * 24 * HOUR));
    expect(tries).toBe(ATTEMPTS);
    expect(await outboxOf(db)).toMatchObject([
      { state: 'failed', failure: 'timeout', attempts: ATTEMPTS, message: {} },
    ]);
  });

  test('what takes every process down with it is given up too', async () => {
    const { db } = fresh().store;
    await enqueue(db, at(0), lettersTo(1));
    await db.updateTable('outbox').set({ attempts: ATTEMPTS }).execute();
    await drain(
      db,
      laneOf(() => Promise.reject(new Error('reached'))),
      clock(0),
    );
    expect(await outboxOf(db)).toMatchObject([{ state: 'failed', failure: 'given-up' }]);
  });

  test('a row is nobody else’s until its lease ends, and whoever is late changes nothing', async () => {
    const { db } = fresh().store;
    const [id] = await enqueue(db, at(0), lettersTo(1));
    const late = Promise.withResolvers<Outcome>();
    const begun = Promise.withResolvers<void>();
    const first = drain(
      db,
      laneOf(() => {
        begun.resolve();
        return late.promise;
      }),
      clock(0),
    );
    await begun.promise;
    const tried: string[] = [];
    const lane = laneOf(async (each) => {
      tried.push(each);
      return { is: 'postponed', reason: 'timeout' };
    });
    expect(await drain(db, lane, clock(LEASE_MS - 1))).toBe(0);
    expect(await drain(db, lane, clock(LEASE_MS))).toBe(1);
    expect(tried).toEqual([id]);
    late.resolve({ is: 'failed', reason: 'bounced' });
    await first;
    expect(await outboxOf(db)).toMatchObject([{ state: 'waiting', failure: 'timeout', attempts: 2 }]);
  });

  test('a row that is not what it should be is not sent, and a sender that breaks loses nothing', async () => {
    const { db } = fresh().store;
    const [broken, whole] = await enqueue(db, at(0), lettersTo(2));
    await db
      .updateTable('outbox')
      .set({ message: JSON.stringify({ to: 'a@quill.example\r\nBcc: b@quill.example', subject: 's', text: 't' }) })
      .where('id', '=', broken ?? '')
      .execute();
    const reached: string[] = [];
    await drain(
      db,
      laneOf((id) => {
        reached.push(id);
        throw new Error('eve@quill.example');
      }),
      clock(0),
    );
    expect(reached).toEqual([whole]);
    const rows = await outboxOf(db);
    expect(rows.find(({ id }) => id === broken)).toMatchObject({ state: 'failed', failure: 'malformed' });
    expect(rows.find(({ id }) => id === whole)).toMatchObject({ state: 'waiting', failure: 'unexpected' });
  });

  test('one that hangs holds up no other, not even one that comes later', async () => {
    const { db } = fresh().store;
    const [slow] = await enqueue(db, at(0), lettersTo(1));
    const end = Promise.withResolvers<void>();
    const lane = laneOf(async (id) => {
      if (id === slow) {
        await enqueue(db, at(0), lettersTo(1));
        await end.promise;
      } else end.resolve();
      return { is: 'sent' };
    }, 2);
    expect(await drain(db, lane, clock(0))).toBe(2);
  });

  test('no more are under way at once than the lane is wide', async () => {
    const { db } = fresh().store;
    await enqueue(db, at(0), lettersTo(20));
    let [now, most] = [0, 0];
    const lane = laneOf(async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return { is: 'sent' };
    }, 3);
    expect(await drain(db, lane, clock(0))).toBe(20);
    expect(most).toBe(3);
  });

  test('a database that breaks while something is sent is told of, after the rest has ended', async () => {
    const { db } = fresh().store;
    await enqueue(db, at(0), lettersTo(3));
    let ended = 0;
    const lane = laneOf(async (_, { to }) => {
      if (to.startsWith('person0')) await sql`alter table outbox rename to outbox_away`.execute(db);
      ended += 1;
      return { is: 'sent' };
    });
    await expect(drain(db, lane, clock(0))).rejects.toMatchObject({ code: '42P01' });
    expect(ended).toBe(3);
  });

  test('a worker sends what is there and what comes, and ends when told to', async () => {
    const { db } = fresh().store;
    const [first] = await enqueue(db, at(0), lettersTo(1));
    const stop = new AbortController();
    const sent: string[] = [];
    const heard: string[] = [];
    const [one, two] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const lane = laneOf(async (id) => {
      sent.push(id);
      (sent.length === 1 ? one : two).resolve();
      return { is: 'sent' };
    });
    const worker = runOutbox(db, [lane, { ...lane, channel: 'delivery' }], {
      now: clock(0),
      signal: stop.signal,
      onFailure: (code) => heard.push(code),
    });
    await one.promise;
    const [second] = await enqueue(db, at(0), lettersTo(1));
    await two.promise;
    stop.abort();
    await worker;
    expect(sent).toEqual([first, second]);
    expect(heard).toEqual([]);
    expect(await outboxOf(db)).toMatchObject([{ state: 'sent' }, { state: 'sent' }]);
    expect(await nextDue(db, lane)).toBeUndefined();
  });

  test('a worker that is told to end while it sends finishes that, and begins nothing', async () => {
    const { db } = fresh().store;
    await enqueue(db, at(0), lettersTo(2));
    const stop = new AbortController();
    const lane = laneOf(async () => {
      stop.abort();
      return { is: 'sent' };
    }, 1);
    await runOutbox(db, [lane], { now: clock(0), signal: stop.signal });
    expect((await outboxOf(db)).map(({ state }) => state).sort()).toEqual(['sent', 'waiting']);
  });

  test('a worker whose database does not answer says so by a code, and goes on when it does', async () => {
    const { db } = fresh().store;
    await enqueue(db, at(0), lettersTo(1));
    await sql`alter table outbox rename to outbox_away`.execute(db);
    const stop = new AbortController();
    const heard: string[] = [];
    const lane = laneOf(async () => {
      stop.abort();
      return { is: 'sent' };
    });
    await runOutbox(db, [lane], {
      now: clock(0),
      signal: stop.signal,
      onFailure: (code) => {
        heard.push(code);
        void sql`alter table outbox_away rename to outbox`.execute(db);
      },
    });
    expect(heard).toEqual(['42P01']);
    expect(await outboxOf(db)).toMatchObject([{ state: 'sent' }]);
  });

  test('what was withdrawn is not sent, holds nobody’s address, and is no failure to look at', async () => {
    const { db } = fresh().store;
    const mail = (to: string) => ({ channel: 'mail', mail: { to, subject: 'Your request', text: 'A link.' } }) as const;
    const letters = [mail('ada@quill.example'), mail('bob@quill.example')];
    const gone = await wayIn(db)('dpa-request', {}, { at: at(-1), actor: 'visitor', send: letters });
    const eve = [mail('eve@quill.example')];
    const stays = await wayIn(db)('dpa-request', {}, { at: at(0), actor: 'visitor', send: eve });
    const sent: string[] = [];
    const lane = laneOf(async (_, { to }) => {
      sent.push(to);
      if (sent.length === 1) expect(await withdraw(db, gone.id, at(1))).toBe(2);
      return { is: 'postponed', reason: 'timeout' };
    }, 1);
    await drain(db, lane, clock(0));
    await drain(db, lane, clock(HOUR));
    // One was under way already.
    expect(sent.slice(1)).toEqual(['eve@quill.example', 'eve@quill.example']);
    const rows = await db.selectFrom('outbox').selectAll().where('submission', '=', gone.id).execute();
    expect(rows).toMatchObject(Array(2).fill({ state: 'failed', failure: 'withdrawn', settledAt: at(1), message: {} }));
    expect(await failures(db)).toEqual([]);
    expect(await withdraw(db, stays.id, at(2))).toBe(1);
  });
});
