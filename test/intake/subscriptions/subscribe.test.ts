import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { chainFlaw } from '../../../intake/lifecycle/chain.ts';
import { expire } from '../../../intake/lifecycle/expire.ts';
import { historyOf, submissionOf } from '../../../intake/lifecycle/submission.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import { smtpLane } from '../../../intake/mail/smtp.ts';
import { drain } from '../../../intake/outbox/drain.ts';
import { confirmByLink } from '../../../intake/requests/confirm.ts';
import type { Store } from '../../../intake/store/open.ts';
import { announce } from '../../../intake/subscriptions/announce.ts';
import { topicsOf, unsubscribe } from '../../../intake/subscriptions/end.ts';
import { announceNews } from '../../../intake/subscriptions/news.ts';
import { confirmSubscription, subscribe, viewConfirmation } from '../../../intake/subscriptions/subscribe.ts';
import { SubscriptionForm as Form, type SubscriptionForm, Topic } from '../../../schemas/index.ts';
import { headersOf, openMailbox } from '../mail/servers.ts';
import { oakvault, saying, telling, letters as waiting } from '../notices/saying.ts';
import { policy } from '../requests/forms.ts';
import { type Fresh, onBothStores } from '../stores.ts';

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
  return (await waiting(db)).map(({ to, text, unsubscribe }) => ({ to, text, unsubscribe }));
}

/** The secret that is in each letter to a subscription. */
async function keyOf(db: Store['db'], id: string): Promise<string> {
  return String((await submissionOf(db, id))?.data?.unsubscribe);
}

