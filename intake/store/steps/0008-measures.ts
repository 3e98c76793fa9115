import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * What a collector reads to measure what is promised; nothing in it is personal. A request is answered by an offer, by a
 * letter, by being declined, or by whatever a member of staff does first. `since` is when it came into its state.
 */
export const measures: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create view measured_submission as
      select s.kind, s.state, s.opened_at, past.verified_at, past.answered_at, past.since, s.data is not null
        or exists (select from outbox o where o.submission = s.id and o.channel = 'mail' and o.state = 'waiting')
        or exists (select from agreement a where a.submission = s.id
          and (a.offer is not null or a.annexes is not null or a.acceptance is not null or a.pdf is not null))
        or exists (select from staff_note n where n.submission = s.id) as has_data
      from submission s cross join lateral (
        select max(t.at) as since, min(t.at) filter (where t."to" = 'verified') as verified_at,
          min(t.at) filter (where t."to" in ('offered', 'answered', 'declined')
            or t.actor not in ('visitor', 'rules', 'clock')) as answered_at
        from transition t where t.submission = s.id
      ) past`.execute(db);
    await sql`
      create table job_run (
        job text primary key,
        ran_at timestamptz not null,
        expired bigint not null,
        emptied bigint not null
      )`.execute(db);
    await sql`
      create table promised_clock (
        clock text not null,
        since timestamptz not null,
        terms jsonb not null,
        primary key (clock, since)
      )`.execute(db);
    await sql`
      create trigger append_only before update or delete or truncate on promised_clock
      for each statement execute function refuse_to_rewrite()`.execute(db);
  },
};
