import type { Kysely } from 'kysely';
import { keepPromises } from '../../../intake/lifecycle/clocks.ts';
import { expire } from '../../../intake/lifecycle/expire.ts';
import { advance, type Submission } from '../../../intake/lifecycle/submission.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import type { Tables } from '../../../intake/store/tables.ts';
import type { IntakePolicy, SlaClock } from '../../../schemas/index.ts';
import { form, policy } from '../../intake/requests/forms.ts';

/** A Tuesday. Business hours are those of UTC. */
export const NOW = new Date('2026-11-03T12:00:00Z');

/** In every private value; it must never get out. */
export const CANARY = 'canary-9c1e';

/** The moment so many hours before NOW. */
export function ago(hours: number): Date {
  return new Date(NOW.getTime() - hours * 3_600_000);
}
/** So many days before NOW. */
export const daysAgo = (days: number) => ago(days * 24);

/** A policy that promises an answer within two business days, or what is asked for. */
export function promising(clock: Partial<SlaClock> = {}): IntakePolicy {
  const hours = {
    timeZone: 'UTC',
    days: ['mon', 'tue', 'wed', 'thu', 'fri'],
    from: '09:00',
    to: '17:00',
    holidays: [],
  };
  const promise = { id: 'request-answered', title: 'A request is answered', starts: 'receipt', within: '2bd' };
  return policy({ clocks: [{ ...promise, counts: 'business', hours, ...clock }] });
}

/** A request, and what became of it: states, by whom, and when. */
export async function request(db: Kysely<Tables>, openedAt: Date, ...steps: [to: string, at: Date, actor?: string][]) {
  const data = form({ company: `Quill ${CANARY}`, email: `${CANARY}@quill.swiss` });
  let now: Submission = await wayIn(db)('dpa-request', data, { at: openedAt, actor: 'visitor' });
  for (const [to, at, actor = 'rules'] of steps) now = await advance(db, now, to, { at, actor });
  return now;
}

/** Six months of a company that keeps its word. Everything is made as the server makes it. */
export async function keepsItsWord(db: Kysely<Tables>): Promise<void> {
  await keepPromises(db, promising(), daysAgo(300));
  const verified = (at: Date) => ['verified', at, 'visitor'] as [string, Date, string];
  await request(
    db,
    daysAgo(200),
    verified(daysAgo(200)),
    ['held', daysAgo(200)],
    ['declined', daysAgo(199), 'staff-1'],
  );
  await request(db, daysAgo(30));
  await request(db, daysAgo(20), verified(daysAgo(20)), ['offered', daysAgo(20)], ['accepted', daysAgo(19), 'visitor']);
  await request(db, daysAgo(12), verified(daysAgo(12)), ['held', daysAgo(12)], ['offered', daysAgo(11), 'staff-1']);
  await request(db, daysAgo(8), verified(daysAgo(8)), ['held', daysAgo(8)], ['answered', ago(8 * 24 - 3), 'staff-1']);
  await request(db, ago(2), verified(ago(2)), ['held', ago(2)]);
  await expire(db, promising(), ago(1));
}
