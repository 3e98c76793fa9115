import { type Kysely, sql } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { type Kind, machines } from './machines.ts';
import { follow } from './submission.ts';
import { type Cause, write } from './write.ts';

/** What is taken in: its id, what it is, and the submission without whose data there is nobody whom it could be for. */
type Owned = { id: string; kind: Kind; owner: string };

/**
 * Takes in something that belongs to another thing, once: the second one with the same id changes nothing. The owner may be
 * deleted at this moment: then nothing is taken in, and whoever deletes finds what was taken in before.
 */
export async function takeInFor(
  db: Kysely<Tables>,
  { id, kind, owner }: Owned,
  data: Record<string, unknown>,
  cause: Cause,
): Promise<void> {
  const transition = follow({ id, kind, state: null, length: 0, head: null }, machines[kind].first, cause);
  const { to: state, digest } = transition;
  const opening = sql`
    insert into submission (id, kind, state, length, head, opened_at, data)
    select ${id}, ${kind}, ${state}, 1, ${digest}, ${cause.at}::timestamptz, ${JSON.stringify(data)}::jsonb
    from submission owner where owner.id = ${owner} and owner.data is not null
    for share of owner
    on conflict (id) do nothing`;
  await write(db, opening, [{ transition, cause }]);
}
