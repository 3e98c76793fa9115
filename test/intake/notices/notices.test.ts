import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { chainFlaw } from '../../../intake/lifecycle/chain.ts';
import { advance, historyOf, submissionOf } from '../../../intake/lifecycle/submission.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import { smtpLane } from '../../../intake/mail/smtp.ts';
import { giveNotice } from '../../../intake/notices/give.ts';
import { object, viewNotice } from '../../../intake/notices/object.ts';
import { objectionsOf, settleObjection } from '../../../intake/notices/objections.ts';
import { recipientsOf } from '../../../intake/notices/recipients.ts';
import { raiseUndelivered, sendNoticeAgain } from '../../../intake/notices/undelivered.ts';
import { drain } from '../../../intake/outbox/drain.ts';
import { notices, settle } from '../../../intake/staff/notices.ts';
import type { Store } from '../../../intake/store/open.ts';
import type { ChangeTerms } from '../../../schemas/index.ts';
import { openMailbox } from '../mail/servers.ts';
import { form } from '../requests/forms.ts';
import { type Fresh, onBothStores } from '../stores.ts';
import { events, letters, oakvault, saying, telling } from './saying.ts';

const from = { sender: 'trust@larkspur.swiss', host: 'trust.larkspur.swiss' };
const day = (on: string, time = '09:00') => new Date(`${on}T${time}:00Z`);
const content = saying({ notices: { oakvault: [oakvault] } });
const CHANGE = 'oakvault.added.2026-11-09';
let texts = 0;

/** Brings a request as far as `state`. One that is sealed has a text with these terms. */
async function signed(
  db: Store['db'],
  { email = 'ada@quill.swiss', at = day('2026-11-01'), terms, state = 'sealed' }: Partial<Signing> = {},
): Promise<string> {
  const steps = ['verified', 'offered', 'accepted', 'sealed', 'terminated'];
  let request = await wayIn(db)('dpa-request', form({ email }), { at, actor: 'visitor' });
  for (const to of steps.slice(0, steps.indexOf(state) + 1))
    request = await advance(db, request, to, { at, actor: 'rules' });
  if (terms === undefined) return request.id;
  texts += 1;
  const data = JSON.stringify({ agreement: { annexes: {}, changes: terms } });
  await sql`insert into agreement_template (digest, data, text) values (${`text-${texts}`}, ${data}::jsonb, 'text')`.execute(
    db,
  );
  await sql`insert into agreement (submission, number, digest, template, valid_until, acceptance)
    values (${request.id}, 1, ${`offer-${texts}`}, ${`text-${texts}`}, ${at}, '{}')`.execute(db);
  return request.id;
}
type Signing = { email: string; at: Date; terms: ChangeTerms; state: string };

function keyIn(letter: { text: string } | undefined): string {
  return /\/objections\/([\w-]{43})\/$/m.exec(letter?.text ?? '')?.[1] ?? '';
}

/** Somebody who signed and was told, over the wire, at `sent`; with the secret of their letter. */
async function told(db: Store['db'], sent: Date, signing: Partial<Signing> = {}) {
  const request = await signed(db, signing);
  await giveNotice(telling(db, { content, at: sent }));
  const key = keyIn((await letters(db))[0]);
  const mailbox = await openMailbox();
  await drain(db, smtpLane(mailbox.url, from), () => sent);
  await mailbox.close();
  return { request, key };
}

