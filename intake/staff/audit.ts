import type { Kysely } from 'kysely';
import type { Digest } from '../../schemas/index.ts';
import type { Tables } from '../store/tables.ts';
import { act } from './act.ts';
import { logFlaw, logFrom, logHead, type StaffLogEntry } from './log.ts';
import type { Member } from './roles.ts';

/** The log, held against itself. `flaw`: what is wrong with it. `digest`: of its newest entry, to be noted down. */
export type Audit = { length: number; digest: Digest | null; flaw: string | undefined; entries: StaffLogEntry[] };

/** How many entries are read at once. */
const PAGE = 1_000;

/**
 * Verifies the whole log, and gives its entries, oldest first; with `last` only so many of the newest. `known` is a digest that
 * somebody noted down and that must still be there. Throws StaffNotAllowed.
 */
export async function audit(
  db: Kysely<Tables>,
  member: Member,
  { known, last }: { known?: Digest | undefined; last?: number },
  at: Date,
): Promise<Audit> {
  return act(db, member, { action: 'log', at }, async () => {
    const flaw = await logFlaw(db, known);
    const { length, digest } = await logHead(db);
    const entries: StaffLogEntry[] = [];
    for (let after = last === undefined ? 0 : Math.max(0, length - last); ; ) {
      const page = await logFrom(db, after, PAGE);
      entries.push(...page);
      after = page.at(-1)?.position ?? after;
      if (page.length < PAGE) return { length, digest, flaw, entries };
    }
  });
}
