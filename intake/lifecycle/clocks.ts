import { type Kysely, sql } from 'kysely';
import type { IntakePolicy } from '../../schemas/index.ts';
import type { Tables } from '../store/tables.ts';

/**
 * Keeps what is promised, from when on: what was sent in before a promise was changed is held against the one that it was
 * sent in under. Writes nothing while the promises stay as they are.
 */
export async function keepPromises(db: Kysely<Tables>, { clocks }: IntakePolicy, at: Date): Promise<void> {
  const promised = clocks.map(({ id, starts, within, counts, hours }) => ({
    clock: id,
    terms: { starts, within, counts, ...(hours === undefined ? {} : { hours }) },
  }));
  await sql`
    insert into promised_clock (clock, since, terms)
    select part.clock, ${at}, part.terms
    from jsonb_to_recordset(${JSON.stringify(promised)}::jsonb) as part(clock text, terms jsonb)
    where part.terms is distinct from (
      select newest.terms from promised_clock newest where newest.clock = part.clock order by newest.since desc limit 1)
    on conflict do nothing`.execute(db);
}
