import { beforeAll, expect, test } from 'vitest';
import type { Standing } from '../../../intake/desk.ts';
import type { SealKey } from '../../../intake/document/seal-key.ts';
import { chainFlaw } from '../../../intake/lifecycle/chain.ts';
import { expire } from '../../../intake/lifecycle/expire.ts';
import { advance, historyOf, submissionOf } from '../../../intake/lifecycle/submission.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import { confirmByCode, confirmByLink } from '../../../intake/requests/confirm.ts';
import { decide } from '../../../intake/requests/decide.ts';
import { receive } from '../../../intake/requests/receive.ts';
import { digestOfSecret } from '../../../intake/secrets/secret.ts';
import type { Store } from '../../../intake/store/open.ts';
import { deskOf, failing, newSealKey, shortTemplate, standing } from '../agreements/desks.ts';
import { onBothStores } from '../stores.ts';
import { form, policy } from './forms.ts';

const T0 = Date.parse('2026-11-03T09:00:00Z');
const HOUR = 3_600_000;
const at = (hours: number) => new Date(T0 + hours * HOUR);
const head = { company: 'Larkspur Desk, Inc.', url: 'https://trust.larkspur.swiss' };
let said: Standing;
let sealKey: SealKey;
beforeAll(async () => {
  [said, sealKey] = await Promise.all([standing(), newSealKey()]);
});
const desk = (db: Store['db'], now = said) => deskOf(db, { standing: now, sealKey, now: at(1) });

type Letter = { to: string; subject: string; text: string };

async function letters(db: Store['db']): Promise<Letter[]> {
  const rows = await db.selectFrom('outbox').select('message').where('channel', '=', 'mail').orderBy('dueAt').execute();
  return rows.map(({ message }) => ({
    to: String(message.to),
    subject: String(message.subject),
    text: String(message.text),
  }));
}

function keysOf({ text }: Letter): { link: string; code: string } {
  return {
    link: /requests\/confirm\/([\w-]+)\//.exec(text)?.[1] ?? '',
    code: /request: (\d{3} \d{3})/.exec(text)?.[1] ?? '',
  };
}

async function asked(db: Store['db'], filled = form()) {
  const receipt = await receive(wayIn(db), policy(), head, filled, at(0));
  const letter = (await letters(db)).at(-1) ?? { to: '', subject: '', text: '' };
  return { ...receipt, ...keysOf(letter), letter };
}

