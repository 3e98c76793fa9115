import { type Kysely, sql } from 'kysely';
import { keepReportPromises } from '../../../intake/lifecycle/clocks.ts';
import { advance, type Submission } from '../../../intake/lifecycle/submission.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import type { Tables } from '../../../intake/store/tables.ts';
import { DisclosurePolicy, type SlaClock } from '../../../schemas/index.ts';
import { daysAgo } from '../intake-promises/company.ts';

const hours = { timeZone: 'UTC', days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' };

/** Acknowledged within two business days, or what is asked for; assessed in ten; critical ones mended in seven. */
export function promising(acknowledged: Partial<SlaClock> = {}, more: object = {}): DisclosurePolicy {
  return DisclosurePolicy.parse({
    contacts: ['security@quill.swiss'],
    expiresOn: '2027-06-01',
    languages: ['en'],
    scope: ['All'],
    safeHarbor: 'Yes.',
    credit: 'opt-in',
    bounty: { kind: 'none' },
    retention: '180d',
    clocks: [
      {
        ...{ id: 'acknowledged', title: 'A', starts: 'receipt', ends: 'acknowledged', within: '2bd' },
        ...{ counts: 'business', hours, ...acknowledged },
      },
      { id: 'triaged', title: 'T', starts: 'receipt', ends: 'triaged', within: '14d', counts: 'calendar' },
      {
        ...{ id: 'fixed', title: 'F', starts: 'confirmation', ends: 'fixed', within: '7d', counts: 'calendar' },
        severities: ['critical'],
      },
      { id: 'disclosed', title: 'D', starts: 'resolution', ends: 'disclosed', within: '30d', counts: 'calendar' },
      // For readers: nothing says what it ends with.
      { id: 'other', title: 'O', starts: 'receipt', within: '1h', counts: 'calendar' },
    ],
    ...more,
  });
}

/**
 * A report, and what became of it: states and when; `told` is a word to the reporter, `note` one of the team, and `low` says
 * that it is not severe.
 */
export async function report(
  db: Kysely<Tables>,
  openedAt: Date,
  steps: readonly (readonly [to: string, at: Date])[] = [],
  severity: string | null = null,
): Promise<Submission> {
  const also = [
    sql`insert into report (submission, via, access, reply_to, keys, critical, severity)
      select id, 'browser', id, 'canary-9c1e', 'k', false, ${severity}::text from changed`,
    sql`insert into report_message (id, submission, position, audience, author, at, ciphertext, digest, bytes)
      select id, id, 1, 'reporter', 'reporter', ${openedAt}::timestamptz, 'canary-9c1e'::bytea, 'd', 1 from changed`,
  ];
  const facts = severity === null ? {} : { severity };
  let now = await wayIn(db)('vulnerability-report', {}, { at: openedAt, actor: 'visitor', also, facts });
  const written: Record<string, Record<string, string>> = {
    told: { audience: 'reporter' },
    note: { audience: 'team' },
    low: { severity: 'low' },
  };
  for (const [to, at] of steps) {
    const cause = { at, actor: 'canary-9c1e' };
    const facts = written[to];
    now = await advance(db, now, facts === undefined ? to : now.state, { ...cause, ...(facts && { facts }) });
  }
  return now;
}

/** A year of a company that keeps its word. */
export async function keepsItsWord(db: Kysely<Tables>): Promise<void> {
  await keepReportPromises(db, promising(), daysAgo(400));
  const days = (from: number, ...steps: [string, number][]) =>
    steps.map(([to, after]) => [to, daysAgo(from - after)] as const);
  await report(
    db,
    daysAgo(91),
    days(91, ['acknowledged', 1], ['confirmed', 3], ['fixed', 8], ['disclosed', 20]),
    'critical',
  );
  await report(db, daysAgo(63), days(63, ['told', 1], ['triaged', 2], ['confirmed', 3], ['fixed', 43]), 'low');
  await report(db, daysAgo(42), days(42, ['acknowledged', 2], ['duplicate', 4]));
  await report(db, daysAgo(21), days(21, ['not-applicable', 1]));
  await report(db, daysAgo(7), days(7, ['acknowledged', 1]));
}
