import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { grantOf } from '../../../intake/grants/grant.ts';
import { chainFlaw } from '../../../intake/lifecycle/chain.ts';
import { forget } from '../../../intake/lifecycle/forget.ts';
import { advance, historyOf, submissionOf } from '../../../intake/lifecycle/submission.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import { receive } from '../../../intake/requests/receive.ts';
import { answer } from '../../../intake/staff/decisions.ts';
import { grantDocument, revokeGrant } from '../../../intake/staff/documents.ts';
import { logFrom } from '../../../intake/staff/log.ts';
import { deletePerson, exportPerson } from '../../../intake/staff/person.ts';
import type { Member } from '../../../intake/staff/roles.ts';
import type { Store } from '../../../intake/store/open.ts';
import { subscribe } from '../../../intake/subscriptions/subscribe.ts';
import { standing } from '../agreements/desks.ts';
import { form, policy } from '../requests/forms.ts';
import { onBothStores } from '../stores.ts';

const T0 = Date.parse('2026-11-03T09:00:00Z');
const at = (days: number) => new Date(T0 + days * 86_400_000);
const administrator: Member = { id: 'ada', role: 'administrator', email: 'ada@larkspur.swiss', via: 'web' };
const responder: Member = { id: 'rita', role: 'responder', email: 'rita@larkspur.swiss', via: 'web' };
const CANARY = 'canary@quill.swiss';

async function desk(db: Store['db'], days = 1) {
  const says = await standing();
  const report = says.content.documents.find(({ data }) => data.access !== 'public');
  const documents =
    report === undefined
      ? []
      : [{ ...report, data: { ...report.data, access: 'on-request' as const, file: 'report.pdf' } }];
  return {
    db,
    takeIn: wayIn(db),
    policy: policy(),
    head: { company: 'Larkspur Desk, Inc.', url: 'https://trust.larkspur.swiss' },
    now: () => at(days),
    current: async () => ({ ...says, content: { ...says.content, documents } }),
    document: report?.id ?? '',
  };
}

/** A request of a person, moved through these states. */
async function request(
  db: Store['db'],
  states: readonly string[],
  changes: Record<string, unknown> = {},
): Promise<string> {
  const { head, takeIn } = await desk(db);
  const { id } = await receive(takeIn, policy(), head, form({ email: CANARY, ...changes }), at(0));
  for (const to of states) {
    const before = await submissionOf(db, id);
    if (before !== undefined) await advance(db, before, to, { at: at(0), actor: 'visitor' });
  }
  return id;
}

/** All tables as text. */
async function everything(db: Store['db']): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public'`.execute(db);
  const texts = await Promise.all(
    rows.map(({ name }) => sql<{ text: string }>`select t::text as text from ${sql.table(name)} t`.execute(db)),
  );
  return texts.flatMap((each) => each.rows.map(({ text }) => text)).join('\n');
}

/** Comes back once a statement waits for another transaction. */
async function waiting(db: Store['db']): Promise<void> {
  for (;;) {
    const { rows } = await sql`select from pg_locks where not granted`.execute(db);
    if (rows.length > 0) return;
  }
}