async function subscribed(db: Store['db'], form: SubscriptionForm) {
  await subscribe(wayIn(db), policy(), head, form, at(0));
  const { id } = await db
    .selectFrom('submission')
    .select('id')
    .where('kind', '=', 'subscription')
    .where(sql<boolean>`data ->> 'email' = ${form.email}`)
    .executeTakeFirstOrThrow();
  const letter = (await letters(db)).find(({ to, text }) => to === form.email && text.includes('confirm'));
  return { id, link: /subscriptions\/confirm\/([\w-]+)\//.exec(letter?.text ?? '')?.[1] ?? '', letter };
}

const subscriptionTests = (fresh: () => Fresh) => {
  test('hears nothing before its address is confirmed, then each piece of its news once, and nothing after its end', async () => {
    const { db } = fresh().store;
    const { id, link, letter } = await subscribed(db, ada);
    expect(letter?.text).toContain('about: changes of subprocessors, vulnerabilities.');
    expect(await announce(db, head, news, at(1))).toBe(0);
    const topics = ['subprocessors', 'advisories'];
    expect(await viewConfirmation(db, link, at(1))).toEqual({ isActive: false, topics });
    expect(await confirmSubscription(db, link, at(1))).toBe(true);
    expect(await confirmSubscription(db, link, at(1))).toBe(true);
    expect(await viewConfirmation(db, link, at(1))).toEqual({ isActive: true, topics });
    expect(await announce(db, head, news, at(2))).toBe(1);
    expect(await announce(db, head, news, at(3))).toBe(0);
    expect(await announce(db, head, { ...news, id: 'page-redone', topic: 'updates' }, at(3))).toBe(0);
    const told = (await letters(db)).find(({ text }) => text.includes('1 December'));
    expect(told?.text).toContain('because you asked for changes of subprocessors. To hear no more:');
    expect(told?.unsubscribe).toMatch(
      /^https:\/\/trust\.larkspur\.swiss\/subscriptions\/end\/[\w-]{43}\/\?topic=subprocessors$/,
    );
    const secret = /end\/([\w-]+)\//.exec(String(told?.unsubscribe))?.[1] ?? '';
    await unsubscribe(db, secret, Topic.options, at(4));
    await unsubscribe(db, secret, Topic.options, at(4));
    expect(await submissionOf(db, id)).toMatchObject({ state: 'ended', data: null });
    expect(await announce(db, head, { ...news, id: 'another' }, at(5))).toBe(0);
    expect((await historyOf(db, id)).map(({ to }) => to)).toEqual(['pending', 'active', 'ended']);
    expect(await confirmSubscription(db, link, at(5))).toBe(false);
    expect(await viewConfirmation(db, link, at(5))).toBeUndefined();
    expect(await topicsOf(db, secret, at(5))).toEqual([]);
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
    await unsubscribe(db, one.link, Topic.options, at(1));
    await unsubscribe(db, 'nothing', Topic.options, at(1));
    expect(await topicsOf(db, one.link, at(1))).toBeUndefined();
    expect(await viewConfirmation(db, await keyOf(db, one.id), at(1))).toBeUndefined();
    expect((await submissionOf(db, one.id))?.state).toBe('active');
  });

  test('that is not confirmed is deleted when its letter says', async () => {
    const { db } = fresh().store;
    const { id, link, letter } = await subscribed(db, ada);
    expect(letter?.text).toContain('deleted after 7 days.');
    expect(await expire(db, policy(), at(7 * 24))).toEqual({ expired: 1, emptied: 0 });
    expect(await submissionOf(db, id)).toMatchObject({ state: 'expired', data: null });
    expect(await confirmSubscription(db, link, at(7 * 24))).toBe(false);
  });
};

const topicTests = (fresh: () => Fresh) => {
  test('end one by one, whichever letter is used, and the address is deleted with the last', async () => {
    const { db } = fresh().store;
    const one = await subscribed(db, ada);
    await confirmSubscription(db, one.link, at(1));
    const two = await subscribed(db, { email: 'Ada@Quill.swiss', topics: ['updates', 'subprocessors'] });
    await confirmSubscription(db, two.link, at(1));
    const other = await subscribed(db, { email: 'bob@quill.swiss', topics: ['updates'] });
    await confirmSubscription(db, other.link, at(1));
    const keys = await Promise.all([one, two].map(({ id }) => keyOf(db, id)));
    const [first = '', second = ''] = keys;
    for (const key of keys) expect(await topicsOf(db, key, at(1))).toEqual(['updates', 'subprocessors', 'advisories']);
    expect(await announce(db, head, news, at(2))).toBe(1);
    await unsubscribe(db, first, ['subprocessors'], at(3));
    for (const key of keys) expect(await topicsOf(db, key, at(3))).toEqual(['updates', 'advisories']);
    expect(await announce(db, head, { ...news, id: 'another' }, at(4))).toBe(0);
    // Its own has none left, and still opens the page of the address.
    await unsubscribe(db, first, ['advisories'], at(5));
    expect(await topicsOf(db, first, at(5))).toEqual(['updates']);
    await unsubscribe(db, second, ['updates'], at(6));
    for (const key of keys) expect(await topicsOf(db, key, at(6))).toEqual([]);
    for (const { id } of [one, two]) expect(await submissionOf(db, id)).toMatchObject({ state: 'ended', data: null });
    expect(await topicsOf(db, await keyOf(db, other.id), at(6))).toEqual(['updates']);
    const history = await historyOf(db, one.id);
    expect(history.map(({ to, facts }) => [to, facts])).toEqual([
      ['pending', {}],
      ['active', {}],
      ['active', { ended: ['subprocessors'] }],
      ['active', { ended: ['advisories'] }],
      ['ended', {}],
    ]);
    expect(chainFlaw('subscription', history, (await submissionOf(db, one.id))?.head ?? '')).toBeUndefined();
  });

  test('end at the same moment, and none of it is lost', async () => {
    const { db } = fresh().store;
    const { id, link } = await subscribed(db, { ...ada, topics: ['updates', 'subprocessors', 'advisories'] });
    await confirmSubscription(db, link, at(1));
    const key = await keyOf(db, id);
    await Promise.all(Topic.options.flatMap((topic) => [1, 2].map(() => unsubscribe(db, key, [topic], at(2)))));
    expect(await submissionOf(db, id)).toMatchObject({ state: 'ended', data: null });
  });

  test('take their letters back that wait, and leave those of other topics', async () => {
    const { db } = fresh().store;
    const { id, link } = await subscribed(db, { ...ada, topics: ['updates', 'subprocessors'] });
    await confirmSubscription(db, link, at(1));
    const content = saying({
      updates: { moved: { publishedOn: '2026-11-03' } },
      notices: { oakvault: [{ ...oakvault, announcedOn: '2026-11-03' }] },
    });
    expect(await announceNews(telling(db, { content, at: at(2) }))).toBe(2);
    await unsubscribe(db, await keyOf(db, id), ['subprocessors'], at(3));
    const subjects = (await waiting(db)).map(({ subject }) => subject);
    expect(subjects).toContain('Larkspur Desk: moved');
    expect(subjects).not.toContain('Larkspur Desk: Oakvault becomes a subprocessor');
    await unsubscribe(db, await keyOf(db, id), ['updates'], at(4));
    // Nothing waits that names the address, not even what asked to confirm it.
    expect(await waiting(db)).toEqual([]);
  });

  test('are in a header of one line that one click ends, over the wire', async () => {
    const { db } = fresh().store;
    const { link } = await subscribed(db, ada);
    await confirmSubscription(db, link, at(1));
    await announce(db, head, news, at(2));
    const mailbox = await openMailbox();
    try {
      const lane = smtpLane(mailbox.url, { sender: 'trust@larkspur.swiss', host: 'trust.larkspur.swiss' });
      expect(await drain(db, lane, () => at(2))).toBe(2);
      const headers = mailbox.arrived.map(({ raw }) => headersOf(raw)).find((each) => each.has('list-unsubscribe'));
      expect(headers?.get('list-unsubscribe-post')).toEqual(['List-Unsubscribe=One-Click']);
      const [, secret = ''] =
        /^<https:.*\/end\/([\w-]{43})\/\?topic=subprocessors>$/.exec(headers?.get('list-unsubscribe')?.[0] ?? '') ?? [];
      await unsubscribe(db, secret, ['subprocessors'], at(3));
      expect(await topicsOf(db, secret, at(3))).toEqual(['advisories']);
    } finally {
      await mailbox.close();
    }
  });
};

const newsTests = (fresh: () => Fresh) => {
  const all = ['updates', 'subprocessors', 'advisories'] as const;
  const told = async (db: Store['db']) =>
    (await waiting(db)).map(({ subject }) => subject).filter((subject) => !subject.startsWith('Please'));
  async function heard(db: Store['db']) {
    const { id, link } = await subscribed(db, { ...ada, topics: [...all] });
    await confirmSubscription(db, link, at(0));
    return id;
  }

  test('begins with the first look: what was published before is never told, what is dated today or later is', async () => {
    const { db } = fresh().store;
    await heard(db);
    const said = {
      content: saying({
        updates: {
          old: { publishedOn: '2021-01-01' },
          yesterday: { publishedOn: '2026-11-02' },
          today: { publishedOn: '2026-11-03', kind: 'advisory' },
          tomorrow: { publishedOn: '2026-11-04' },
        },
        notices: {
          lexibridge: [{ ...oakvault, announcedOn: '2025-10-27' }],
          oakvault: [{ ...oakvault, announcedOn: '2026-11-03' }],
        },
      }),
      at: at(1),
    };
    const desk = telling(db, said);
    expect(await announceNews(desk)).toBe(2);
    expect(await told(db)).toEqual(
      expect.arrayContaining(['Larkspur Desk: today', 'Larkspur Desk: Oakvault becomes a subprocessor']),
    );
    said.at = at(24);
    expect(await announceNews(desk)).toBe(1);
    expect(await told(db)).toContain('Larkspur Desk: tomorrow');
    // What was written later and dated back is news as long as it is of a day since.
    said.content.updates.push(...saying({ updates: { late: { publishedOn: '2026-11-03' } } }).updates);
    said.at = at(48);
    expect(await announceNews(desk)).toBe(1);
    expect(await announceNews(desk)).toBe(0);
    expect(await told(db)).toHaveLength(4);
  });

  test('tells of an advisory when it is new, changed and withdrawn, each once, and of the last of what came at once', async () => {
    const { db } = fresh().store;
    await heard(db);
    const publishedAt = '2026-11-03T10:00:00Z';
    const revisions = [{ at: '2026-11-04T10:00:00Z', summary: 'Versions were corrected.' }];
    const withdrawn = { at: '2026-11-05T10:00:00Z', reason: 'It was no weakness.' };
    const said = {
      content: saying({ advisories: { old: { publishedAt: '2026-11-02T23:59:59Z' }, a: { publishedAt } } }),
      at: at(2),
    };
    const desk = telling(db, said);
    expect(await announceNews(desk)).toBe(1);
    said.at = at(48);
    said.content = saying({
      advisories: { old: { publishedAt: '2026-11-02T23:59:59Z', revisions }, a: { publishedAt, revisions } },
    });
    expect(await announceNews(desk)).toBe(2);
    said.content = saying({
      advisories: { a: { publishedAt, revisions, withdrawn }, b: { publishedAt, revisions, withdrawn } },
    });
    expect(await announceNews(desk)).toBe(2);
    expect(await announceNews(desk)).toBe(0);
    expect((await told(db)).sort()).toEqual([
      'Larkspur Desk: Drafts were shown',
      'Larkspur Desk: Drafts were shown (changed)',
      'Larkspur Desk: Drafts were shown (changed)',
      'Larkspur Desk: Drafts were shown (withdrawn)',
      'Larkspur Desk: Drafts were shown (withdrawn)',
    ]);
    const texts = (await waiting(db)).map(({ text }) => text.split('\n\n-- ')[0]);
    const about = (words: string) => texts.find((text) => text?.includes(words) && text.endsWith('/a/'));
    expect(about('Versions were')).toMatchInlineSnapshot(`
      "Drafts were shown (changed)

      What changed: Versions were corrected.

      Severity: medium (CVSS 4.0: 5.3).

      It was wrong.

      Titles.

      Update.

      https://trust.larkspur.swiss/page/advisories/a/"
    `);
    expect(about('It was no weakness')).toMatchInlineSnapshot(`
      "Drafts were shown (withdrawn)

      Withdrawn: It was no weakness.

      https://trust.larkspur.swiss/page/advisories/a/"
    `);
  });

  test('begins so even when nothing of content could be read at first', async () => {
    const { db } = fresh().store;
    await heard(db);
    const said = { content: saying({}), at: at(1) };
    expect(await announceNews(telling(db, said))).toBe(0);
    said.content = saying({ updates: { old: { publishedOn: '2024-01-01' }, fresh: { publishedOn: '2026-11-03' } } });
    expect(await announceNews(telling(db, said))).toBe(1);
    expect(await told(db)).toEqual(['Larkspur Desk: fresh']);
  });

  test('is told once by many replicas, goes on after it was cut off, and survives a clock that jumps back', async () => {
    const { store, again } = fresh();
    const replicas = [store, (await again?.()) ?? store, (await again?.()) ?? store];
    const { db } = store;
    for (let index = 0; index < 30; index += 1) {
      const { link } = await subscribed(db, { email: `a${index}@quill.swiss`, topics: ['updates'] });
      await confirmSubscription(db, link, at(0));
    }
    const said = { content: saying({ updates: { one: { publishedOn: '2026-11-03' } } }), at: at(1) };
    // Somebody wrote half of the letters and died: the last of them are not there.
    await announceNews(telling(db, said));
    const half = (await waiting(db)).filter(({ subject }) => subject === 'Larkspur Desk: one').slice(15);
    await db
      .deleteFrom('outbox')
      .where(
        'id',
        'in',
        half.map(({ id }) => id),
      )
      .execute();
    await db
      .updateTable('announcement')
      .set({ toldAt: null as never })
      .execute();
    const counts = await Promise.all(replicas.map((each) => announceNews(telling(each.db, said))));
    expect(counts.reduce((sum, count) => sum + count)).toBe(15);
    said.at = at(-24 * 400);
    expect(await announceNews(telling(db, said))).toBe(0);
    said.at = at(24 * 400);
    expect(await announceNews(telling(db, said))).toBe(0);
    const letters = (await waiting(db)).filter(({ subject }) => subject === 'Larkspur Desk: one');
    expect(new Set(letters.map(({ to }) => to)).size).toBe(30);
    expect(letters).toHaveLength(30);
  });

  test('goes by the kind of an update to its topic, with a link to the page, in a subject that fits', async () => {
    const { db } = fresh().store;
    const { link } = await subscribed(db, { ...ada, topics: ['advisories'] });
    await confirmSubscription(db, link, at(0));
    const kinds = ['change', 'incident', 'advisory', 'subprocessor', 'notice'];
    const updates = Object.fromEntries(
      kinds.map((kind) => [kind, { kind, publishedOn: '2026-11-03', title: `${kind} ${'x'.repeat(140)}` }]),
    );
    const content = { ...saying({ updates }), organization: { name: 'L'.repeat(160), trustUrl: 'https://t.swiss/p/' } };
    expect(await announceNews(telling(db, { content, at: at(1) }))).toBe(1);
    const letter = (await waiting(db)).find(({ text }) => text.includes('About advisory.'));
    expect(letter?.text).toContain('https://t.swiss/p/updates/#update-advisory');
    expect(letter?.subject).toMatch(/^.{199}…$/);
    expect(await db.selectFrom('announcement').select(['id', 'topic']).orderBy('id').execute()).toEqual([
      { id: 'update.advisory', topic: 'advisories' },
      { id: 'update.change', topic: 'updates' },
      { id: 'update.incident', topic: 'updates' },
      { id: 'update.notice', topic: 'updates' },
      { id: 'update.subprocessor', topic: 'subprocessors' },
    ]);
  });

  test('that cannot be told holds up no other, and is told of', async () => {
    const { db } = fresh().store;
    await heard(db);
    const content = saying({
      updates: {
        a: { publishedOn: '2026-11-03', summary: 'A\u202e broken one.' },
        b: { publishedOn: '2026-11-03' },
      },
    });
    const desk = telling(db, { content, at: at(1) });
    await expect(announceNews(desk)).rejects.toMatchObject({ name: 'MessageRefused' });
    expect(await told(db)).toEqual(['Larkspur Desk: b']);
    await expect(announceNews(desk)).rejects.toMatchObject({ name: 'MessageRefused' });
    expect(await told(db)).toEqual(['Larkspur Desk: b']);
  });
};

// One database for all: to start one takes longer than what is tested.
onBothStores('subscriptions', (fresh) => {
  describe('a subscription', () => subscriptionTests(fresh));
  describe('the topics of an address', () => topicTests(fresh));
  describe('news', () => newsTests(fresh));
});

test.each([
  ['no topic', { email: 'ada@quill.swiss', topics: [] }],
  ['an unknown topic', { email: 'ada@quill.swiss', topics: ['money'] }],
  ['two addresses', { email: 'ada@quill.swiss, eve@quill.swiss', topics: ['updates'] }],
  ['a header', { email: 'ada@quill.swiss\nBcc: eve@quill.swiss', topics: ['updates'] }],
])('%s is refused', (_, fields) => expect(Form.safeParse(fields).success).toBe(false));
