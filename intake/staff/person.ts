import { type Kysely, sql } from 'kysely';
import { after } from '../../posture/time.ts';
import type { IntakePolicy } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { revoke } from '../grants/give.ts';
import { forget } from '../lifecycle/forget.ts';
import { historyOf, moveOn, type Submission, submissionOf } from '../lifecycle/submission.ts';
import type { Tables } from '../store/tables.ts';
import { act, actorOf } from './act.ts';
import type { Member } from './roles.ts';
import { notesOn } from './show.ts';

/** What is kept although somebody asked for its deletion, and why. */
export type Kept = { id: string; why: string; until: string | null };

/** What became of a deletion: the ids of what was emptied, and what is kept. */
export type Deletion = { deleted: string[]; kept: Kept[] };

/**
 * All that is known of a person, by their address (GDPR, Article 15): what they sent in and what happened with it, what was
 * agreed and written about it, and which letters went to them. Secrets are left out: whoever exports must not be able to act
 * as the person. Throws StaffNotAllowed.
 */
export async function exportPerson(db: Kysely<Tables>, member: Member, email: string, at: Date) {
  return act(
    db,
    member,
    { action: 'export', at },
    async () => {
      const submissions = await submissionsOf(db, email);
      const account = await db
        .selectFrom('staffAccount')
        .select(['id', 'role', 'addedAt'])
        .where(sql<boolean>`lower(email) = lower(${email})`)
        .execute();
      const known = await Promise.all(submissions.map((submission) => knownOf(db, submission)));
      return { schema: 'candor/person@1' as const, exportedAt: at, email, submissions: known, staffAccounts: account };
    },
    ({ submissions }) => ({ exported: submissions.map(({ id }) => id) }),
  );
}

/**
 * Deletes what is known of a person, by their address (GDPR, Article 17): requests that are open end, subscriptions end,
 * documents can no longer be downloaded. Agreements in force, and those after whose end claims can still be raised, are kept
 * (Article 17(3)(e)). May be done again, and after a crash. Throws StaffNotAllowed.
 */
export async function deletePerson(
  desk: Pick<Desk, 'db' | 'policy' | 'now'>,
  member: Member,
  email: string,
): Promise<Deletion> {
  const { db, policy, now } = desk;
  return act(
    db,
    member,
    { action: 'delete', at: now() },
    async () => {
      const deletion: Deletion = { deleted: [], kept: [] };
      const seen = new Set<string>();
      // Again until nothing new is there: what belongs to a thing may have been made until that one was deleted.
      for (let found = await submissionsOf(db, email); found.length > 0; ) {
        for (const { id } of found) {
          seen.add(id);
          const kept = await deleteOne(desk, member, id, policy);
          if (kept === undefined) deletion.deleted.push(id);
          else deletion.kept.push(kept);
        }
        found = (await submissionsOf(db, email)).filter(({ id }) => !seen.has(id));
      }
      return deletion;
    },
    ({ deleted, kept }) => ({ deleted, kept: kept.map(({ id }) => id) }),
  );
}

/** The state in which a thing ends whose person is deleted; none where it has ended, or has another way to end. */
const ends: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'dpa-request': { received: 'expired', verified: 'declined', held: 'declined', offered: 'declined' },
  subscription: { pending: 'expired', active: 'ended' },
};

async function deleteOne(
  { db, now }: Pick<Desk, 'db' | 'now'>,
  member: Member,
  id: string,
  policy: IntakePolicy,
): Promise<Kept | undefined> {
  for (;;) {
    const found = await submissionOf(db, id);
    if (found === undefined || found.data === null) return undefined;
    const kept = await keptOf(db, found, policy, now());
    if (kept !== undefined) return kept;
    const at = now();
    const end = ends[found.kind]?.[found.state];
    if (found.kind === 'grant') await revoke({ db, now }, id, actorOf(member));
    else if (end !== undefined) {
      const after = await moveOn(db, found, end, { at, actor: actorOf(member), facts: { deletion: true } }, null);
      // Somebody did something else with it a moment ago, such as accept.
      if (after.state !== end) continue;
    }
    await forget(db, id, at);
    return undefined;
  }
}

async function keptOf(
  db: Kysely<Tables>,
  { id, kind, state, length }: Submission,
  { retention }: IntakePolicy,
  at: Date,
): Promise<Kept | undefined> {
  if (kind !== 'dpa-request') return undefined;
  if (state === 'accepted' || state === 'sealed')
    return { id, why: 'an agreement that is in force: both parties need it', until: null };
  if (state !== 'superseded' && state !== 'terminated') return undefined;
  const newest = (await historyOf(db, id)).find(({ position }) => position === length);
  const until = after((newest?.at ?? at).toISOString(), retention.ended);
  return until <= at.toISOString()
    ? undefined
    : { id, why: 'an agreement that has ended: claims from it can still be raised', until };
}

async function submissionsOf(db: Kysely<Tables>, email: string): Promise<Submission[]> {
  const rows = await db
    .selectFrom('submission')
    .select('id')
    .where(sql<boolean>`lower(data ->> 'email') = lower(${email.trim()})`)
    .orderBy('openedAt')
    .orderBy('id')
    .execute();
  const found = await Promise.all(rows.map(({ id }) => submissionOf(db, id)));
  return found.flatMap((each) => each ?? []);
}

/** What is known about one submission. */
async function knownOf(db: Kysely<Tables>, { id, kind, state, openedAt, data }: Submission) {
  const [history, notes, agreements, letters, objections] = await Promise.all([
    historyOf(db, id),
    notesOn(db, [id]),
    db
      .selectFrom('agreement')
      .select(['number', 'offer', 'annexes', 'acceptance', 'pdfDigest'])
      .where('submission', '=', id)
      .orderBy('number')
      .execute(),
    db
      .selectFrom('outbox')
      .select(['id', 'state', 'dueAt', 'settledAt', 'failure', sql<string | null>`message ->> 'subject'`.as('subject')])
      .where('submission', '=', id)
      .where('channel', '=', 'mail')
      .orderBy('dueAt')
      .execute(),
    db
      .selectFrom('notice')
      .leftJoin('submission', 'submission.id', 'notice.objection')
      .select(['notice.id', 'notice.change', 'notice.givenAt', 'submission.id as objection', 'submission.data'])
      .where('notice.submission', '=', id)
      .execute(),
  ]);
  const { unsubscribe, ...typed } = data ?? {};
  return {
    id,
    kind,
    state,
    openedAt,
    data: typed,
    history: history.map(({ at, to, actor, facts }) => ({ at, to, actor, facts })),
    notes,
    agreements: agreements.map(({ offer, annexes, acceptance, ...rest }) => ({
      ...rest,
      offer: jsonOf(offer),
      annexes: jsonOf(annexes),
      acceptance: jsonOf(acceptance),
    })),
    letters,
    notices: objections,
  };
}

function jsonOf(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}
