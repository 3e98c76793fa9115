import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import type { Standing } from '../../../intake/desk.ts';
import type { SealKey } from '../../../intake/document/seal-key.ts';
import { chainFlaw } from '../../../intake/lifecycle/chain.ts';
import { forget } from '../../../intake/lifecycle/forget.ts';
import { historyOf, submissionOf } from '../../../intake/lifecycle/submission.ts';
import { confirmByLink } from '../../../intake/requests/confirm.ts';
import { decide } from '../../../intake/requests/decide.ts';
import { receive } from '../../../intake/requests/receive.ts';
import { accounts, addAccount, memberOnMachine, removeAccount, resetAccount } from '../../../intake/staff/accounts.ts';
import { answer, approve, decline } from '../../../intake/staff/decisions.ts';
import { list } from '../../../intake/staff/list.ts';
import { append, logFlaw, logFrom, logHead } from '../../../intake/staff/log.ts';
import { type Action, actions, type Member } from '../../../intake/staff/roles.ts';
import { show } from '../../../intake/staff/show.ts';
import type { Store } from '../../../intake/store/open.ts';
import { StaffRole } from '../../../schemas/index.ts';
import { deskOf, failing, newSealKey, standing } from '../agreements/desks.ts';
import { form, policy } from '../requests/forms.ts';
import { onBothStores } from '../stores.ts';

const T0 = Date.parse('2026-11-03T09:00:00Z');
const at = (minutes: number) => new Date(T0 + minutes * 60_000);

let says: Standing;
let sealKey: SealKey;
beforeAll(async () => {
  [says, sealKey] = await Promise.all([standing(), newSealKey()]);
});

/** One account of each role, none of which made a request. */
const staff: Record<StaffRole, Member> = {
  viewer: { id: 'vera', role: 'viewer', email: 'vera@larkspur.swiss', via: 'web' },
  responder: { id: 'rita', role: 'responder', email: 'rita@larkspur.swiss', via: 'web' },
  administrator: { id: 'ada', role: 'administrator', email: 'ada@larkspur.swiss', via: 'cli' },
  triager: { id: 'tara', role: 'triager', email: 'tara@larkspur.swiss', via: 'web' },
  guest: { id: 'gus', role: 'guest', email: 'gus@larkspur.swiss', via: 'web' },
};
const { viewer, responder, administrator } = staff;

function desk(db: Store['db'], current = says, minutes = 10) {
  return deskOf(db, { standing: current, sealKey, now: at(minutes), policy: policy({ approval: 'by-hand' }) });
}

