import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { measuredReport } from './0011-report-measures.ts';

/**
 * When a promise ran follows from what happened, in its order: states, words to the reporter and severities, with their
 * times. What else was written is left out: reporters may do so as often as they like.
 */
export const reportHistories: Migration = {
  async up(db: Kysely<unknown>) {
    const history = sql`, (
        select jsonb_agg(jsonb_build_object(
          'to', t."to", 'at', to_char(t.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
          'told', coalesce(t.facts ->> 'audience' = 'reporter', false) and t.actor not in ('visitor', 'clock'),
          'severity', t.facts ->> 'severity'
        ) order by t.position)
        from transition t where t.submission = s.id and (t."from" is distinct from t."to"
          or t.facts ->> 'audience' = 'reporter' or t.facts ->> 'severity' is not null)
      ) as history`;
    await measuredReport(sql`"to" in ('triaged', 'confirmed')`, history).execute(db);
  },
};
