import { readFile } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { parse } from 'yaml';
import { keepPromises } from '../../intake/lifecycle/clocks.ts';
import { expire } from '../../intake/lifecycle/expire.ts';
import { advance } from '../../intake/lifecycle/submission.ts';
import { wayIn } from '../../intake/lifecycle/take-in.ts';
import { openStore } from '../../intake/store/open.ts';
import type { Tables } from '../../intake/store/tables.ts';
import { IntakePolicy, RequestForm } from '../../schemas/index.ts';
import { prospects } from './private-words.ts';
import { seedReports } from './reports.ts';

const HOUR_MS = 3_600_000;
const policyFile = new URL('../../content/intake.yaml', import.meta.url);

/** What became of a request of the past: hours before now, and after how many of them each step was taken. */
type PastRequest = {
  hoursAgo: number;
  needs: RequestForm['needs'];
  /** States, by whom, and after how many hours; each must follow from the one before. */
  steps: readonly (readonly [to: string, actor: 'visitor' | 'rules' | 'clock' | 'cli:privacy-lead', hours: number])[];
};

const confirmed = ['verified', 'visitor', 0.1] as const;
const held = ['held', 'rules', 0.1] as const;

/** Half a year of requests. All were answered within two days of the calendar, and so within two business days. */
const requests: readonly PastRequest[] = [
  // Long enough ago that its data has been deleted since.
  { hoursAgo: 200 * 24, needs: ['dpa'], steps: [confirmed, held, ['declined', 'cli:privacy-lead', 26]] },
  { hoursAgo: 74 * 24, needs: ['dpa'], steps: [confirmed, ['offered', 'rules', 0.1], ['expired', 'clock', 30 * 24]] },
  { hoursAgo: 61 * 24, needs: ['questionnaire'], steps: [confirmed, held, ['answered', 'cli:privacy-lead', 20]] },
  { hoursAgo: 48 * 24, needs: ['question'], steps: [confirmed, held, ['answered', 'cli:privacy-lead', 3]] },
  { hoursAgo: 33 * 24, needs: ['deletion'], steps: [confirmed, held, ['answered', 'cli:privacy-lead', 44]] },
  // Nobody ever confirmed it.
  { hoursAgo: 21 * 24, needs: ['dpa'], steps: [] },
  { hoursAgo: 16 * 24, needs: ['dpa'], steps: [confirmed, held, ['declined', 'cli:privacy-lead', 23]] },
  { hoursAgo: 9 * 24, needs: ['question'], steps: [confirmed, held, ['answered', 'cli:privacy-lead', 27]] },
  { hoursAgo: 5, needs: ['questionnaire'], steps: [confirmed, held] },
];

/**
 * Makes the tables of the forms’ server in the database of this connection string, and the requests and reports of the past as
 * that server would have made them. `reader` may read what is measured, and nothing else.
 */
export async function seedIntake(url: string, reader: string, now: Date): Promise<void> {
  const policy = IntakePolicy.parse(parse(await readFile(policyFile, 'utf8')));
  const store = await openStore({ url });
  try {
    const { db } = store;
    await keepPromises(db, policy, new Date(now.getTime() - 365 * 24 * HOUR_MS));
    for (const [index, request] of requests.entries()) await happened(db, request, index, now);
    await seedReports(db, 'Larkspur Desk, Inc.', now);
    await expire(db, policy, now);
    await sql`grant select on measured_submission, measured_report, promised_clock, job_run to ${sql.id(reader)}`.execute(
      db,
    );
  } finally {
    await store.close();
  }
}

async function happened(
  db: Kysely<Tables>,
  { hoursAgo, needs, steps }: PastRequest,
  index: number,
  now: Date,
): Promise<void> {
  const openedAt = now.getTime() - hoursAgo * HOUR_MS;
  const company = prospects[index];
  if (company === undefined) throw new Error('A request of the demo comes from nobody.');
  const domain = `${company.toLowerCase().replace(' ', '-')}.example`;
  const data = RequestForm.parse({
    needs,
    company: `${company} Ltd`,
    website: `https://${domain}/`,
    jurisdiction: 'GB',
    signatory: 'Jo Lister',
    email: `jo.lister@${domain}`,
    ...(needs.includes('question') ? { message: `Where are the backups of ${company} kept?` } : {}),
  });
  let current = await wayIn(db)('dpa-request', data, { at: new Date(openedAt), actor: 'visitor' });
  for (const [to, actor, hours] of steps) {
    const facts = to === 'held' ? { reasons: [needs.includes('dpa') ? 'other-domain' : 'needs-a-person'] } : {};
    current = await advance(db, current, to, { at: new Date(openedAt + hours * HOUR_MS), actor, facts });
  }
}
