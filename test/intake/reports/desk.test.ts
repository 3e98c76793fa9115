import { randomBytes } from 'node:crypto';
import { bech32 } from '@scure/base';
import { generateHybridIdentity, identityToRecipient } from 'age-encryption';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Desk } from '../../../intake/desk.ts';
import { keysDigest } from '../../../intake/envelope/keys.ts';
import { open, seal } from '../../../intake/envelope/seal.ts';
import { chainFlaw } from '../../../intake/lifecycle/chain.ts';
import { forget } from '../../../intake/lifecycle/forget.ts';
import { historyOf, submissionOf } from '../../../intake/lifecycle/submission.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import { assign, markDuplicate, moveReport, triage } from '../../../intake/reports/desk/decide.ts';
import { finishDuty, startDuty } from '../../../intake/reports/desk/duty.ts';
import { addGuest, removeGuest } from '../../../intake/reports/desk/guests.ts';
import { listReports } from '../../../intake/reports/desk/list.ts';
import { ciphertextFor, showReport } from '../../../intake/reports/desk/show.ts';
import { watchReports } from '../../../intake/reports/desk/watch.ts';
import { resealMessage, writeMessage } from '../../../intake/reports/desk/write.ts';
import { receiveReport } from '../../../intake/reports/receive.ts';
import { shownTo } from '../../../intake/staff/forms.ts';
import { logFlaw } from '../../../intake/staff/log.ts';
import type { Member } from '../../../intake/staff/roles.ts';
import type { Store } from '../../../intake/store/open.ts';
import { CvssVector, DisclosurePolicy, type StaffRole } from '../../../schemas/index.ts';
import { standing } from '../agreements/desks.ts';
import { onBothStores } from '../stores.ts';

const T0 = Date.parse('2026-11-03T09:00:00Z');
const HOUR = 3_600_000;
const at = (hours: number) => new Date(T0 + hours * HOUR);
const head = { company: 'Larkspur Desk, Inc.', url: 'https://trust.larkspur.swiss' };
const severe = CvssVector.parse('CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N');

const [one, two, reporter, outsider] = await Promise.all(
  Array.from({ length: 4 }, async () => {
    const identity = await generateHybridIdentity();
    return { identity, recipient: await identityToRecipient(identity) };
  }),
);
if (!one || !two || !reporter || !outsider) throw new Error('no keys');
const team = [one.recipient, two.recipient];

const policy = DisclosurePolicy.parse({
  contacts: ['security@larkspur.swiss', 'https://larkspur.swiss/contact'],
  expiresOn: '2027-10-31',
  languages: ['en'],
  scope: ['https://larkspur.swiss'],
  safeHarbor: 'We do not go to court.',
  credit: 'opt-in',
  bounty: { kind: 'none' },
  recipients: [
    { holder: 'security-lead', recipient: one.recipient },
    { holder: 'engineering-lead', recipient: two.recipient },
  ],
  clocks: [
    {
      id: 'acknowledged',
      title: 'Acknowledged',
      starts: 'receipt',
      ends: 'acknowledged',
      within: '48h',
      counts: 'calendar',
    },
    { id: 'triaged', title: 'Assessed', starts: 'receipt', ends: 'triaged', within: '10d', counts: 'calendar' },
    {
      id: 'updated',
      title: 'Heard from us',
      starts: 'last-update',
      ends: 'updated',
      within: '14d',
      counts: 'calendar',
    },
    {
      ...{ id: 'critical-fixed', title: 'Mended', starts: 'confirmation', ends: 'fixed', within: '7d' },
      ...{ counts: 'calendar', severities: ['critical'] },
    },
    { id: 'published', title: 'Published', starts: 'resolution', ends: 'disclosed', within: '30d', counts: 'calendar' },
  ],
  escalation: { before: '24h', to: 'lead@larkspur.swiss' },
});
const world = await standing();
const says = { ...world, content: { ...world.content, disclosure: policy } };

const member = (role: StaffRole, id: string = role): Member => ({
  id,
  role,
  email: `${id}@larkspur.swiss`,
  via: 'web',
});
const [triager, guest] = [member('triager'), member('guest')];