/** A request whose address is confirmed, held for a person. */
async function held(db: Store['db'], changes: Record<string, unknown> = {}, minutes = 0): Promise<string> {
  const { head, takeIn } = desk(db);
  const { id } = await receive(takeIn, policy(), head, form(changes), at(minutes));
  const link = (await letters(db)).findLast(({ text }) => text.includes('/requests/confirm/'));
  const confirmed = await confirmByLink(db, /confirm\/([\w-]+)\//.exec(link?.text ?? '')?.[1] ?? '', at(minutes));
  if (confirmed.outcome !== 'confirmed') throw new Error(confirmed.outcome);
  await decide(desk(db, says, minutes), confirmed.request);
  return id;
}

async function letters(db: Store['db']): Promise<{ to: string; subject: string; text: string }[]> {
  const rows = await db.selectFrom('outbox').select('message').where('channel', '=', 'mail').orderBy('dueAt').execute();
  return rows.map(({ message: { to, subject, text } }) => ({
    to: String(to),
    subject: String(subject),
    text: String(text),
  }));
}

const stateOf = async (db: Store['db'], id: string) => (await submissionOf(db, id))?.state;
const done = async (db: Store['db']) =>
  (await logFrom(db, 0)).map(({ actor, action, facts }) => [actor, action, facts] as const);

onBothStores('the inbox', (fresh) => {
  test('shows what waits, the oldest first, in pages that neither repeat nor leave out', async () => {
    const { db } = fresh().store;
    const ids: string[] = [];
    // Two came in the same moment.
    for (const minutes of [0, 1, 1, 2, 3]) ids.push(await held(db, { company: `Quill ${ids.length}` }, minutes));
    await receive(desk(db).takeIn, policy(), desk(db).head, form(), at(4));
    const seen: string[] = [];
    for (let after: string | undefined, turns = 0; turns < 3; turns += 1) {
      const page = await list(db, responder, { after, limit: 2 }, at(5));
      seen.push(...page.rows.map(({ id }) => id));
      expect(page.next === undefined).toBe(turns === 2);
      after = page.next;
    }
    expect(seen.toSorted()).toEqual(ids.toSorted());
    expect([seen[0], seen[3], seen[4]]).toEqual([ids[0], ids[3], ids[4]]);
    const first = (await list(db, responder, {}, at(5))).rows[0];
    expect(first).toEqual({
      id: ids[0],
      kind: 'dpa-request',
      state: 'held',
      openedAt: at(0),
      since: at(0),
      company: 'Quill 0',
      needs: ['dpa'],
      reasons: ['by-hand'],
    });
    expect((await list(db, responder, { state: 'received' }, at(5))).rows.map(({ state }) => state)).toEqual([
      'received',
    ]);
    for (const after of ['x', "2026-11-03T09:00:00Z~'; drop table submission", '2026-99-99T09:00:00Z~a'])
      expect((await list(db, responder, { after }, at(5))).rows).toHaveLength(5);
  });

  test('keeps no word about a request whose data went while somebody wrote it', async () => {
    const { db } = fresh().store;
    const id = await held(db, { needs: ['question'], message: 'Where is our data?' });
    await forget(db, id, at(9));
    await append(db, { at: at(10), actor: 'web:rita', action: 'answer', subject: id, note: 'Canary: in Zurich.' });
    expect(await db.selectFrom('staffNote').selectAll().execute()).toEqual([]);
    expect(await logFlaw(db)).toBeUndefined();
  });

  test('shows a viewer and an administrator nothing personal', async () => {
    const { db } = fresh().store;
    const id = await held(db, { needs: ['dpa', 'question'], message: 'Canary: where is our data?' });
    await answer(desk(db), responder, { id }, 'Canary: in Zurich.');
    const read = await show(db, responder, id, at(11));
    expect(read.data).toMatchObject({ company: 'Quill Ltd.', message: 'Canary: where is our data?' });
    expect(read.notes).toEqual([{ at: at(10), actor: 'web:rita', action: 'answer', text: 'Canary: in Zurich.' }]);
    for (const member of [viewer, administrator]) {
      const seen = JSON.stringify([await show(db, member, id, at(11)), await list(db, member, {}, at(11))]);
      expect(seen).toContain('"state":"held"');
      for (const word of ['Canary', 'Quill', 'quill', 'ada@quill', 'Ada Example']) expect(seen).not.toContain(word);
    }
    expect((await done(db)).map(([, action]) => action)).toEqual(['answer', 'read', 'show', 'list', 'show', 'list']);
  });

  test('approves: an offer, its letter, and the name of who did it in the history', async () => {
    const { db } = fresh().store;
    const id = await held(db);
    const offered = await approve(desk(db), responder, { id }, undefined);
    expect(offered.state).toBe('offered');
    const history = await historyOf(db, id);
    expect(history.at(-1)).toMatchObject({ actor: 'web:rita', to: 'offered', facts: { number: 1 } });
    expect(chainFlaw('dpa-request', history, offered.head)).toBeUndefined();
    expect((await letters(db)).at(-1)?.subject).toBe('Your agreement with Larkspur Desk, Inc. is ready');
    await expect(approve(desk(db), responder, { id }, undefined)).rejects.toMatchObject({ name: 'TransitionRefused' });
  });

  test('with a measure that does not hold, only with a reason, which is kept and goes with the data', async () => {
    const { db } = fresh().store;
    const id = await held(db);
    const broken = desk(db, failing(says, 'rows-are-scoped'));
    await expect(approve(broken, responder, { id }, undefined)).rejects.toMatchObject({
      name: 'MeasuresFail',
      what: 'these claims of the agreement do not hold just now: rows-are-scoped.',
    });
    expect(await stateOf(db, id)).toBe('held');
    await approve(broken, responder, { id }, 'Canary: mended tomorrow, the customer knows.');
    expect((await historyOf(db, id)).at(-1)?.facts).toMatchObject({ failing: ['rows-are-scoped'] });
    expect((await show(db, responder, id, at(12))).notes).toMatchObject([
      { action: 'approve', text: expect.stringContaining('Canary') },
    ]);
    expect(JSON.stringify([await historyOf(db, id), await logFrom(db, 0)])).not.toContain('Canary');
    await forget(db, id, at(13));
    expect(await db.selectFrom('staffNote').selectAll().execute()).toEqual([]);
  });

  test('declines with a reason, and answers: the words go out and are kept with the data alone', async () => {
    const { db } = fresh().store;
    const [declined, asked, both] = [
      await held(db),
      await held(db, { needs: ['question'], message: 'Where?' }),
      await held(db, { needs: ['dpa', 'question'], message: 'Where?' }),
    ];
    await decline(desk(db), responder, { id: declined }, 'Canary: we do not know you.');
    await answer(desk(db), responder, { id: asked }, 'Canary: in Zurich.');
    await answer(desk(db), responder, { id: both }, 'Canary: in Zurich.');
    expect([await stateOf(db, declined), await stateOf(db, asked), await stateOf(db, both)]).toEqual([
      'declined',
      'answered',
      'held',
    ]);
    const written = (await letters(db)).filter(({ text }) => text.includes('Canary'));
    expect(written.map(({ subject }) => subject).toSorted()).toEqual([
      'An answer from Larkspur Desk, Inc.',
      'An answer from Larkspur Desk, Inc.',
      'Your request to Larkspur Desk, Inc. was declined',
    ]);
    for (const { text } of written) expect(text).toMatch(/https:\/\/trust\.larkspur\.swiss\/requests\/[\w-]{43}\//);
    const facts = await db.selectFrom('transition').select('facts').execute();
    expect(JSON.stringify([facts, await logFrom(db, 0)])).not.toContain('Canary');
    await approve(desk(db), responder, { id: both }, undefined);
    for (const id of [declined, asked])
      await expect(answer(desk(db), responder, { id }, 'Again.')).rejects.toMatchObject({ name: 'TransitionRefused' });
    expect((await show(db, responder, asked, at(12))).notes?.map(({ text }) => text)).toEqual(['Canary: in Zurich.']);
  });

  test('decides what was looked at: a form that comes twice, or late, writes no second letter', async () => {
    const { db } = fresh().store;
    const id = await held(db, { needs: ['dpa', 'question'], message: 'Where?' });
    const { head: seen } = await show(db, responder, id, at(9));
    const sent = await Promise.allSettled(
      Array.from({ length: 4 }, () => answer(desk(db), responder, { id, seen }, 'In Zurich.')),
    );
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(answer(desk(db), responder, { id, seen }, 'In Zurich.')).rejects.toMatchObject({
      name: 'RequestChanged',
      what: `\`${id}\` has changed since you looked at it: it is held now.`,
    });
    expect((await letters(db)).filter(({ text }) => text.includes('Zurich'))).toHaveLength(1);
    // What was tried in vain is in the log, and not among what was said.
    expect((await show(db, responder, id, at(11))).notes).toHaveLength(1);
    expect(await logFlaw(db)).toBeUndefined();
  });

  test('nobody decides a request that was made from their own address, however it is written', async () => {
    const { db } = fresh().store;
    const id = await held(db, { email: 'Rita+x@Larkspur.swiss', website: 'https://larkspur.swiss' });
    for (const decision of [
      () => approve(desk(db), responder, { id }, undefined),
      () => decline(desk(db), responder, { id }, 'No.'),
      () => answer(desk(db), responder, { id }, 'Yes.'),
    ])
      await expect(decision()).rejects.toMatchObject({
        name: 'StaffOwnRequest',
        what: `\`${id}\` was made from the address of \`rita\`, who therefore cannot decide it.`,
      });
    expect(await stateOf(db, id)).toBe('held');
    expect(new Set((await done(db)).map(([, , facts]) => facts.refused))).toEqual(new Set(['StaffOwnRequest']));
    await approve(desk(db), { ...responder, id: 'ben', email: 'ben@larkspur.swiss' }, { id }, undefined);
    expect(await stateOf(db, id)).toBe('offered');
  });

  test('what is not there, or was emptied, is refused with a word', async () => {
    const { db } = fresh().store;
    await expect(show(db, viewer, 'dpa-request-x', at(1))).rejects.toMatchObject({
      name: 'RequestUnknown',
      what: 'there is no request `dpa-request-x`.',
    });
    const id = await held(db);
    await forget(db, id, at(1));
    await expect(decline(desk(db), responder, { id }, 'No.')).rejects.toMatchObject({
      name: 'RequestEmptied',
      what: `the personal data of \`${id}\` has been deleted, so nobody can be answered.`,
    });
    expect((await show(db, responder, id, at(2))).data).toBeNull();
  });

  test('each role may do what the table says, and is refused all else by the function itself', async () => {
    const { db } = fresh().store;
    const id = await held(db);
    await addAccount(
      db,
      { id: 'ada', role: 'administrator', email: 'ada@larkspur.swiss' },
      {
        by: undefined,
        issuer: 'Larkspur',
        at: at(0),
      },
    );
    const by = await memberOnMachine(db, 'ada');
    await addAccount(
      db,
      { id: 'ben', role: 'viewer', email: 'ben@larkspur.swiss' },
      { by, issuer: 'Larkspur', at: at(0) },
    );
    const making = (member: Member) => ({ by: member, issuer: 'Larkspur', at: at(20) });
    const cases: Partial<Record<Action, (member: Member) => Promise<unknown>>> = {
      answer: (member) => answer(desk(db), member, { id }, 'Text.'),
      approve: (member) => approve(desk(db), member, { id }, undefined),
      decline: (member) => decline(desk(db), member, { id }, 'Text.'),
      accounts: (member) => accounts(db, member, at(20)),
      add: (member) => addAccount(db, { id: 'eve', role: 'viewer', email: 'eve@larkspur.swiss' }, making(member)),
      remove: (member) => removeAccount(db, member, 'ben', at(20)),
      reset: (member) => resetAccount(db, 'ben', making(member)),
    };
    const before = await done(db);
    for (const [action, attempt] of Object.entries(cases))
      for (const role of StaffRole.options) {
        const { roles }: { roles: readonly StaffRole[] } = actions[action as Action];
        if (roles.includes(role)) continue;
        await expect(attempt(staff[role]), `${role} ${action}`).rejects.toMatchObject({
          name: 'StaffNotAllowed',
          what: `\`${staff[role].id}\` is ${role}, and may not ${action}.`,
        });
      }
    expect(await stateOf(db, id)).toBe('held');
    expect((await accounts(db, by, at(21))).map(({ id: each, removedAt }) => [each, removedAt])).toEqual([
      ['ada', null],
      ['ben', null],
    ]);
    const refused = (await done(db)).slice(before.length, -1);
    expect(refused).toHaveLength(28);
    for (const [, , facts] of refused) expect(facts).toEqual({ refused: 'StaffNotAllowed' });
  });
});

onBothStores('the staff log', (fresh) => {
  const entry = (minutes: number) => ({ at: at(minutes), actor: 'cli:ada', action: 'log', facts: { minutes } });

  test('grows by one entry at a time, however many write; a noted digest is found again', async () => {
    const { store, again } = fresh();
    const stores = again === undefined ? [store] : [store, await again(), await again()];
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => append((stores[index % stores.length] ?? store).db, entry(index))),
    );
    const log = await logFrom(store.db, 0);
    expect(log.map(({ position }) => position)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
    expect(new Set(log.map(({ facts }) => facts.minutes)).size).toBe(30);
    expect(await logFlaw(store.db)).toBeUndefined();
    const head = await logHead(store.db);
    expect(head).toEqual({ length: 30, digest: log.at(-1)?.digest });
    expect(await logFlaw(store.db, log[3]?.digest)).toBeUndefined();
    expect(await logFlaw(store.db, 'f'.repeat(64))).toBe('the entry that was noted down is not in it');
  });

  test('takes an id and no address, whatever was typed', async () => {
    const { db } = fresh().store;
    const by = { ...administrator, email: 'ada@larkspur.swiss' };
    await expect(removeAccount(db, by, 'canary@quill.swiss', at(0))).rejects.toMatchObject({ name: 'StaffUnknown' });
    expect((await logFrom(db, 0)).map(({ subject, facts }) => [subject, facts])).toEqual([
      [null, {}],
      [null, { of: 1, failed: 'StaffUnknown' }],
    ]);
    expect(await logFlaw(db)).toBeUndefined();
  });

  test('nobody rewrites it by a statement', async () => {
    const { db } = fresh().store;
    await append(db, entry(0));
    for (const statement of ["update staff_log set actor = 'x'", 'delete from staff_log', 'truncate staff_log cascade'])
      await expect(sql.raw(statement).execute(db)).rejects.toThrow('what has happened stays as it was');
  });

  test('whoever gets round that is found out, by the entry that is wrong', async () => {
    const { db } = fresh().store;
    for (let minutes = 0; minutes < 4; minutes += 1) await append(db, entry(minutes));
    const found = async (statement: string) => {
      const tampered = await db.startTransaction().execute();
      await sql.raw('alter table staff_log disable trigger append_only').execute(tampered);
      await sql.raw(statement).execute(tampered);
      const problem = await logFlaw(tampered);
      await tampered.rollback().execute();
      return problem;
    };
    for (const [statement, problem] of [
      ["update staff_log set actor = 'cli:eve' where position = 2", 'entry 2 was changed'],
      ["update staff_log set facts = '{}' where position = 2", 'entry 2 was changed'],
      ["update staff_log set at = at + interval '1 second' where position = 2", 'entry 2 was changed'],
      ['delete from staff_log where position = 2', 'entry 2 is missing'],
      ['delete from staff_log where position = 1', 'entry 1 is missing'],
      ['delete from staff_log where position = 4', 'its newest entries are missing'],
      ['delete from staff_log', 'its newest entries are missing'],
      ['update staff_log set previous = digest where position = 3', 'entry 3 does not follow the one before it'],
      ["update staff_log_head set digest = 'f'", 'entry 4 was replaced'],
      ['select 1', undefined],
    ] as const)
      expect(await found(statement), statement).toBe(problem);
  });
});