const giving = (fresh: () => Fresh) => {
  test('goes to everybody who signed, once, with what changes and a link of their own', async () => {
    const { db } = fresh().store;
    const ada = await signed(db);
    const bob = await signed(db, { email: 'bob@fern.swiss' });
    for (const state of ['offered', 'accepted', 'terminated'])
      await signed(db, { state, email: `${state}@fern.swiss` });
    const desk = telling(db, { content, at: day('2026-11-09') });
    expect(await giveNotice(desk)).toBe(2);
    expect(await giveNotice(desk)).toBe(0);
    const sent = await letters(db);
    expect(sent.map(({ to }) => to).sort()).toEqual(['ada@quill.swiss', 'bob@fern.swiss']);
    expect(new Set(sent.map(keyIn)).size).toBe(2);
    expect(sent[0]?.subject).toBe('Notice from Larkspur Desk, Inc.: Oakvault becomes a subprocessor');
    expect(sent[0]?.text).toContain('Oakvault will keep encrypted copies of backups in Helsinki.');
    expect(sent[0]?.text).toContain('Last day to object: 2026-12-14, until it ends everywhere on earth');
    expect(sent[0]?.text).toMatch(/https:\/\/trust\.larkspur\.swiss\/objections\/[\w-]{43}\/$/m);
    expect((await recipientsOf(db, day('2026-11-09'), CHANGE)).map(({ request }) => request).sort()).toEqual(
      [ada, bob].sort(),
    );
    // What opens the link is kept as a digest alone, and letters go with the notice or not at all.
    const kept = JSON.stringify([
      await db.selectFrom('notice').selectAll().execute(),
      await db.selectFrom('noticeLetter').selectAll().execute(),
    ]);
    for (const word of [...sent.map(keyIn), 'ada@', 'bob@', 'Quill']) expect(kept).not.toContain(word);
  });

  test('goes once though many replicas give it, and to whoever signs before it takes effect, and not after', async () => {
    const { store, again } = fresh();
    const replicas = [store, (await again?.()) ?? store, (await again?.()) ?? store];
    const { db } = store;
    for (let index = 0; index < 12; index += 1) await signed(db, { email: `a${index}@quill.swiss` });
    const said = { content, at: day('2026-11-09') };
    const counts = await Promise.all(replicas.map((each) => giveNotice(telling(each.db, said))));
    expect(counts.reduce((sum, count) => sum + count)).toBe(12);
    await signed(db, { email: 'late@quill.swiss', at: day('2026-12-01') });
    await signed(db, { email: 'too-late@quill.swiss', at: day('2026-12-23') });
    said.at = day('2027-01-10');
    expect(await giveNotice(telling(db, said))).toBe(1);
    const sent = (await letters(db)).map(({ to }) => to);
    expect(sent).toContain('late@quill.swiss');
    expect(sent).toHaveLength(13);
    // It took effect: nobody else is looked for.
    await signed(db, { email: 'dated-back@quill.swiss', at: day('2026-12-02') });
    expect(await giveNotice(telling(db, said))).toBe(0);
  });

  test('is not of what was announced before the first look, and waits for its day', async () => {
    const { db } = fresh().store;
    await signed(db);
    const said = {
      at: day('2026-11-08', '23:59'),
      content: saying({
        notices: {
          oakvault: [oakvault, oakvault, { ...oakvault, change: 'changed' }],
          old: [{ ...oakvault, announcedOn: '2026-11-07' }],
        },
      }),
    };
    expect(await giveNotice(telling(db, said))).toBe(0);
    said.at = day('2026-11-09', '00:00');
    expect(await giveNotice(telling(db, said))).toBe(3);
    const rows = await db.selectFrom('subprocessorChange').select('id').orderBy('id').execute();
    expect(rows.map(({ id }) => id)).toEqual([CHANGE, `${CHANGE}.2`, 'oakvault.changed.2026-11-09']);
  });

  test('keeps to the later day when content moves one, for those who were told too', async () => {
    const { db } = fresh().store;
    const { key } = await told(db, day('2026-11-09'));
    const moved = (changes: Record<string, unknown>) => ({
      content: saying({ notices: { oakvault: [{ ...oakvault, ...changes }] } }),
      at: day('2026-11-10'),
    });
    await giveNotice(telling(db, moved({ objectionDeadline: '2026-11-20', effectiveOn: '2026-11-21' })));
    expect((await viewNotice(db, key, day('2026-11-30')))?.clock).toMatchObject({ objectUntil: '2026-12-14' });
    await giveNotice(telling(db, moved({ objectionDeadline: '2027-01-31', effectiveOn: '2027-02-28' })));
    expect((await viewNotice(db, key, day('2026-11-30')))?.clock).toMatchObject({
      objectUntil: '2027-01-31',
      appliesFrom: '2027-02-28',
    });
    expect(await letters(db)).toEqual([]);
  });

  test('that cannot be written keeps nobody else from theirs, and is told of', async () => {
    const { db } = fresh().store;
    const broken = await signed(db);
    await signed(db, { email: 'bob@fern.swiss' });
    await sql`update submission set data = '{"email":"nobody"}' where id = ${broken}`.execute(db);
    const desk = telling(db, { content, at: day('2026-11-09') });
    await expect(giveNotice(desk)).rejects.toThrow();
    expect((await letters(db)).map(({ to }) => to)).toEqual(['bob@fern.swiss']);
  });
};

