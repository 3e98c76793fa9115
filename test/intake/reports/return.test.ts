import { hash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { chainFlaw } from '../../../intake/lifecycle/chain.ts';
import { advance, historyOf, submissionOf } from '../../../intake/lifecycle/submission.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import { receiveReport } from '../../../intake/reports/receive.ts';
import { answerCase } from '../../../intake/reports/return/answer.ts';
import { caseOpenedBy } from '../../../intake/reports/return/case.ts';
import type { Store } from '../../../intake/store/open.ts';
import { Refusal } from '../../../intake/web/refusal.ts';
import { onBothStores } from '../stores.ts';

const head = { company: 'Fern GmbH', url: 'https://trust.fern.swiss' };
const at = new Date('2026-11-20T10:00:00Z');
const now = () => at;

onBothStores('the way back to a report', (fresh) => {
  /** A report that was taken in, and what opens it. */
  async function received({ db }: Store, bytes = 4_000) {
    const access = randomBytes(32).toString('base64url');
    const report = {
      via: 'browser' as const,
      ciphertext: randomBytes(bytes),
      access,
      replyTo: 'age1pq1ada',
      critical: false,
    };
    const { number } = await receiveReport(
      wayIn(db),
      head,
      [],
      {
        ...report,
        keys: hash('sha256', ''),
      },
      at,
    );
    return { access, number };
  }

  const contacts = ['security@fern.swiss'];
  const answer = ({ db }: Store, number: string, once: string, ciphertext: Uint8Array = randomBytes(500)) =>
    answerCase({ db, head, now }, contacts, number, { ciphertext, once });

  test('shows the messages to the reporter, without who wrote them, and none of the team', async () => {
    const { store } = fresh();
    const { db } = store;
    const { access, number } = await received(store, 200_000);
    const text = randomBytes(300);
    const rows = (['reporter', 'team', 'guest'] as const).map((audience, index) => ({
      ...{ id: `m${index}`, submission: number, position: index + 2, audience, author: 'ada', at },
      ...{ ciphertext: text, digest: hash('sha256', text), bytes: text.length },
    }));
    await db.insertInto('reportMessage').values(rows).execute();
    const found = await caseOpenedBy(db, access);
    expect(found).toMatchObject({ id: number, state: 'received', openedAt: at, replyTo: 'age1pq1ada' });
    expect(found?.messages.map(({ position, from }) => [position, from])).toEqual([
      [1, 'reporter'],
      [2, 'team'],
    ]);
    // What the reporter has anyway is not sent to and fro.
    expect(found?.messages[0]?.ciphertext).toBeNull();
    expect(Buffer.from(found?.messages[1]?.ciphertext ?? []).equals(text)).toBe(true);
    expect(JSON.stringify(found)).not.toContain('"ada"');
  });

  test('keeps what is sent once, however often and whatever happens meanwhile', async () => {
    const { store } = fresh();
    const { db } = store;
    const { access, number } = await received(store);
    const once = randomBytes(32).toString('base64url');
    const before = await submissionOf(db, number);
    if (before === undefined) throw new Error('It was taken in.');
    const moved = advance(db, before, 'acknowledged', { at, actor: 'web:ada' }).catch(() => undefined);
    const kept = await Promise.all([1, 2, 3].map(() => answer(store, number, once)));
    await moved;
    expect([...kept, await answer(store, number, once)]).toEqual([true, true, true, true]);
    expect(await answer(store, number, `${once}2`)).toBe(true);
    const found = await caseOpenedBy(db, access);
    expect(found?.messages.map(({ position, from }) => [position, from])).toEqual([
      [1, 'reporter'],
      [2, 'reporter'],
      [3, 'reporter'],
    ]);
    const after = await submissionOf(db, number);
    expect(chainFlaw('vulnerability-report', await historyOf(db, number), after?.head ?? '')).toBeUndefined();
    const letters = await db.selectFrom('outbox').select('message').where('channel', '=', 'mail').execute();
    expect(letters.map(({ message }) => message.to)).toEqual(['security@fern.swiss', 'security@fern.swiss']);
  });

  test('takes twelve messages an hour, whatever comes at once, and shows the newest twenty again', async () => {
    const { store } = fresh();
    const { access, number } = await received(store);
    let passed = 0;
    const send = (once: string) =>
      answerCase({ db: store.db, head, now: () => new Date(at.getTime() + passed) }, contacts, number, {
        ciphertext: randomBytes(500),
        once,
      }).catch((error: unknown) => (error instanceof Refusal ? error.refused : error));
    const together = await Promise.all(Array.from({ length: 15 }, (_, index) => send(`first-${index}`)));
    expect(together.filter((kept) => kept === true)).toHaveLength(12);
    expect(together.filter((kept) => kept === 'too-many-answers')).toHaveLength(3);
    // What was kept is not too many when it is sent twice.
    expect(await send(`first-${together.indexOf(true)}`)).toBe(true);
    passed = 3_600_000;
    for (let sent = 0; sent < 12; sent += 1) expect(await send(`second-${sent}`)).toBe(true);
    expect(await send('more')).toBe('too-many-answers');
    const found = await caseOpenedBy(store.db, access);
    const isShown = found?.messages.map(({ ciphertext }) => ciphertext !== null);
    expect(isShown).toEqual([...Array(5).fill(false), ...Array(20).fill(true)]);
  });

  test('is shut once it is closed or emptied, and for everything else', async () => {
    const { store } = fresh();
    const { db } = store;
    for (const end of ['closed', 'emptied']) {
      const { access, number } = await received(store);
      const before = await submissionOf(db, number);
      if (before === undefined) throw new Error('It was taken in.');
      if (end === 'closed') await advance(db, before, 'closed', { at, actor: 'web:ada' });
      else await db.updateTable('submission').set({ data: null }).where('id', '=', number).execute();
      expect(await caseOpenedBy(db, access)).toBeUndefined();
      expect(await answer(store, number, 'x'.repeat(43))).toBe(false);
    }
    const { number } = await received(store);
    for (const wrong of ['', number, 'x'.repeat(43), '\u0000']) expect(await caseOpenedBy(db, wrong)).toBeUndefined();
    expect(await answer(store, 'vulnerability-report-0000000000000000', 'x'.repeat(43))).toBe(false);
  });
});
