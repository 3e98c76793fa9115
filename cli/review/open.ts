import { join } from 'node:path';
import type { Plan } from '../../collectors/judge.ts';
import { plansOf } from '../../collectors/run.ts';
import { nearest } from '../../loader/nearest.ts';
import { CLOCK_SKEW_MS } from '../../posture/access/complaints.ts';
import { openReview } from '../../posture/access/open.ts';
import { reviewsOf } from '../../posture/access/standing.ts';
import { after } from '../../posture/time.ts';
import { type Content, candorError, contentTypes, type Duration, type Id } from '../../schemas/index.ts';
import type { Terminal } from '../command.ts';
import { type ValidContent, validContent } from '../content.ts';
import { reviewText, writeNew } from './file.ts';
import { pull, systemOf } from './pull.ts';

/** With what a review is opened: who reviews, in which role, and how long it may take. */
type Opening = { reviewer: string; role?: Id | undefined; due: Duration; json: boolean };

/** Asks a system who can get into it, and makes a review file of the answer. Gives the exit code; throws the Review… errors of opening. */
export async function openFresh(
  folder: string,
  system: string,
  { reviewer, role, due, json }: Opening,
  terminal: Terminal,
): Promise<number> {
  const valid = await validContent(folder, terminal);
  if (valid === undefined) return 2;
  const plan = planOf(system, valid);
  const { roles } = valid.content;
  if (role !== undefined && !roles.some(({ id }) => id === role)) {
    const suggestion = nearest(
      role,
      roles.map(({ id }) => id),
    );
    throw candorError('ReferenceMissing', { id: role, type: 'role', suggestion });
  }
  const before = reviewsOf(valid.content, system);
  const still = before.find(({ data }) => data.closed === undefined);
  if (still !== undefined) throw candorError('ReviewOpenAlready', { id: still.id, system });
  const found = await pull(plan, folder, valid.content, terminal);
  terminal.signal.throwIfAborted();
  const openedAt = terminal.now().toISOString();
  if (found.asOf !== null && Date.parse(found.asOf) > Date.parse(openedAt) + CLOCK_SKEW_MS) {
    const problem = `its list is dated in the future: ${found.asOf}.`;
    throw candorError('ReviewUnreadable', { system, problem });
  }
  const opening = {
    system,
    reviewer,
    reviewerRole: role,
    openedAt,
    dueAt: after(openedAt, due),
    previous: before.at(-1),
  };
  const review = openReview(opening, found);
  const id = freeId(plan, openedAt, valid.content);
  const file = join(folder, contentTypes.accessReviews.path, `${id}.yaml`);
  await writeNew(file, reviewText(review));
  const { gone, complete, read, reportedTotal, unseen } = review.list;
  const changed = review.entries.filter(({ pulled }) => pulled.changed.length > 0).length;
  const report = {
    id,
    file,
    dueAt: review.dueAt,
    entries: read,
    previous: review.previous,
    changed,
    gone: gone.length,
    complete,
    reportedTotal,
    unseen,
  };
  terminal.out(json ? `${JSON.stringify(report, null, 2)}\n` : openedText(report));
  return 0;
}

/** The collection that a word names. Throws EvidenceUnknownSource, EvidenceNotCollected, ReviewNotListed. */
function planOf(system: string, valid: ValidContent): Plan {
  const plans = plansOf({ ...valid, only: [] });
  const plan = plans.find((each) => systemOf(each) === system);
  const listing = plans.filter(({ collector }) => collector.principals !== undefined).map(systemOf);
  if (plan?.collector.principals !== undefined) return plan;
  if (plan !== undefined) throw candorError('ReviewNotListed', { system, suggestion: nearest(system, listing) });
  const [source = system, collector] = system.split('/');
  const sources = valid.content.sources.map(({ id }) => id);
  if (!sources.includes(source))
    throw candorError('EvidenceUnknownSource', { source, suggestion: nearest(source, sources) });
  if (collector === undefined)
    throw candorError('ReviewNotListed', { system, suggestion: listing.find((each) => each.startsWith(`${source}/`)) });
  throw candorError('EvidenceNotCollected', { source, collector });
}

/** `<source>-<day>`, with a number behind it when there is one of that day. */
function freeId({ sourceId }: Plan, at: string, { accessReviews }: Content): string {
  const base = `${sourceId.slice(0, 60).replace(/-$/, '')}-${at.slice(0, 10)}`;
  const taken = new Set(accessReviews.map(({ id }) => id));
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? base : `${base}-${count}`;
    if (!taken.has(id)) return id;
  }
}

type Opened = {
  file: string;
  dueAt: string;
  entries: number;
  previous: string | null;
  changed: number;
  gone: number;
  complete: boolean;
  reportedTotal: number | null;
  unseen: readonly string[];
};

function openedText({
  file,
  dueAt,
  entries,
  previous,
  changed,
  gone,
  complete,
  reportedTotal,
  unseen,
}: Opened): string {
  const since = previous === null ? 'the first review of it' : `${changed} changed since ${previous}, ${gone} gone`;
  const total = reportedTotal === null ? 'the system gives no total' : `the system says ${reportedTotal}`;
  const incomplete =
    reportedTotal === null
      ? 'Nothing shows that the list is complete: let the system say how many there are.'
      : 'The list is not complete: see that these credentials may see everything.';
  return [
    `${file}: ${entries} ${entries === 1 ? 'entry' : 'entries'} (${total}); ${since}.`,
    ...(complete ? [] : [incomplete]),
    ...(unseen.length === 0 ? [] : [`What could not be seen: ${unseen.join(', ')}.`]),
    `Decide each entry there by ${dueAt.slice(0, 10)}; the file names people, so keep it in a private repository.\n`,
  ].join('\n');
}