const delivering = (fresh: () => Fresh) => {
  test('is known of each: sent, waiting, or failed with a code; clocks run only for whoever could be reached', async () => {
    const { db } = fresh().store;
    const gone = await signed(db, { email: 'gone@fern.swiss', terms: { objection: { days: 60 } } });
    const busy = await signed(db, { email: 'busy@fern.swiss' });
    const fine = await signed(db, {
      email: 'fine@fern.swiss',
      terms: { objection: { days: 60 }, notice: { days: 90 } },
    });
    const said = { content, at: day('2026-11-09') };
    await giveNotice(telling(db, said));
    const of = async (request: string, now = said.at) =>
      (await recipientsOf(db, now)).find((each) => each.request === request);
    expect(await of(fine)).toMatchObject({ delivery: { is: 'waiting' }, clock: { is: 'not-started' } });
    const mailbox = await openMailbox({
      refuse: (to) => (to.startsWith('gone@') ? 550 : to.startsWith('busy@') ? 451 : undefined),
    });
    try {
      const lane = smtpLane(mailbox.url, from);
      const at = day('2026-11-10');
      await drain(db, lane, () => at);
      expect(await of(fine)).toMatchObject({
        delivery: { is: 'sent', at },
        clock: { is: 'running', startedAt: at, objectUntil: '2027-01-09', appliesFrom: '2027-02-08' },
      });
      expect(await of(busy)).toMatchObject({ delivery: { is: 'waiting' }, clock: { is: 'not-started' } });
      expect(await of(gone)).toMatchObject({
        delivery: { is: 'failed', at, reason: 'bounced' },
        clock: { is: 'unreached' },
      });
      // Years later nobody who was not reached is late.
      expect((await of(gone, day('2031-01-01')))?.clock).toEqual({ is: 'unreached' });
      expect((await of(fine, day('2031-01-01')))?.clock.is).toBe('ended');

      said.at = at;
      expect(await raiseUndelivered(telling(db, said))).toBe(1);
      expect(await raiseUndelivered(telling(db, said))).toBe(0);
      const lost = await of(gone);
      expect(await events(db)).toEqual([
        {
          type: 'notice.undelivered',
          timestamp: at.toISOString(),
          data: { id: lost?.id, change: CHANGE, request: gone, reason: 'bounced' },
          text: `A notice could not be delivered, and its clocks do not run: ${lost?.id} (bounced)`,
        },
      ]);

      // A person finds another address: the clock starts when that letter goes, and only one goes.
      const id = lost?.id ?? '';
      const later = day('2026-12-01');
      said.at = later;
      const tries = await Promise.allSettled(
        [1, 2].map(() => sendNoticeAgain(telling(db, said), id, 'staff-1', 'counsel@fern.swiss')),
      );
      expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(tries.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { name: 'NoticeRefused', message: `\`${id}\` cannot be sent again: its letter is on its way.` },
      });
      expect((await of(gone))?.clock.is).toBe('not-started');
      await drain(db, lane, () => later);
      expect(mailbox.arrived.flatMap(({ to }) => to)).toContain('counsel@fern.swiss');
      expect(await of(gone)).toMatchObject({
        delivery: { is: 'sent', at: later },
        clock: { startedAt: later, objectUntil: '2027-01-30' },
      });
      await expect(sendNoticeAgain(telling(db, said), id, 'staff-1')).rejects.toMatchObject({
        message: `\`${id}\` cannot be sent again: its letter was delivered.`,
      });
      await expect(sendNoticeAgain(telling(db, said), 'notice-0', 'staff-1')).rejects.toMatchObject({
        message: '`notice-0` cannot be sent again: there is none of this name.',
      });
    } finally {
      await mailbox.close();
    }
  });

  test('does not begin before its letter was written, when a clock jumps back', async () => {
    const { db } = fresh().store;
    await signed(db, { terms: { objection: { days: 60 } } });
    await giveNotice(telling(db, { content, at: day('2026-11-09') }));
    await sql`update outbox set state = 'sent', settled_at = ${day('2020-01-01')}`.execute(db);
    expect((await recipientsOf(db, day('2026-11-09')))[0]?.clock).toMatchObject({
      startedAt: day('2026-11-09'),
      objectUntil: '2027-01-08',
    });
  });
};

