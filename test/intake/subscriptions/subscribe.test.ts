import { expect, test } from 'vitest';
import { expire } from '../../../intake/lifecycle/expire.ts';
import { historyOf, submissionOf } from '../../../intake/lifecycle/submission.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import { confirmByLink } from '../../../intake/requests/confirm.ts';
import type { Store } from '../../../intake/store/open.ts';
import { announce } from '../../../intake/subscriptions/announce.ts';
import { confirmSubscription, subscribe, unsubscribe } from '../../../intake/subscriptions/subscribe.ts';
import { SubscriptionForm as Form, type SubscriptionForm } from '../../../schemas/index.ts';
import { policy } from '../requests/forms.ts';
import { onBothStores } from '../stores.ts';

const T0 = Date.parse('2026-11-03T09:00:00Z');
const at = (hours: number) => new Date(T0 + hours * 3_600_000);
const head = { company: 'Larkspur Desk, Inc.', url: 'https://trust.larkspur.swiss/' };
const news = {
  id: 'mail-house-added',
  topic: 'subprocessors',
  subject: 'A new subprocessor',
  text: 'From 1 December.',
} as const;
const ada: SubscriptionForm = { email: 'ada@quill.swiss', topics: ['subprocessors', 'advisories'] };

async function letters(db: Store['db']) {
  const rows = await db.selectFrom('outbox').select('message').orderBy('dueAt').orderBy('id').execute();
  return rows.map(({ message }) => ({
    to: String(message.to),
    text: String(message.text),
    unsubscribe: message.unsubscribe,
  }));
}

async function subscribed(db: Store['db'], form: SubscriptionForm) {
  await subscribe(wayIn(db), policy(), head, form, at(0));
  const { id } = await db
    .selectFrom('submission')
    .select('id')
    .where('kind', '=', 'subscription')
    .orderBy('openedAt', 'desc')
    .executeTakeFirstOrThrow();
  const letter = (await letters(db)).find(({ to, text }) => to === form.email && text.includes('confirm'));
  return { id, link: /subscriptions\/confirm\/([\w-]+)\//.exec(letter?.text ?? '')?.[1] ?? '', letter };
}

onBothStores('a subscription', (fresh) => {
  test('hears nothing before its address is confirmed, then each piece of its news once, and nothing after its end', async () => {
    const { db } = fresh().store;
    const { id, link, letter } = await subscribed(db, ada);
    expect(letter?.text).toContain('about: changes of subprocessors, vulnerabilities.');
    expect(await announce(db, head, news, at(1))).toBe(0);
    expect(await confirmSubscription(db, link, at(1))).toBe(true);
    expect(await confirmSubscription(db, link, at(1))).toBe(true);
    expect(await announce(db, head, news, at(2))).toBe(1);
    expect(await announce(db, head, news, at(3))).toBe(0);
    expect(await announce(db, head, { ...news, id: 'page-redone', topic: 'updates' }, at(3))).toBe(0);
    const told = (await letters(db)).find(({ text }) => text.includes('1 December'));
    expect(told?.unsubscribe).toMatch(/^https:\/\/trust\.larkspur\.swiss\/subscriptions\/end\/[\w-]{43}\/$/);
    const secret = /end\/([\w-]+)\//.exec(String(told?.unsubscribe))?.[1] ?? '';
    await unsubscribe(db, secret, at(4));
    await unsubscribe(db, secret, at(4));
    expect(await submissionOf(db, id)).toMatchObject({ state: 'ended', data: null });
    expect(await announce(db, head, { ...news, id: 'another' }, at(5))).toBe(0);
    expect((await historyOf(db, id)).map(({ to }) => to)).toEqual(['pending', 'active', 'ended']);
    expect(await confirmSubscription(db, link, at(5))).toBe(false);
  });

  test('is one of many: twelve hundred are told, each once, though two tell them at the same time', async () => {
    const { db } = fresh().store;
    const takeIn = wayIn(db);
    await Promise.all(
      Array.from({ length: 1200 }, (_, index) =>
        subscribe(takeIn, policy(), head, { ...ada, email: `a${index}@quill.swiss` }, at(0)),
      ),
    );
    const links = (await letters(db)).map(({ text }) => /confirm\/([\w-]+)\//.exec(text)?.[1] ?? '');
    await Promise.all(links.map((link) => confirmSubscription(db, link, at(1))));
    const told = await Promise.all([announce(db, head, news, at(2)), announce(db, head, news, at(2))]);
    expect(told[0] + told[1]).toBe(1200);
    expect(
      new Set((await letters(db)).filter(({ text }) => text.includes('1 December')).map(({ to }) => to)).size,
    ).toBe(1200);
  });

  test('answers the same for an address that is told already, and a key opens its own door only', async () => {
    const { db } = fresh().store;
    const one = await subscribed(db, ada);
    await confirmSubscription(db, one.link, at(1));
    expect(await subscribe(wayIn(db), policy(), head, ada, at(1))).toBeUndefined();
    expect((await letters(db)).filter(({ text }) => text.includes('To confirm it'))).toHaveLength(2);
    expect(await confirmByLink(db, one.link, at(1))).toEqual({ outcome: 'unknown' });
    expect(await confirmSubscription(db, 'nothing', at(1))).toBe(false);
    await unsubscribe(db, one.link, at(1));
    await unsubscribe(db, 'nothing', at(1));
    expect((await submissionOf(db, one.id))?.state).toBe('active');
  });

  test('that is not confirmed is deleted when its letter says', async () => {
    const { db } = fresh().store;
    const { id, link, letter } = await subscribed(db, ada);
    expect(letter?.text).toContain('deleted after 7d');
    expect(await expire(db, policy(), at(7 * 24))).toEqual({ expired: 1, emptied: 0 });
    expect(await submissionOf(db, id)).toMatchObject({ state: 'expired', data: null });
    expect(await confirmSubscription(db, link, at(7 * 24))).toBe(false);
  });
});

test.each([
  ['no topic', { email: 'ada@quill.swiss', topics: [] }],
  ['an unknown topic', { email: 'ada@quill.swiss', topics: ['money'] }],
  ['two addresses', { email: 'ada@quill.swiss, eve@quill.swiss', topics: ['updates'] }],
  ['a header', { email: 'ada@quill.swiss\nBcc: eve@quill.swiss', topics: ['updates'] }],
])('%s is refused', (_, fields) => expect(Form.safeParse(fields).success).toBe(false));
