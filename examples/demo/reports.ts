import { readFile } from 'node:fs/promises';
import { type Kysely, sql } from 'kysely';
import { parse } from 'yaml';
import { keysDigest } from '../../intake/envelope/keys.ts';
import { keysOf, newReceiptCode } from '../../intake/envelope/receipt.ts';
import { packReport } from '../../intake/envelope/report.ts';
import { seal } from '../../intake/envelope/seal.ts';
import { keepReportPromises } from '../../intake/lifecycle/clocks.ts';
import { advance, submissionOf } from '../../intake/lifecycle/submission.ts';
import { wayIn } from '../../intake/lifecycle/take-in.ts';
import { receiveReport } from '../../intake/reports/receive.ts';
import type { Tables } from '../../intake/store/tables.ts';
import { DisclosurePolicy, type VulnerabilityReport, type VulnerabilityState } from '../../schemas/index.ts';
import { workspaces } from './private-words.ts';

const DAY_MS = 86_400_000;
const policyFile = new URL('../../content/disclosure.yaml', import.meta.url);

/** What became of a report of the past: how many days ago it came, and after how many each step was taken. */
type PastReport = {
  daysAgo: number;
  title: string;
  text: string;
  severity?: VulnerabilityReport['severity'];
  steps: readonly (readonly [to: VulnerabilityState, days: number])[];
};

/**
 * A year of reports, in every state. Each was acknowledged within 48 hours and assessed within 13 days of the calendar, and so
 * within two and ten business days, whatever day it is.
 */
const reports: readonly PastReport[] = [
  {
    // Long enough ago that its text has been deleted since.
    ...{ daysAgo: 410, title: 'Attachments can be guessed', severity: 'high' },
    text: 'The address of an attachment ends in a number that counts up. Whoever is signed in to one workspace can fetch those of others by counting down.',
    steps: [
      ['acknowledged', 0.8],
      ['confirmed', 3],
      ['fixed', 25],
      ['disclosed', 40],
    ],
  },
  {
    ...{ daysAgo: 250, title: 'We buy links' },
    text: 'We place articles about software on high-ranking sites, and would like to place one with you. Please tell us your rates.',
    steps: [
      ['acknowledged', 1.1],
      ['closed', 1.2],
    ],
  },
  {
    ...{ daysAgo: 203, title: 'A webhook can be made to ask the metadata service', severity: 'critical' },
    text: 'A webhook follows redirects. Mine redirected to 169.254.169.254, and the answer came back in the log of deliveries.',
    steps: [
      ['acknowledged', 0.2],
      ['confirmed', 2],
      ['fixed', 5],
      ['disclosed', 19],
    ],
  },
  {
    ...{ daysAgo: 97, title: 'SPF of a domain that sends no mail' },
    text: 'larkspur-status.example has no SPF record, so that anybody can send mail in its name.',
    steps: [
      ['acknowledged', 0.9],
      ['not-applicable', 6],
    ],
  },
  {
    ...{ daysAgo: 60, title: 'The version of the server is told' },
    text: 'Every answer has a Server header, with the version of the web server in it.',
    steps: [
      ['acknowledged', 1.3],
      ['informative', 5],
    ],
  },
  {
    ...{ daysAgo: 34, title: 'A subject of a ticket becomes a link', severity: 'medium' },
    text: 'A subject that begins with javascript: becomes a link in the daily summary. Some mail programs run it when it is clicked.',
    steps: [
      ['acknowledged', 0.7],
      ['triaged', 4],
      ['confirmed', 8],
      ['fixed', 20],
    ],
  },
  {
    ...{ daysAgo: 31, title: 'Subjects of tickets are not escaped' },
    text: 'The subject of a ticket stands in the daily summary as it was typed, so that markup in it is markup there.',
    steps: [
      ['acknowledged', 1],
      ['duplicate', 2],
    ],
  },
  {
    ...{ daysAgo: 12, title: 'An export outlives the right to it', severity: 'high' },
    text: 'Somebody who was removed from a workspace can still download an export that they asked for before, by its old address.',
    steps: [
      ['acknowledged', 1],
      ['triaged', 5],
      ['confirmed', 6],
    ],
  },
  {
    daysAgo: 6,
    title: 'A second factor can be skipped',
    text: 'After the password, the address of the mobile sign-in takes me in without asking for the second factor.',
    severity: 'high',
    steps: [['triaged', 1.5]],
  },
  {
    daysAgo: 4,
    title: 'The limit of tries can be got round',
    text: 'The limit of wrong passwords is counted per address, with capital letters and small ones apart: Ada@ and ada@ have ten tries each.',
    steps: [['acknowledged', 1.1]],
  },
  {
    daysAgo: 0.25,
    title: 'An old link still works',
    text: 'A link to reset a password works a second time, when it is opened within the same minute.',
    steps: [],
  },
];

/** Makes the reports of the past as the server would have made them, encrypted to the demo’s own recipients. */
export async function seedReports(db: Kysely<Tables>, company: string, now: Date): Promise<void> {
  const policy = DisclosurePolicy.parse(parse(await readFile(policyFile, 'utf8')));
  await keepReportPromises(db, policy, new Date(now.getTime() - 450 * DAY_MS));
  for (const [index, report] of reports.entries()) await happened(db, company, policy, report, index, now);
}

async function happened(
  db: Kysely<Tables>,
  company: string,
  { recipients }: DisclosurePolicy,
  { daysAgo, title, text, severity, steps }: PastReport,
  index: number,
  now: Date,
): Promise<void> {
  const openedAt = now.getTime() - daysAgo * DAY_MS;
  const keys = recipients.map(({ recipient }) => recipient);
  const { access, recipient: replyTo } = await keysOf(newReceiptCode());
  const description = `${text} My workspace is ${workspaces[index]}.`;
  const plain = packReport({
    title,
    description,
    product: 'Larkspur Desk',
    credit: { wanted: false },
    attachments: [],
  });
  const ciphertext = await seal(plain, keys);
  const sent = { via: 'browser' as const, ciphertext, access, replyTo, keys: await keysDigest(keys), critical: false };
  const head = { company, url: 'https://trust.larkspur.example' };
  const { number } = await receiveReport(wayIn(db), head, [], sent, new Date(openedAt));
  if (severity !== undefined)
    await sql`update report set severity = ${severity} where submission = ${number}`.execute(db);
  let current = await submissionOf(db, number);
  const facts = severity === undefined ? {} : { severity };
  for (const [to, days] of steps) {
    if (current === undefined) throw new Error('A report of the demo was not taken in.');
    const at = new Date(openedAt + days * DAY_MS);
    current = await advance(db, current, to, { at, actor: 'cli:security-lead', facts });
  }
}