const objecting = (fresh: () => Fresh) => {
  const reason = 'We do not want our backups there.\nPlease <b>call</b> us.';

  test('is looked at without a change, and recorded once, whoever sends it how often', async () => {
    const { db } = fresh().store;
    const { request, key } = await told(db, day('2026-11-09'));
    const said = { content, at: day('2026-11-20') };
    for (let looks = 0; looks < 3; looks += 1)
      expect(await viewNotice(db, key, said.at)).toMatchObject({
        change: { name: 'Oakvault', summary: oakvault.summary },
        clock: { is: 'running', objectUntil: '2026-12-14', appliesFrom: '2026-12-21' },
        objection: undefined,
      });
    expect(await objectionsOf(db)).toEqual([]);
    const desk = telling(db, said);
    const many = await Promise.all([
      object(desk, key, { reason }),
      ...Array.from({ length: 9 }, (_, index) => object(desk, key, { reason: `Again ${index}` })),
    ]);
    expect(many).toEqual(Array(10).fill(true));
    said.at = day('2026-11-21');
    expect(await object(desk, key, { reason: 'And once more.' })).toBe(true);
    const [objection, ...others] = await objectionsOf(db, CHANGE);
    expect(others).toEqual([]);
    expect(objection).toMatchObject({
      change: CHANGE,
      request,
      state: 'received',
      receivedAt: day('2026-11-20'),
      late: false,
      outcome: null,
    });
    const id = objection?.id ?? '';
    expect((await viewNotice(db, key, said.at))?.objection).toEqual({
      id,
      state: 'received',
      receivedAt: day('2026-11-20'),
      outcome: undefined,
    });
    expect(await events(db)).toEqual([
      {
        type: 'objection.received',
        timestamp: day('2026-11-20').toISOString(),
        data: { id, change: CHANGE, request, late: false },
        text: `An objection was received: ${id}`,
      },
    ]);
    const [receipt, ...more] = await letters(db);
    expect(more).toEqual([]);
    expect(receipt).toMatchObject({
      to: 'ada@quill.swiss',
      subject: 'We have your objection: Oakvault becomes a subprocessor',
    });
    expect(receipt?.text).toContain(`on 2026-11-20 at 09:00 UTC`);
    expect(receipt?.text).not.toContain('backups there');
    expect(receipt?.text).not.toContain('late');
  });

  test('is data alone: no fact, event or view of the link holds what was typed or who signed', async () => {
    const { db } = fresh().store;
    const { request, key } = await told(db, day('2026-11-09'));
    await object(telling(db, { content, at: day('2026-11-20') }), key, { reason });
    const [objection] = await objectionsOf(db);
    const id = objection?.id ?? '';
    expect(objection?.reason).toBe(reason);
    const history = await historyOf(db, id);
    expect(history[0]?.facts).toEqual({
      notice: id.replace('objection-', 'notice-'),
      change: CHANGE,
      request,
      late: false,
      objectUntil: '2026-12-14',
    });
    const view = await viewNotice(db, key, day('2026-11-20'));
    for (const text of [JSON.stringify(history), JSON.stringify(await events(db)), JSON.stringify(view)])
      for (const word of ['backups there', 'ada@', 'Ada', 'Quill', 'quill', key]) expect(text).not.toContain(word);
  });

  test('opens by its own link alone', async () => {
    const { db } = fresh().store;
    const { request, key } = await told(db, day('2026-11-09'));
    const [row] = await db.selectFrom('noticeLetter').select(['key', 'notice', 'letter']).execute();
    const desk = telling(db, { content, at: day('2026-11-20') });
    for (const secret of ['', `${key}x`, key.slice(1), request, row?.key, row?.notice, row?.letter]) {
      expect(await viewNotice(db, secret ?? '', desk.now())).toBeUndefined();
      expect(await object(desk, secret ?? '', { reason })).toBe(false);
    }
    expect(await objectionsOf(db)).toEqual([]);
  });

  test.each([
    // A date ends where it ends last on earth: in UTC−12.
    ['at its last second in UTC', '2026-12-14T23:59:59Z', false],
    ['at its last second in Honolulu', '2026-12-15T09:59:59Z', false],
    ['at its last second in UTC−12', '2026-12-15T11:59:59Z', false],
    ['a second later', '2026-12-15T12:00:00Z', true],
    ['a year later', '2027-12-15T12:00:00Z', true],
  ])('on the last day to object, %s', async (_, moment, late) => {
    const { db } = fresh().store;
    const { key } = await told(db, day('2026-11-09'));
    const at = new Date(moment);
    expect((await viewNotice(db, key, at))?.clock.is).toBe(late ? 'ended' : 'running');
    expect(await object(telling(db, { content, at }), key, { reason })).toBe(true);
    expect(await objectionsOf(db)).toMatchObject([{ late, receivedAt: at }]);
    expect((await events(db)).map(({ data }) => data)).toMatchObject([{ late }]);
    const [receipt] = await letters(db);
    if (late) expect(receipt?.text).toContain('The last day to object was 2026-12-14. It is kept as late');
    else expect(receipt?.text).not.toContain('late');
  });

  test('is in time when the letter never got through, and when the clock jumps back', async () => {
    const { db } = fresh().store;
    await signed(db);
    await giveNotice(telling(db, { content, at: day('2026-11-09') }));
    const key = keyIn((await letters(db))[0]);
    await sql`update outbox set state = 'failed', failure = 'timeout', settled_at = ${day('2026-11-12')}`.execute(db);
    // A letter can arrive though its server said nothing in time.
    expect(await object(telling(db, { content, at: day('2028-01-01') }), key, { reason })).toBe(true);
    const [objection] = await objectionsOf(db);
    expect(objection?.late).toBe(false);
    const id = objection?.id ?? '';
    const settlement = { outcome: 'declined', answer: 'It stays.' } as const;
    await settleObjection(telling(db, { content, at: day('2020-01-01') }), id, settlement, 'staff-1');
    const now = await submissionOf(db, id);
    expect(chainFlaw('objection', await historyOf(db, id), now?.head ?? '')).toBeUndefined();
  });

  test('is settled once, by a person, and the customer hears how', async () => {
    const { db } = fresh().store;
    const { key } = await told(db, day('2026-11-09'));
    const desk = telling(db, { content, at: day('2026-11-20') });
    await object(desk, key, { reason });
    const id = (await objectionsOf(db))[0]?.id ?? '';
    const settlement = { outcome: 'accommodated', answer: 'Your backups stay in Frankfurt.' } as const;
    const signer = { id: 'ada', role: 'responder', email: 'Ada+x@quill.swiss', via: 'web' } as const;
    await expect(settle(desk, signer, id, settlement)).rejects.toMatchObject({ name: 'StaffOwnRequest' });
    await settleObjection(desk, id, settlement, 'staff-1');
    await expect(settleObjection(desk, id, settlement, 'staff-2')).rejects.toMatchObject({ name: 'TransitionRefused' });
    await expect(settleObjection(desk, 'objection-0', settlement, 'staff-1')).rejects.toMatchObject({
      name: 'ObjectionUnknown',
      message: 'there is no objection `objection-0`.',
    });
    expect(await objectionsOf(db)).toMatchObject([{ state: 'settled', outcome: 'accommodated', reason }]);
    expect((await viewNotice(db, key, desk.now()))?.objection).toMatchObject({
      state: 'settled',
      outcome: 'accommodated',
    });
    expect((await recipientsOf(db, desk.now()))[0]).toMatchObject({ objectionState: 'settled' });
    const member = { id: 'dpo', role: 'viewer', email: 'dpo@larkspur.swiss', via: 'cli' } as const;
    const [listed, ...others] = await notices(db, member, desk.now(), CHANGE);
    expect(others).toEqual([]);
    expect(listed?.objection).toMatchObject({ id, state: 'settled', outcome: 'accommodated', late: false });
    expect(JSON.stringify(listed)).not.toContain('backups');
    expect(await notices(db, member, desk.now(), 'another')).toEqual([]);
    expect((await historyOf(db, id)).at(-1)).toMatchObject({ actor: 'staff-1', facts: { outcome: 'accommodated' } });
    const letter = (await letters(db)).find(({ subject }) => subject.startsWith('Your objection'));
    expect(letter?.text).toContain('The outcome: another way was found for you.');
    expect(letter?.text).toContain('Your backups stay in Frankfurt.');
    expect((await events(db)).map(({ type }) => type)).toEqual(['objection.received', 'objection.settled']);
  });

  test('goes with the data of whoever signed: its text, its letters that wait, and what the link opens', async () => {
    const { db } = fresh().store;
    const { request, key } = await told(db, day('2026-11-09'));
    const desk = telling(db, { content, at: day('2026-11-20') });
    await object(desk, key, { reason });
    const id = (await objectionsOf(db))[0]?.id ?? '';
    expect(await letters(db)).toHaveLength(1);
    await db.updateTable('submission').set({ data: null }).where('id', '=', request).execute();
    expect(await submissionOf(db, id)).toMatchObject({ state: 'received', data: null });
    expect(await letters(db)).toEqual([]);
    expect(await viewNotice(db, key, desk.now())).toBeUndefined();
    expect(await object(desk, key, { reason })).toBe(false);
    // What happened stays known, and can be settled; nobody is written to.
    await settleObjection(desk, id, { outcome: 'withdrawn', answer: 'Deleted.' }, 'staff-1');
    expect(await objectionsOf(db)).toMatchObject([{ state: 'settled', reason: null }]);
    expect(await letters(db)).toEqual([]);
    expect(JSON.stringify(await submissionOf(db, id))).not.toContain('Deleted');
    await giveNotice(
      telling(db, {
        content: saying({ notices: { oakvault: [{ ...oakvault, change: 'changed' }] } }),
        at: day('2026-11-21'),
      }),
    );
    expect(await letters(db)).toEqual([]);
  });

  test('stays possible after the agreement was replaced by a newer one', async () => {
    const { db } = fresh().store;
    const { request, key } = await told(db, day('2026-11-09'));
    const before = await submissionOf(db, request);
    if (before === undefined) throw new Error('missing');
    await advance(db, before, 'superseded', { at: day('2026-11-10'), actor: 'clock' });
    expect(await object(telling(db, { content, at: day('2026-11-20') }), key, { reason })).toBe(true);
    expect(await objectionsOf(db)).toHaveLength(1);
  });
};

// One database for all: to start one takes longer than what is tested.
onBothStores('notices', (fresh) => {
  describe('a notice', () => giving(fresh));
  describe('its delivery', () => delivering(fresh));
  describe('an objection', () => objecting(fresh));
});
