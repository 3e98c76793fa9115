import { type Kysely, sql } from 'kysely';
import type { Content, DateOn, Organization, SubprocessorNotice } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import type { Tables } from '../store/tables.ts';
import { dayOf } from './days.ts';

/** The part of a desk that tells of what content says. */
export type Telling = Pick<Desk, 'db' | 'head' | 'now'> & {
  current: () => Promise<{ content: Said }>;
};

/** The part of content that is told of. */
export type Said = Pick<Content, 'updates' | 'advisories' | 'subprocessors'> & {
  organization: Pick<Organization, 'name' | 'trustUrl'>;
};

/** A change of the list of subprocessors, as content announces it. */
export type Change = Omit<SubprocessorNotice, 'change'> & {
  /** Made of what never changes about it: vendor, kind and day of announcement. */
  id: string;
  /** The id of the vendor, and the name that customers know. */
  vendor: string;
  name: string;
  change: string;
};

const verbs: Record<SubprocessorNotice['change'], string> = {
  added: 'becomes a subprocessor',
  removed: 'is a subprocessor no longer',
  changed: 'changes as a subprocessor',
};

/** A change in one line, for a subject or a heading. */
export function changeHeading({ name, change }: Pick<Change, 'name' | 'change'>): string {
  const verb = Object.entries(verbs).find(([kind]) => kind === change)?.[1] ?? verbs.changed;
  return `${name} ${verb}`;
}

/** All changes that content announces, of which the day has come. A second one of a vendor, kind and day is numbered. */
export function changesIn({ subprocessors }: Pick<Said, 'subprocessors'>, at: Date): Change[] {
  const taken = new Map<string, number>();
  return subprocessors
    .flatMap(({ id: vendor, data }) =>
      data.notices.map((notice) => {
        const named = `${vendor}.${notice.change}.${notice.announcedOn}`;
        const nth = (taken.get(named) ?? 0) + 1;
        taken.set(named, nth);
        return { ...notice, id: nth === 1 ? named : `${named}.${nth}`, vendor, name: data.name };
      }),
    )
    .filter(({ announcedOn }) => announcedOn <= dayOf(at));
}

/**
 * The day from which on what content says is news: that of the first look, in UTC. So a database that is new does not tell
 * of what was published years ago, not even when content could not be read whole at first.
 */
export async function newsSince(db: Kysely<Tables>, at: Date): Promise<DateOn> {
  await db
    .insertInto('announcing')
    .values({ since: dayOf(at) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return (await db.selectFrom('announcing').select('since').executeTakeFirstOrThrow()).since;
}

/**
 * Keeps what content announces, each change once. A day that content moves later holds for those who were told already; one
 * that it moves earlier does not.
 */
export async function keepChanges(db: Kysely<Tables>, content: Pick<Said, 'subprocessors'>, at: Date): Promise<void> {
  const since = await newsSince(db, at);
  const rows = changesIn(content, at).filter(({ announcedOn }) => announcedOn >= since);
  if (rows.length === 0) return;
  await db
    .insertInto('subprocessorChange')
    .values(rows.map((row) => ({ ...row, seenAt: at })))
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet({
          objectionDeadline: sql`greatest(subprocessor_change.objection_deadline, excluded.objection_deadline)`,
          effectiveOn: sql`greatest(subprocessor_change.effective_on, excluded.effective_on)`,
          closedAt: sql<never>`case when excluded.effective_on > subprocessor_change.effective_on
          then null else subprocessor_change.closed_at end`,
        })
        // Nothing is written while content stays as it is.
        .where(sql<boolean>`excluded.objection_deadline > subprocessor_change.objection_deadline
        or excluded.effective_on > subprocessor_change.effective_on`),
    )
    .execute();
}
