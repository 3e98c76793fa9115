import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { measuredReport } from './0011-report-measures.ts';

/** When a promise ran follows from all that happened, in its order: states, times, words to the reporter and severities. */
export const reportHistories: Migration = {
  async up(db: Kysely<unknown>) {
    const history = sql`, (
        select jsonb_agg(jsonb_build_object(
          'to', t."to", 'at', to_char(t.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
          'told', coalesce(t.facts ->> 'audience' = 'reporter', false) and t.actor not in ('visitor', 'clock'),
          'severity', t.facts ->> 'severity'
        ) order by t.position)
        from transition t where t.submission = s.id
      ) as history`;
    await measuredReport(sql`"to" in ('triaged', 'confirmed')`, history).execute(db);
  },
};
