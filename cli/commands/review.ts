import { join } from 'node:path';
import { z } from 'zod';
import type { Plan } from '../../collectors/judge.ts';
import { plansOf } from '../../collectors/run.ts';
import { checkContent } from '../../loader/check.ts';
import { loadContent } from '../../loader/load.ts';
import { nearest } from '../../loader/nearest.ts';
import { closingComplaints } from '../../posture/access/complaints.ts';
import { openReview } from '../../posture/access/open.ts';
import { reviewsOf } from '../../posture/access/standing.ts';
import { after } from '../../posture/time.ts';
import { type Content, candorError, contentTypes, Duration, Id } from '../../schemas/index.ts';
import { Common, defineCommand, type Terminal } from '../command.ts';
import { printErrors, type ValidContent, validContent } from '../content.ts';
import { collectorsBeside, contentFolder } from '../place.ts';
import { reviewText, writeClosed, writeNew } from '../review/file.ts';
import { listedText, listReviews } from '../review/list.ts';
import { pull, systemOf } from '../review/pull.ts';

const usage =
  'candor review | candor review open SOURCE/COLLECTOR --reviewer NAME [--role ROLE] [--due 14d] | candor review close ID --reviewer NAME';

const reviewOptions = Common.extend({
  reviewer: z.string().trim().min(1, 'must be a name').optional().meta({
    description: 'Who reviews, by the name that the system knows them by; it is never published.',
  }),
  role: Id.optional().meta({ description: 'The role of the reviewer, from content/roles/; this is published.' }),
  due: Duration.default('14d').meta({ description: 'Until when the review is to be closed; 14d when left out.' }),
});
type Options = z.infer<typeof reviewOptions>;

export default defineCommand({
  summary: 'Access reviews: lists them; opens one from a fresh list; closes one when every entry is decided.',
  words: '[open SOURCE/COLLECTOR | close ID]',
  options: reviewOptions,
  run: async (options, words, terminal) => {
    const folder = contentFolder(options.content, terminal);
    const [action, name, more] = words;
    if (action === undefined) return list(folder, options, terminal);
    if ((action !== 'open' && action !== 'close') || name === undefined || more !== undefined)
      throw candorError('UsageInvalid', { problem: `\`review ${words.join(' ')}\` means nothing.`, usage });
    if (options.reviewer === undefined)
      throw candorError('UsageInvalid', { problem: 'say with --reviewer who reviews.', usage });
    const { reviewer } = options;
    return action === 'open'
      ? open(folder, name, { ...options, reviewer }, terminal)
      : close(folder, name, { ...options, reviewer }, terminal);
  },
});

async function list(folder: string, options: Options, terminal: Terminal): Promise<number> {
  const valid = await validContent(folder, terminal);
  if (valid === undefined) return 2;
  const reviews = listReviews(plansOf({ ...valid, only: [] }), valid.content, terminal.now().toISOString());
  const text = reviews.map(listedText).join('') || 'No source collects who can get in.\n';
  terminal.out(options.json ? `${JSON.stringify({ reviews }, null, 2)}\n` : text);
  return 0;
}

async function open(
  folder: string,
  system: string,
  { reviewer, role, due, json }: Options & { reviewer: string },
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
    changed,
    gone: gone.length,
    complete,
    reportedTotal,
    unseen,
  };
  terminal.out(json ? `${JSON.stringify(report, null, 2)}\n` : openedText(report));
  return 0;
}

async function close(
  folder: string,
  id: string,
  { reviewer, json }: Options & { reviewer: string },
  terminal: Terminal,
): Promise<number> {
  const loaded = await loadContent(folder);
  const errors = checkContent(folder, loaded, { collectors: await collectorsBeside(folder), now: terminal.now() });
  printErrors(errors, terminal);
  if (errors.length > 0 || loaded.content === undefined) return 2;
  const { accessReviews } = loaded.content;
  const entry = accessReviews.find((review) => review.id === id);
  if (entry === undefined)
    throw candorError('ReviewUnknown', {
      id,
      suggestion: nearest(
        id,
        accessReviews.map((review) => review.id),
      ),
    });
  const { data, file } = entry;
  if (data.closed !== undefined) throw candorError('ReviewClosedAlready', { id, at: data.closed.at });
  const complaints = closingComplaints(data, reviewer).map(({ path, error }) => error(loaded.locate(file, path)));
  if (complaints.length > 0) {
    printErrors(complaints, terminal);
    terminal.err('The review was not closed.\n');
    return 1;
  }
  const closed = await writeClosed(join(folder, file), data, terminal.now().toISOString(), reviewer);
  const decided = { keep: 0, change: 0, revoke: 0 };
  for (const { decision } of closed.entries) if (decision !== null) decided[decision] += 1;
  const at = closed.closed?.at ?? null;
  const text = `Closed ${id}: ${decided.keep} kept, ${decided.change} changed, ${decided.revoke} revoked. ${
    decided.change + decided.revoke > 0
      ? 'Take away what was decided; the next `candor collect` shows whether it is gone.'
      : 'Nothing is to be taken away.'
  }\n`;
  terminal.out(json ? `${JSON.stringify({ id, closedAt: at, decided }, null, 2)}\n` : text);
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
  const base = `${sourceId.slice(0, 60)}-${at.slice(0, 10)}`;
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
  changed: number;
  gone: number;
  complete: boolean;
  reportedTotal: number | null;
  unseen: readonly string[];
};

function openedText({ file, dueAt, entries, changed, gone, complete, reportedTotal, unseen }: Opened): string {
  const total = reportedTotal === null ? 'the system gives no total' : `the system says ${reportedTotal}`;
  return [
    `${file}: ${entries} entries (${total}), ${changed} changed since the review before, ${gone} gone.`,
    ...(complete ? [] : ['The list is not complete: see that these credentials may see everything.']),
    ...(unseen.length === 0 ? [] : [`What could not be seen: ${unseen.join(', ')}.`]),
    `Decide each entry there by ${dueAt.slice(0, 10)}; the file names people, so keep it in a private repository.\n`,
  ].join('\n');
}