onBothStores('a person', (fresh) => {
  test('is told all that is known of them, and nothing of others or by which somebody could act as them', async () => {
    const { db } = fresh().store;
    const own = await desk(db);
    const asked = await request(db, ['verified', 'held'], { needs: ['question'], message: 'Where is it?' });
    await request(db, ['verified', 'held'], { email: 'other@quill.swiss' });
    await answer(own, responder, { id: asked }, 'In Zurich.');
    await subscribe(own.takeIn, own.policy, own.head, { email: 'Canary@Quill.swiss', topics: ['updates'] }, at(0));
    const known = await exportPerson(db, administrator, CANARY, at(1));
    expect(known.submissions.map(({ kind, state }) => [kind, state])).toEqual([
      ['dpa-request', 'answered'],
      ['subscription', 'pending'],
    ]);
    expect(known.submissions[0]).toMatchObject({
      data: { email: CANARY, message: 'Where is it?' },
      notes: [{ actor: 'web:rita', text: 'In Zurich.' }],
    });
    expect(known.submissions[0]?.letters.map(({ subject }) => subject)).toContain('An answer from Larkspur Desk, Inc.');
    const text = JSON.stringify(known);
    expect(text).not.toContain('other@');
    const { rows } = await sql<{ text: string }>`select message ->> 'text' as text from outbox`.execute(db);
    const secrets = rows.flatMap((each) =>
      [...each.text.matchAll(/\/([\w-]{43})\//g)].map(([, secret = '']) => secret),
    );
    expect(secrets.length).toBeGreaterThan(3);
    for (const secret of secrets) expect(text).not.toContain(secret);
    const { data } = (await submissionOf(db, known.submissions[1]?.id ?? '')) ?? {};
    expect(text).not.toContain(String(data?.unsubscribe));
  });

  test('who is deleted is nowhere any more, is not written to, and leaves histories that prove themselves', async () => {
    const { db } = fresh().store;
    const own = await desk(db);
    const ids = [
      await request(db, []),
      await request(db, ['verified', 'held'], { needs: ['document'], document: own.document, message: 'Canary' }),
      await request(db, ['verified', 'offered']),
      await request(db, ['verified', 'declined']),
    ];
    const other = await request(db, ['verified', 'held'], { email: 'other@quill.swiss' });
    const grant = await grantDocument(own, responder, { id: ids[1] ?? '' }, own.document);
    await subscribe(own.takeIn, own.policy, own.head, { email: CANARY, topics: ['updates'] }, at(0));
    expect(await everything(db)).toContain('canary@');
    const { deleted, kept } = await deletePerson(own, administrator, 'CANARY@quill.swiss ');
    expect(kept).toEqual([]);
    expect(deleted).toEqual(expect.arrayContaining([...ids, grant.id]));
    expect(deleted).toHaveLength(6);
    expect(await everything(db)).not.toMatch(/canary/i);
    const states = await Promise.all(deleted.map(async (id) => (await submissionOf(db, id))?.state));
    expect(states.toSorted()).toEqual(['answered', 'declined', 'declined', 'expired', 'expired', 'revoked']);
    for (const id of deleted) {
      const found = await submissionOf(db, id);
      if (found === undefined) throw new Error('Histories are never deleted.');
      expect(chainFlaw(found.kind, await historyOf(db, id), found.head)).toBeUndefined();
    }
    expect(await submissionOf(db, other)).toMatchObject({ state: 'held', data: { email: 'other@quill.swiss' } });
    const waiting = await db.selectFrom('outbox').select('submission').where('state', '=', 'waiting').execute();
    expect(waiting.map(({ submission }) => submission)).toEqual([other]);
    expect((await logFrom(db, 0)).at(-1)).toMatchObject({ action: 'delete', facts: { deleted, kept: [] } });
    expect(await deletePerson(own, administrator, CANARY)).toEqual({ deleted: [], kept: [] });
  });

  test('who is deleted while a document is granted to them is deleted with it, whichever comes first', async () => {
    const { store, again } = fresh();
    // PGlite has one connection: nothing comes in between.
    if (again === undefined) return;
    const { db } = store;
    const other = await again();
    const own = await desk(db);
    const asked = { needs: ['document'], document: own.document };
    // The deletion has looked up what there is, and waits; the grant is made before it goes on.
    const first = await request(db, ['verified', 'answered'], asked);
    const deletion = await other.db.transaction().execute(async (holding) => {
      await sql`select from submission where id = ${first} for update`.execute(holding);
      const going = deletePerson(own, administrator, CANARY);
      await waiting(db);
      await grantDocument(await desk(holding), responder, { id: first }, own.document);
      return { going };
    });
    expect((await deletion.going).deleted).toHaveLength(2);
    expect(await everything(db)).not.toMatch(/canary/i);
    // The grant has read the request, and waits; the request is deleted before it goes on.
    const second = await request(db, ['verified', 'answered'], asked);
    const granting = await other.db.transaction().execute(async (holding) => {
      await forget(holding, second, at(1));
      const going = grantDocument(own, responder, { id: second }, own.document);
      const refused = expect(going).rejects.toMatchObject({ name: 'GrantRefused' });
      await Promise.race([waiting(db), going.catch(() => undefined)]);
      return { refused };
    });
    await granting.refused;
    expect(await everything(db)).not.toMatch(/canary/i);
  });

  test('agreements are kept while they bind, and after their end for as long as is declared', async () => {
    const { db } = fresh().store;
    const sealed = await request(db, ['verified', 'offered', 'accepted', 'sealed']);
    const ended = await request(db, ['verified', 'offered', 'accepted', 'sealed', 'terminated']);
    const { deleted, kept } = await deletePerson(await desk(db, 10), administrator, CANARY);
    expect(deleted).toEqual([]);
    expect(kept.toSorted((a, b) => Number(a.until !== null) - Number(b.until !== null))).toEqual([
      { id: sealed, why: 'an agreement that is in force: both parties need it', until: null },
      {
        id: ended,
        why: 'an agreement that has ended: claims from it can still be raised',
        until: at(1095).toISOString(),
      },
    ]);
    expect((await deletePerson(await desk(db, 1095), administrator, CANARY)).deleted).toEqual([ended]);
    expect((await submissionOf(db, sealed))?.data).not.toBeNull();
  });

  test('documents are granted and revoked by responders, not to themselves; only administrators export and delete', async () => {
    const { db } = fresh().store;
    const own = await desk(db);
    const needs = { needs: ['document'], document: own.document };
    const id = await request(db, ['verified', 'held'], needs);
    const ritas = await request(db, ['verified', 'held'], { ...needs, email: responder.email });
    const grant = await grantDocument(own, responder, { id }, own.document);
    expect(await grantOf(db, grant.id)).toMatchObject({
      terms: { document: own.document },
      submission: { state: 'granted' },
    });
    for (const [member, action, attempt] of [
      [administrator, 'grant', () => grantDocument(own, administrator, { id }, own.document)],
      [administrator, 'revoke', () => revokeGrant(own, administrator, grant.id)],
      [responder, 'export', () => exportPerson(db, responder, CANARY, at(1))],
      [responder, 'delete', () => deletePerson(own, responder, CANARY)],
    ] as const)
      await expect(attempt(), action).rejects.toMatchObject({
        name: 'StaffNotAllowed',
        what: `\`${member.id}\` is ${member.role}, and may not ${action}.`,
      });
    await expect(grantDocument(own, responder, { id: ritas }, own.document)).rejects.toMatchObject({
      name: 'StaffOwnRequest',
    });
    expect((await submissionOf(db, id))?.data).not.toBeNull();
    expect((await revokeGrant(own, responder, grant.id)).state).toBe('revoked');
  });
});