onBothStores('a request', (fresh) => {
  test('from the form to the offer, by the link', async () => {
    const { db } = fresh().store;
    const { id, link, letter } = await asked(db);
    expect(letter).toMatchObject({
      to: 'ada@quill.swiss',
      subject: 'Please confirm your request to Larkspur Desk, Inc.',
      text: expect.stringContaining('gave this address in a request to Larkspur Desk, Inc.\n'),
    });
    const confirmation = await confirmByLink(db, link, at(1));
    if (confirmation.outcome !== 'confirmed') throw new Error(confirmation.outcome);
    const request = await decide(desk(db), confirmation.request);
    expect(request).toMatchObject({ id, state: 'offered' });
    const history = await historyOf(db, id);
    expect(chainFlaw('dpa-request', history, request.head)).toBeUndefined();
    expect(history.at(-1)?.facts).toEqual({
      offer: expect.stringMatching(/^[0-9a-f]{64}$/),
      number: 1,
      template: { document: 'our-agreement', version: '1.0', digest: shortTemplate.digest },
      evidenceDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      validUntil: '2026-12-03T10:00:00.000Z',
    });
    expect((await letters(db)).map(({ subject }) => subject)).toEqual([
      'Please confirm your request to Larkspur Desk, Inc.',
      'Your agreement with Larkspur Desk, Inc. is ready',
    ]);
    expect((await letters(db)).at(-1)?.text).toContain('accepted until 3 Dec 2026.');
  });

  test('nothing personal, and no secret, lies anywhere but in the data and in letters that wait', async () => {
    const { db } = fresh().store;
    const { id, status, link, code } = await asked(db, form({ email: 'ada@gmail.com', signatory: 'Ada Example' }));
    const confirmation = await confirmByLink(db, link, at(1));
    if (confirmation.outcome !== 'confirmed') throw new Error(confirmation.outcome);
    await decide(desk(db), confirmation.request);
    const history = JSON.stringify(await historyOf(db, id));
    const secrets = JSON.stringify(await db.selectFrom('secret').selectAll().execute());
    const events = JSON.stringify(
      await db.selectFrom('outbox').select('message').where('channel', '=', 'webhook').execute(),
    );
    expect(events).toContain('request.held');
    for (const text of [history, secrets, events])
      for (const word of ['ada@', 'Ada', 'Quill', 'quill', status, link, code.replace(' ', '')])
        expect(text).not.toContain(word);
  });

  test('by the code, with spaces or without; five wrong tries spend it, and the link still works', async () => {
    const { db } = fresh().store;
    const one = await asked(db);
    expect(await confirmByCode(db, one.status, one.code, at(1))).toMatchObject({ outcome: 'confirmed' });
    const two = await asked(db);
    const wrong = two.code.startsWith('000') ? '111111' : '000000';
    for (let tries = 0; tries < 5; tries += 1)
      expect(await confirmByCode(db, two.status, wrong, at(1))).toEqual({ outcome: 'wrong' });
    expect(await confirmByCode(db, two.status, two.code, at(1))).toEqual({ outcome: 'spent' });
    expect(await confirmByLink(db, two.link, at(1))).toMatchObject({ outcome: 'confirmed' });
  });

  test('a code is of its own tab, and many guesses at the same moment are five', async () => {
    const { db } = fresh().store;
    const one = await asked(db);
    const two = await asked(db);
    expect(await confirmByCode(db, two.status, one.code, at(1))).toEqual({ outcome: 'wrong' });
    const wrong = one.code.startsWith('000') ? '111111' : '000000';
    const guesses = await Promise.all(Array.from({ length: 20 }, () => confirmByCode(db, one.status, wrong, at(1))));
    expect(guesses.filter(({ outcome }) => outcome === 'wrong')).toHaveLength(5);
    expect(guesses.filter(({ outcome }) => outcome === 'spent')).toHaveLength(15);
  });

  test('is confirmed once, however often and in how many ways; late or invented links open nothing', async () => {
    const { db } = fresh().store;
    const { id, status, link, code } = await asked(db);
    const many = await Promise.all([
      ...Array.from({ length: 5 }, () => confirmByLink(db, link, at(1))),
      confirmByCode(db, status, code, at(1)),
    ]);
    expect(new Set(many.map(({ outcome }) => outcome))).toEqual(new Set(['confirmed']));
    expect(await historyOf(db, id)).toHaveLength(2);
    expect(await confirmByLink(db, `${link}x`, at(1))).toEqual({ outcome: 'unknown' });
    expect(await confirmByLink(db, status, at(1))).toEqual({ outcome: 'unknown' });
    expect(await confirmByLink(db, digestOfSecret(link), at(1))).toEqual({ outcome: 'unknown' });
    const late = await asked(db);
    expect(await confirmByLink(db, late.link, at(25))).toEqual({ outcome: 'unknown' });
    expect(await confirmByCode(db, late.status, late.code, at(25))).toEqual({ outcome: 'spent' });
  });

  test('held when the rules say so, with the reasons, and the claims that do not hold', async () => {
    const { db } = fresh().store;
    const { link } = await asked(db);
    const confirmation = await confirmByLink(db, link, at(1));
    if (confirmation.outcome !== 'confirmed') throw new Error(confirmation.outcome);
    const request = await decide(desk(db, failing(said, 'rows-are-scoped')), confirmation.request);
    expect(request.state).toBe('held');
    expect((await historyOf(db, request.id)).at(-1)?.facts).toEqual({
      reasons: ['measures'],
      failing: ['rows-are-scoped'],
    });
    expect((await letters(db)).at(-1)?.text).toContain('a request is answered within 48 hours');
  });

  test('that nobody confirms expires and is emptied, at the moment that the letter names and not before', async () => {
    const { db } = fresh().store;
    const { id, letter } = await asked(db);
    expect(letter.text).toContain('deleted after 7 days.');
    expect(await expire(db, policy(), at(7 * 24 - 1))).toEqual({ expired: 0, emptied: 0 });
    expect(await expire(db, policy(), at(7 * 24))).toEqual({ expired: 1, emptied: 0 });
    expect(await submissionOf(db, id)).toMatchObject({ state: 'expired', data: null });
    expect(await db.selectFrom('secret').selectAll().execute()).toEqual([]);
    expect(await expire(db, policy(), at(7 * 24))).toEqual({ expired: 0, emptied: 0 });
  });

  test('that was declined loses its data after its time, one that goes on does not', async () => {
    const { db } = fresh().store;
    const ids: string[] = [];
    for (const to of ['declined', 'held']) {
      const { link } = await asked(db);
      const confirmation = await confirmByLink(db, link, at(1));
      if (confirmation.outcome !== 'confirmed') throw new Error(confirmation.outcome);
      ids.push((await advance(db, confirmation.request, to, { at: at(1), actor: 'rules' })).id);
    }
    const days = (count: number) => at(1 + 24 * count);
    expect(await expire(db, policy(), new Date(days(180).getTime() - 1))).toEqual({ expired: 0, emptied: 0 });
    expect(await expire(db, policy(), days(180))).toEqual({ expired: 0, emptied: 1 });
    const left = await Promise.all(ids.map((id) => submissionOf(db, id)));
    expect(left.map((each) => each?.data === null)).toEqual([true, false]);
  });
});
