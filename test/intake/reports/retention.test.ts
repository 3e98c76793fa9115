import { hash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { expire } from '../../../intake/lifecycle/expire.ts';
import { forget } from '../../../intake/lifecycle/forget.ts';
import { advance, submissionOf } from '../../../intake/lifecycle/submission.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import { receiveReport } from '../../../intake/reports/receive.ts';
import type { Store } from '../../../intake/store/open.ts';
import { DisclosurePolicy } from '../../../schemas/index.ts';
import { policy } from '../requests/forms.ts';
import { onBothStores } from '../stores.ts';

const T0 = Date.parse('2026-01-05T10:00:00Z');
const days = (count: number) => new Date(T0 + count * 86_400_000);
const head = { company: 'Fern GmbH', url: 'https://trust.fern.swiss' };
const disclosure = DisclosurePolicy.parse({
  contacts: ['security@fern.swiss'],
  expiresOn: '2026-12-01',
  languages: ['en'],
  scope: ['fern.swiss'],
  safeHarbor: 'Whoever keeps to this policy has nothing to fear from us.',
  clocks: [{ id: 'acknowledged', title: 'Acknowledged', starts: 'receipt', within: '48h', counts: 'calendar' }],
  credit: 'opt-in',
  bounty: { kind: 'none' },
  retention: '90d',
});

onBothStores('the text of reports', (fresh) => {
  /** A report that was received on day 0 and closed on day 10, and one that is open. */
  async function two({ db }: Store) {
    const receive = () =>
      receiveReport(
        wayIn(db),
        head,
        [],
        {
          via: 'browser',
          ciphertext: randomBytes(70_000),
          access: randomBytes(32).toString('base64url'),
          replyTo: 'age1pq1reporter',
          keys: hash('sha256', 'keys'),
          critical: false,
        },
        days(0),
      );
    const [open, closed] = [(await receive()).number, (await receive()).number];
    const before = await submissionOf(db, closed);
    if (before === undefined) throw new Error('It was taken in.');
    await advance(db, before, 'closed', { at: days(10), actor: 'somebody' });
    return { open, closed };
  }
  const kept = async ({ db }: Store) => {
    const rows = await db
      .selectFrom('reportMessage')
      .innerJoin('report', 'report.submission', 'reportMessage.submission')
      .select(['report.submission', 'ciphertext', 'replyTo', 'bytes', 'digest'])
      .execute();
    return new Map(rows.map((row) => [row.submission, row]));
  };

  test('is deleted when its window after the end is over, and not a moment before; of an open one never', async () => {
    const { store } = fresh();
    const { open, closed } = await two(store);
    const over = days(100);
    const before = new Date(over.getTime() - 1);
    expect(await expire(store.db, policy(), before, { disclosure })).toEqual({ expired: 0, emptied: 0 });
    expect((await kept(store)).get(closed)?.ciphertext).not.toBeNull();
    expect(await expire(store.db, policy(), over, { disclosure })).toEqual({ expired: 0, emptied: 1 });
    const after = await kept(store);
    expect(after.get(closed)).toMatchObject({ ciphertext: null, replyTo: null, bytes: 70_000 });
    expect(after.get(open)?.ciphertext).not.toBeNull();
    expect((await submissionOf(store.db, closed))?.data).toBeNull();
    expect(await expire(store.db, policy(), days(9_000), { disclosure })).toEqual({ expired: 0, emptied: 0 });
    expect((await kept(store)).get(open)?.ciphertext).not.toBeNull();
  });

  test('is kept for a year where nothing is said, and as long as nobody can read what is', async () => {
    const { store } = fresh();
    const { closed } = await two(store);
    expect(await expire(store.db, policy(), days(9_000), null)).toEqual({ expired: 0, emptied: 0 });
    expect(await expire(store.db, policy(), days(374))).toEqual({ expired: 0, emptied: 0 });
    expect(await expire(store.db, policy(), days(375))).toEqual({ expired: 0, emptied: 1 });
    expect((await kept(store)).get(closed)?.ciphertext).toBeNull();
  });

  test('is deleted when its report is forgotten', async () => {
    const { store } = fresh();
    const { open, closed } = await two(store);
    const holding = async () =>
      (
        await sql<{ state: string }>`select state from measured_submission where has_data order by state`.execute(
          store.db,
        )
      ).rows.map(({ state }) => state);
    await forget(store.db, open, days(1));
    expect((await kept(store)).get(open)).toMatchObject({ ciphertext: null, replyTo: null });
    expect(await holding()).toEqual(['closed']);
    // What a collector reads sees the text itself, not whether somebody says that it is gone.
    await sql`update submission set data = null where id = ${closed}`.execute(store.db);
    expect(await holding()).toEqual(['closed']);
    await forget(store.db, closed, days(1));
    expect(await holding()).toEqual([]);
  });
});
