import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * What a collector reads to measure what is promised to those who report a weakness: one row a report, with times, its
 * state and how severe it is. No id, no name and no text is in it. When a milestone was reached follows from the history:
 *
 * - acknowledged: the first word to the reporter, or the first change of state, whichever is sooner;
 * - fixed: the first fix that was not taken back afterwards, which `undoing` entries do;
 * - updated: the last word to the reporter, which is no note of the team;
 * - since: when it came into the state that it is in; `changed_at`: its last entry, from which on its text is kept.
 *
 * `more`: columns that a later step adds.
 */
export function measuredReport(undoing: RawBuilder<unknown>, more = sql``): RawBuilder<unknown> {
  return sql`
      create or replace view measured_report as
      select s.state, r.severity, r.critical, past.*, exists (
          select from report_message m where m.submission = s.id and m.ciphertext is not null
        ) or r.reply_to is not null as has_text ${more}
      from submission s join report r on r.submission = s.id cross join lateral (
        select min(t.at) filter (where t.position = 1) as received_at,
          min(t.at) filter (where t."to" <> 'received' or told) as acknowledged_at,
          min(t.at) filter (where t."to" in
            ('triaged', 'confirmed', 'fixed', 'disclosed', 'duplicate', 'not-applicable', 'informative')) as triaged_at,
          min(t.at) filter (where t."to" = 'confirmed') as confirmed_at,
          min(t.at) filter (where t."to" = 'fixed' and t.position > coalesce(undone, 0)) as fixed_at,
          min(t.at) filter (where t."to" = 'disclosed') as disclosed_at,
          max(t.at) filter (where told) as updated_at,
          max(t.at) filter (where t."from" is distinct from t."to") as since,
          max(t.at) as changed_at
        from (
          select *, facts ->> 'audience' = 'reporter' and actor not in ('visitor', 'clock') as told,
            max(position) filter (where ${undoing}) over () as undone
          from transition where submission = s.id
        ) t
      ) past`;
}

/** What undid a fix at first: to be confirmed again, at once. */
export const reportMeasures: Migration = {
  async up(db: Kysely<unknown>) {
    await measuredReport(sql`"from" = 'fixed' and "to" = 'confirmed'`).execute(db);
  },
};