onBothStores('the desk', (fresh) => {
  const deskAt = (hours: number): Pick<Desk, 'db' | 'now' | 'current' | 'head'> => ({
    db: fresh().store.db,
    head,
    now: () => at(hours),
    current: async () => says,
  });

  async function received(hours = 0, to: string[] = team): Promise<string> {
    const { db } = fresh().store;
    const sent = {
      via: 'browser' as const,
      ciphertext: await seal(new TextEncoder().encode('canary-text'), to),
      access: randomBytes(32).toString('base64url'),
      replyTo: reporter?.recipient ?? null,
      keys: await keysDigest(to),
      critical: false,
    };
    return (await receiveReport(wayIn(db), head, [], sent, at(hours))).number;
  }

  async function accounts(db: Store['db']): Promise<void> {
    for (const { id, role, email } of [triager, guest, member('responder')])
      await sql`insert into staff_account (id, role, email, tries_since, added_at)
        values (${id}, ${role}, ${email}, ${at(0)}::timestamptz, ${at(0)}::timestamptz)`.execute(db);
  }

  const shown = (id: string, hours: number, who = triager) =>
    showReport(fresh().store.db, who, id, policy.clocks, at(hours));

  test('nobody sees a report where requests are shown, and who works on reports sees no request there', async () => {
    const id = await received();
    const desk = deskAt(1);
    await triage(desk, triager, { id }, { cvss: severe });
    for (const role of ['viewer', 'responder', 'administrator'] as const)
      await expect(shownTo(desk, member(role), id)).rejects.toMatchObject({ refused: 'unknown' });
    const request = await wayIn(desk.db)('dpa-request', {}, { at: at(1), actor: 'visitor' });
    expect((await shownTo(desk, member('viewer'), request.id)).state).toBe('received');
    for (const each of [triager, guest])
      await expect(shownTo(desk, each, request.id)).rejects.toMatchObject({ refused: 'unknown' });
  });

  test('a case goes from receipt to disclosure, each step written down and held against its clock', async () => {
    const { db } = fresh().store;
    const id = await received();
    const first = await shown(id, 1);
    expect(first.deadlines.map(({ clock, dueAt }) => [clock, dueAt])).toEqual([
      ['acknowledged', at(48)],
      ['triaged', at(240)],
      ['updated', at(336)],
    ]);
    await moveReport(deskAt(2), triager, { id, seen: first.head }, 'acknowledged');
    await expect(moveReport(deskAt(2), triager, { id, seen: first.head }, 'closed')).rejects.toMatchObject({
      name: 'ReportChanged',
    });
    await triage(deskAt(3), triager, { id }, { cvss: severe, cwe: 'CWE-862' });
    await moveReport(deskAt(4), triager, { id }, 'confirmed');
    const confirmed = await shown(id, 5);
    expect(confirmed).toMatchObject({ state: 'confirmed', severity: 'critical', cvss: severe, cwe: 'CWE-862' });
    expect(confirmed.deadlines.map(({ clock, dueAt }) => [clock, dueAt])).toEqual([
      ['critical-fixed', at(4 + 168)],
      ['updated', at(336)],
    ]);
    await moveReport(deskAt(6), triager, { id }, 'fixed');
    expect((await shown(id, 7)).deadlines.map(({ clock }) => clock)).toEqual(['updated', 'published']);
    await moveReport(deskAt(8), triager, { id }, 'disclosed');
    expect((await shown(id, 9)).deadlines).toEqual([]);
    await expect(moveReport(deskAt(9), triager, { id }, 'acknowledged')).rejects.toMatchObject({
      name: 'TransitionRefused',
    });
    const head = (await submissionOf(db, id))?.head ?? '';
    expect(chainFlaw('vulnerability-report', await historyOf(db, id), head)).toBeUndefined();
    expect(await logFlaw(db)).toBeUndefined();
  });

  test('notes are the team’s, messages the reporter’s too; nothing is kept that somebody of them cannot open', async () => {
    const { db } = fresh().store;
    const id = await received();
    const text = new TextEncoder().encode('canary-note');
    const write = (audience: 'team' | 'reporter' | 'guest', message: Uint8Array) =>
      writeMessage(deskAt(1), triager, { id }, { audience, message });
    expect(await write('team', await seal(text, team))).toBe(2);
    const toReporter = await seal(text, [...team, reporter.recipient]);
    expect(await write('reporter', toReporter)).toBe(3);
    expect(await open((await ciphertextFor(db, triager, id, 3, at(1))) ?? text, reporter.identity)).toEqual(text);
    // A word to the reporter is an acknowledgement.
    expect((await shown(id, 2)).milestones).toMatchObject({ acknowledged: at(1), updated: at(1) });
    for (const [audience, message, problem] of [
      ['team', text, 'it is no age message'],
      ['reporter', await seal(text, team), 'it is encrypted to the team alone, and not to the reporter'],
      ['guest', await seal(text, team), 'it is encrypted to the team alone, and not to the guest'],
    ] as const)
      await expect(write(audience, message)).rejects.toMatchObject({
        name: 'ReportMessageRefused',
        message: expect.stringContaining(problem),
      });
    expect((await shown(id, 2)).messages.map(({ audience, author }) => [audience, author])).toEqual([
      ['reporter', 'reporter'],
      ['team', 'triager'],
      ['reporter', 'triager'],
    ]);
  });

  test('a guest sees the case that was shared, what was written for guests, and nothing else', async () => {
    const { db } = fresh().store;
    await accounts(db);
    const [id, other] = [await received(), await received()];
    const text = new TextEncoder().encode('for guests');
    await expect(shown(id, 1, guest)).rejects.toMatchObject({ name: 'ReportUnknown' });
    // Whose key is not known could read nothing.
    for (const [given, problem] of [
      [[], 'no age recipient of it is known'],
      [[outsider.recipient, 'age1pq1'], 'not all of its recipients are hybrid ones'],
      // It looks right, and holds a point at which every encryption fails.
      [[bech32.encode('age1pq', bech32.toWords(new Uint8Array(1216)), false)], 'to which age encrypts'],
    ] as const)
      await expect(addGuest(deskAt(1), triager, { id }, 'guest', given)).rejects.toMatchObject({
        name: 'GuestRefused',
        message: expect.stringContaining(problem),
      });
    await addGuest(deskAt(1), triager, { id }, 'guest', [one.recipient]);
    await addGuest(deskAt(1), triager, { id }, 'guest', [outsider.recipient]);
    // Given once, it is known in every case; the history names which it was.
    await addGuest(deskAt(1), triager, { id: other }, 'guest');
    expect((await shown(other, 1)).guestRecipients).toEqual([outsider.recipient]);
    await removeGuest(deskAt(1), triager, { id: other }, 'guest');
    expect((await shown(other, 1)).guestRecipients).toEqual([]);
    expect((await historyOf(db, id)).at(-1)?.facts).toEqual({
      guest: 'guest',
      keys: await keysDigest([outsider.recipient]),
    });
    const message = await seal(text, [...team, outsider.recipient]);
    await writeMessage(deskAt(2), triager, { id }, { audience: 'guest', message });
    expect(await shown(id, 3, guest)).toMatchObject({ history: [], duties: [], messages: [{ position: 2 }] });
    expect((await listReports(db, guest, {}, at(3))).rows.map((row) => row.id)).toEqual([id]);
    expect(await ciphertextFor(db, guest, id, 1, at(3))).toBeUndefined();
    expect(await ciphertextFor(db, guest, id, 2, at(3))).toBeDefined();
    await expect(ciphertextFor(db, guest, other, 1, at(3))).rejects.toMatchObject({ name: 'ReportUnknown' });
    await expect(moveReport(deskAt(3), guest, { id }, 'closed')).rejects.toMatchObject({ name: 'StaffNotAllowed' });
    await writeMessage(deskAt(3), guest, { id }, { audience: 'guest', message });
    await expect(
      writeMessage(deskAt(3), guest, { id }, { audience: 'team', message: await seal(text, team) }),
    ).rejects.toMatchObject({ name: 'ReportMessageRefused' });
    const reseal = async (hours: number, recipients: readonly string[]) => {
      const was = (await shown(id, hours)).messages[1]?.digest ?? '';
      await resealMessage(deskAt(hours), triager, id, { position: 2, was, message: await seal(text, recipients) });
    };
    await expect(reseal(4, team)).rejects.toMatchObject({ name: 'ReportMessageRefused' });
    await reseal(4, [...team, outsider.recipient]);
    await removeGuest(deskAt(4), triager, { id }, 'guest');
    // What was between the team and guests who are gone is the team’s.
    await reseal(5, team);
    await expect(shown(id, 5, guest)).rejects.toMatchObject({ name: 'ReportUnknown' });
    for (const [account, problem] of [
      ['responder', 'its role is responder'],
      ['nobody', 'there is no such account'],
    ] as const)
      await expect(addGuest(deskAt(5), triager, { id }, account)).rejects.toMatchObject({
        name: 'GuestRefused',
        message: expect.stringContaining(problem),
      });
  });

  test('whose role does not allow it sees and changes nothing, and the attempt is in the log', async () => {
    const { db } = fresh().store;
    const id = await received();
    for (const role of ['viewer', 'responder', 'administrator'] as const) {
      await expect(shown(id, 1, member(role))).rejects.toMatchObject({ name: 'StaffNotAllowed' });
      await expect(listReports(db, member(role), {}, at(1))).rejects.toMatchObject({ name: 'StaffNotAllowed' });
      await expect(moveReport(deskAt(1), member(role), { id }, 'closed')).rejects.toMatchObject({
        name: 'StaffNotAllowed',
      });
    }
    const refused = await db.selectFrom('staffLog').select('facts').execute();
    expect(refused.filter(({ facts }) => facts.refused === 'StaffNotAllowed')).toHaveLength(9);
  });

  test('a duplicate points to a report that is worked on, and never round in a circle', async () => {
    const [first, second, third] = [await received(), await received(), await received()];
    const mark = (id: string, of: string) => markDuplicate(deskAt(1), triager, { id }, of);
    await mark(second, first);
    expect(await shown(second, 2)).toMatchObject({ state: 'duplicate', duplicateOf: first });
    for (const [id, of, problem] of [
      [first, first, 'it is the same report'],
      [third, second, 'that one is a duplicate itself'],
      [first, third, `${second} is a duplicate of it`],
      [first, 'dpa-request-0', 'there is no such report'],
    ] as const)
      await expect(mark(id, of)).rejects.toMatchObject({
        name: 'ReportDuplicateRefused',
        message: expect.stringContaining(problem),
      });
  });

  test('what is due next comes first, page by page; of whom, and what is overdue, can be asked for', async () => {
    const { db } = fresh().store;
    await accounts(db);
    const ids = [await received(5), await received(0), await received(3)];
    const [a, b, c] = ids;
    await moveReport(deskAt(6), triager, { id: a ?? '' }, 'acknowledged');
    await assign(deskAt(6), triager, { id: b ?? '' }, 'triager');
    await watchReports(deskAt(6));
    const listed = async (wanted: Parameters<typeof listReports>[2], hours = 6) =>
      listReports(db, triager, wanted, at(hours));
    expect((await listed({})).rows.map(({ id, dueAt }) => [id, dueAt])).toEqual([
      [b, at(48)],
      [c, at(51)],
      [a, at(245)],
    ]);
    const page = await listed({ limit: 2 });
    expect((await listed({ limit: 2, after: page.next })).rows.map(({ id }) => id)).toEqual([a]);
    expect((await listed({ assignee: 'triager' })).rows.map(({ id }) => id)).toEqual([b]);
    expect((await listed({ overdue: true }, 50)).rows.map(({ id }) => id)).toEqual([b]);
    expect((await listed({ state: 'acknowledged' })).rows.map(({ id }) => id)).toEqual([a]);
    await expect(assign(deskAt(7), triager, { id: c ?? '' }, 'responder')).rejects.toMatchObject({
      name: 'StaffUnknown',
    });
    for (const after of ['x~y', '0000-01-01T00:00:00Z~y', '99999-01-01T00:00:00Z~y'])
      expect((await listed({ after })).rows).toHaveLength(3);
  });

  test('of a promise that is about to be missed somebody is told, once, and of the next one too', async () => {
    const { db } = fresh().store;
    const id = await received();
    const letters = async () =>
      (await db.selectFrom('outbox').select('message').where('channel', '=', 'mail').orderBy('dueAt').execute()).map(
        ({ message: { to, text } }) => `${to}: ${String(text).split('\n')[0]}`,
      );
    await watchReports(deskAt(23));
    expect(await letters()).toEqual([]);
    // Two replicas at once, and again a moment later.
    await Promise.all([watchReports(deskAt(24)), watchReports(deskAt(24))]);
    await watchReports(deskAt(25));
    expect(await letters()).toEqual([
      `lead@larkspur.swiss: “Acknowledged” is due at ${at(48).toISOString()}, and was not done yet.`,
    ]);
    // The first one is missed for good; of the others one hears all the same.
    await watchReports(deskAt(240));
    expect(await letters()).toHaveLength(2);
    await moveReport(deskAt(241), triager, { id }, 'closed');
    await watchReports(deskAt(900));
    expect(await letters()).toHaveLength(2);
    expect((await db.selectFrom('report').select('dueAt').executeTakeFirstOrThrow()).dueAt).toBeNull();
    expect(JSON.stringify(await letters())).not.toContain('canary');
  });

  test('the clocks of a law run from a decision that cannot be taken back', async () => {
    const { db } = fresh().store;
    const id = await received();
    await startDuty(deskAt(1), triager, { id }, { regime: 'cra', event: 'actively-exploited' });
    await startDuty(deskAt(2), triager, { id }, { regime: 'nis2', event: 'significant-incident' });
    await finishDuty(deskAt(3), triager, { id }, { regime: 'nis2', step: 'notification' });
    const due = async () =>
      (await shown(id, 4)).duties.map(({ regime, step, dueAt, doneAt }) => [regime, step, dueAt, doneAt]);
    expect(await due()).toEqual([
      ['cra', 'early-warning', at(25), undefined],
      ['cra', 'notification', at(73), undefined],
      ['cra', 'final-report', undefined, undefined],
      ['nis2', 'early-warning', at(26), undefined],
      ['nis2', 'notification', at(74), at(3)],
      ['nis2', 'final-report', new Date('2026-12-03T12:00:00Z'), undefined],
    ]);
    await triage(deskAt(4), triager, { id }, { cvss: severe });
    await moveReport(deskAt(5), triager, { id }, 'confirmed');
    await moveReport(deskAt(6), triager, { id }, 'fixed');
    expect((await due())[2]).toEqual(['cra', 'final-report', at(6 + 14 * 24), undefined]);
    await watchReports(deskAt(7));
    const told = await db.selectFrom('reportEscalation').select('clock').orderBy('clock').execute();
    expect(told.map(({ clock }) => clock)).toEqual(['cra/early-warning', 'nis2/early-warning']);
    for (const [work, problem] of [
      [() => startDuty(deskAt(8), triager, { id }, { regime: 'cra', event: 'severe-incident' }), 'they run already'],
      [
        () => startDuty(deskAt(8), triager, { id }, { regime: 'nis2', event: 'actively-exploited' }),
        'they do not begin with actively-exploited',
      ],
      [
        () => finishDuty(deskAt(8), triager, { id }, { regime: 'nis2', step: 'notification' }),
        'notification was handed in',
      ],
    ] as const)
      await expect(work()).rejects.toMatchObject({ name: 'DutyRefused', message: expect.stringContaining(problem) });
    await expect(sql`delete from report_duty`.execute(db)).rejects.toThrow();
  });

  test('what is decided about a case that has ended is watched too: it may be exploited later', async () => {
    const { db } = fresh().store;
    const id = await received();
    await moveReport(deskAt(1), triager, { id }, 'informative');
    await watchReports(deskAt(2));
    await startDuty(deskAt(3), triager, { id }, { regime: 'cra', event: 'actively-exploited' });
    await watchReports(deskAt(4));
    expect((await listReports(db, triager, {}, at(4))).rows).toMatchObject([{ id, dueClock: 'cra/early-warning' }]);
    expect(await db.selectFrom('reportEscalation').select('clock').execute()).toEqual([{ clock: 'cra/early-warning' }]);
  });

  test('whoever opens a case again takes its fix back, and the time that was promised for one runs on', async () => {
    const id = await received();
    await triage(deskAt(1), triager, { id }, { cvss: severe });
    for (const [hours, to] of [
      [2, 'confirmed'],
      [3, 'fixed'],
      [4, 'closed'],
      [5, 'triaged'],
    ] as const)
      await moveReport(deskAt(hours), triager, { id }, to);
    const clocks = async () => (await shown(id, 6)).deadlines.map(({ clock, dueAt }) => [clock, dueAt]);
    // It stood still while it was held for mended.
    expect(await clocks()).toContainEqual(['critical-fixed', at(2 + 7 * 24 + 2)]);
    await moveReport(deskAt(7), triager, { id }, 'confirmed');
    await moveReport(deskAt(8), triager, { id }, 'fixed');
    // What follows from a fix goes on, too: an hour of it was used up after the first.
    expect(await clocks()).toContainEqual(['published', at(8 + 30 * 24 - 1)]);
  });

  test('after a key was lost, another triager encrypts a case to the recipients of today', async () => {
    const { db } = fresh().store;
    const id = await received(0, [one.recipient, outsider.recipient]);
    const [line] = (await shown(id, 1)).messages;
    const old = (await ciphertextFor(db, triager, id, 1, at(1))) ?? new Uint8Array();
    await expect(open(old, two.identity)).rejects.toThrow();
    const message = await seal(await open(old, one.identity), team);
    const reseal = (was: string, sealed = message) =>
      resealMessage(deskAt(2), triager, id, { position: 1, was, message: sealed });
    await reseal(line?.digest ?? '');
    const fresher = (await ciphertextFor(db, triager, id, 1, at(3))) ?? new Uint8Array();
    expect(new TextDecoder().decode(await open(fresher, two.identity))).toBe('canary-text');
    await expect(reseal(line?.digest ?? '')).rejects.toMatchObject({ name: 'ReportMessageRefused' });
    await expect(reseal((await shown(id, 4)).messages[0]?.digest ?? '', new Uint8Array(9))).rejects.toMatchObject({
      name: 'ReportMessageRefused',
    });
  });

  test('two triagers at once: one of them has decided', async () => {
    const id = await received();
    const settled = await Promise.allSettled([
      moveReport(deskAt(1), triager, { id }, 'informative'),
      moveReport(deskAt(1), member('triager', 'other'), { id }, 'not-applicable'),
    ]);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(['informative', 'not-applicable']).toContain((await shown(id, 2)).state);
  });

  test('two that are said to be duplicates of each other at once: one is', async () => {
    const [a, b] = [await received(), await received()];
    const settled = await Promise.allSettled([
      markDuplicate(deskAt(1), triager, { id: a }, b),
      markDuplicate(deskAt(1), triager, { id: b }, a),
    ]);
    expect(settled.flatMap((each) => (each.status === 'rejected' ? [each.reason.name] : []))).toEqual([
      'ReportDuplicateRefused',
    ]);
    const [first, second] = [await shown(a, 2), await shown(b, 2)];
    expect([first.duplicateOf, second.duplicateOf].filter((each) => each === null)).toHaveLength(1);
    // Past everything that is asked before, the database still says no.
    const [of, free] = first.duplicateOf === null ? [b, a] : [a, b];
    const { db } = fresh().store;
    await expect(sql`update report set duplicate_of = ${of} where submission = ${free}`.execute(db)).rejects.toThrow();
    const again = await received();
    await expect(
      sql`update report set duplicate_of = ${again} where submission = ${again}`.execute(db),
    ).rejects.toThrow();
    await moveReport(deskAt(3), triager, { id: of }, 'triaged');
    expect(await shown(of, 4)).toMatchObject({ state: 'triaged', duplicateOf: null });
  });

  test('what is not fixed after all is owed again, and what others published before it is fixed still is', async () => {
    const id = await received();
    await triage(deskAt(1), triager, { id }, { cvss: severe });
    await moveReport(deskAt(2), triager, { id }, 'confirmed');
    await moveReport(deskAt(3), triager, { id }, 'fixed');
    const clocks = async () => (await shown(id, 4)).deadlines.map(({ clock, dueAt }) => [clock, dueAt]);
    expect(await clocks()).not.toContainEqual(['critical-fixed', at(2 + 168)]);
    await moveReport(deskAt(4), triager, { id }, 'confirmed');
    expect(await clocks()).toContainEqual(['critical-fixed', at(3 + 168)]);
    await moveReport(deskAt(5), triager, { id }, 'disclosed');
    expect(await clocks()).toContainEqual(['critical-fixed', at(3 + 168)]);
    await watchReports(deskAt(6));
    expect((await listReports(fresh().store.db, triager, {}, at(6))).rows).toMatchObject([{ id, state: 'disclosed' }]);
    // Closing what is published does not take back that it will be fixed.
    await moveReport(deskAt(7), triager, { id }, 'closed');
    expect(await clocks()).toEqual([['critical-fixed', at(3 + 168)]]);
  });

  test('a judgement of a case that was closed leaves it closed; a move to where it is is none', async () => {
    const id = await received();
    await moveReport(deskAt(1), triager, { id }, 'informative');
    expect((await triage(deskAt(2), triager, { id }, { cvss: severe })).state).toBe('informative');
    await expect(moveReport(deskAt(3), triager, { id }, 'informative')).rejects.toMatchObject({
      name: 'TransitionRefused',
    });
  });

  test('written at once nothing is lost, and sent twice it is written once', async () => {
    const id = await received();
    const { head: seen } = await shown(id, 1);
    const [one, other] = await Promise.all(['one', 'other'].map((text) => seal(new TextEncoder().encode(text), team)));
    const write = (message: Uint8Array | undefined, meant: { id: string; seen?: string } = { id }) =>
      writeMessage(deskAt(1), triager, meant, { audience: 'team', message: message ?? new Uint8Array() });
    const positions = await Promise.all([write(one), write(other)]);
    expect(positions.toSorted()).toEqual([2, 3]);
    // The second one of a double click saw the case as it was before the first.
    expect(await write(one, { id, seen })).toBe(positions[0]);
    expect((await shown(id, 2)).messages).toHaveLength(3);
  });

  test('a message that is encrypted anew is in the history, which still holds; one that was deleted does not return', async () => {
    const { db } = fresh().store;
    const id = await received();
    const was = (await shown(id, 1)).messages[0]?.digest ?? '';
    const message = await seal(new TextEncoder().encode('canary-text'), team);
    await resealMessage(deskAt(1), triager, id, { position: 1, was, message });
    const history = await historyOf(db, id);
    expect(history.at(-1)?.facts).toMatchObject({ resealed: 1, was });
    expect(chainFlaw('vulnerability-report', history, (await submissionOf(db, id))?.head ?? '')).toBeUndefined();
    await forget(db, id, at(2));
    const { digest } = (await shown(id, 3)).messages[0] ?? { digest: '' };
    await expect(resealMessage(deskAt(3), triager, id, { position: 1, was: digest, message })).rejects.toMatchObject({
      name: 'ReportMessageRefused',
    });
    await expect(writeMessage(deskAt(3), triager, { id }, { audience: 'team', message })).rejects.toMatchObject({
      name: 'ReportMessageRefused',
    });
    expect((await shown(id, 4)).messages.map(({ isKept }) => isKept)).toEqual([false]);
  });
});
