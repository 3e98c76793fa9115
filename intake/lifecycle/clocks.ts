import { type Kysely, sql } from 'kysely';
import type { DisclosurePolicy, IntakePolicy } from '../../schemas/index.ts';
import type { Tables } from '../store/tables.ts';

/**
 * Keeps what is promised, from when on: what was sent in before a promise was changed is held against the one that it was
 * sent in under. Writes nothing while the promises stay as they are.
 */
export async function keepPromises(db: Kysely<Tables>, { clocks }: IntakePolicy, at: Date): Promise<void> {
  const promised = clocks.map(({ id, starts, within, counts, hours }) => ({
    clock: id,
    terms: { starts, within, counts, hours },
  }));
  await keep(db, promised, at);
}

/**
 * The same for those who report weaknesses, under `disclosure/<id>`. That a promise was withdrawn is kept too, as null: what
 * came before is still held against it.
 */
export async function keepReportPromises(
  db: Kysely<Tables>,
  policy: Pick<DisclosurePolicy, 'clocks'> | undefined,
  at: Date,
): Promise<void> {
  const promised = (policy?.clocks ?? [])
    .filter(({ ends }) => ends !== undefined)
    .map(({ id, starts, ends, within, counts, hours, severities }) => ({
      clock: `disclosure/${id}`,
      terms: { starts, ends, within, counts, hours, severities },
    }));
  const { rows: known } = await sql<{ clock: string }>`
    select distinct clock from promised_clock where clock like 'disclosure/%'`.execute(db);
  const withdrawn = known.filter(({ clock }) => promised.every((one) => one.clock !== clock));
  await keep(db, [...promised, ...withdrawn.map(({ clock }) => ({ clock, terms: null }))], at);
}

async function keep(db: Kysely<Tables>, promised: readonly { clock: string; terms: object | null }[], at: Date) {
  await sql`
    insert into promised_clock (clock, since, terms)
    select part ->> 'clock', ${at}::timestamptz, part -> 'terms'
    from jsonb_array_elements(${JSON.stringify(promised)}::jsonb) part
    where part -> 'terms' is distinct from (select newest.terms from promised_clock newest
      where newest.clock = part ->> 'clock' order by newest.since desc limit 1)
    on conflict do nothing`.execute(db);
}
