import { join } from 'node:path';
import { plansOf } from '../../collectors/run.ts';
import { openReview } from '../../posture/access/open.ts';
import { signOffDigest } from '../../posture/access/seal.ts';
import { type AccessDecision, contentTypes, type Id, type SystemRef } from '../../schemas/index.ts';
import type { Terminal } from '../command.ts';
import type { ValidContent } from '../content.ts';
import { reviewText, writeNew } from './file.ts';
import { pull, systemOf } from './pull.ts';

/** A review of the past, as the demo tells it: of the list that the system gives now, dated back. */
export type PastReview = {
  system: SystemRef;
  reviewer: string;
  role: Id;
  openedDaysAgo: number;
  closedDaysAgo: number;
  /** What was decided, by the name of the entry; all others were kept. */
  decisions: Readonly<Record<string, { decision: AccessDecision; roles?: string[]; reason: string }>>;
  keptBecause: string;
};

/** Writes a closed review of the past. Only the demo has one that nobody made. Throws what `pull` and `writeNew` throw. */
export async function writePast(
  past: PastReview,
  folder: string,
  valid: ValidContent,
  terminal: Terminal,
): Promise<void> {
  const plan = plansOf({ ...valid, only: [] }).find((each) => systemOf(each) === past.system);
  if (plan === undefined) return;
  const ago = (days: number) => new Date(terminal.now().getTime() - days * 86_400_000).toISOString();
  const openedAt = ago(past.openedDaysAgo);
  const list = { ...(await pull(plan, folder, valid.content, terminal)), asOf: openedAt };
  const { system, reviewer, role: reviewerRole } = past;
  const opening = {
    system,
    reviewer,
    reviewerRole,
    openedAt,
    dueAt: ago(past.openedDaysAgo - 14),
    previous: undefined,
  };
  const review = openReview(opening, list);
  const entries = review.entries.map((entry) => {
    const decided = past.decisions[entry.pulled.name] ?? { decision: 'keep' as const, reason: 'as-before' };
    return { ...entry, ...decided };
  });
  const unsigned = { ...review, reasons: { 'as-before': past.keptBecause }, entries };
  const closed = { at: ago(past.closedDaysAgo), by: reviewer, digest: '' };
  const digest = signOffDigest({ ...unsigned, closed }) ?? '';
  const file = join(folder, contentTypes.accessReviews.path, `${plan.sourceId}-${openedAt.slice(0, 10)}.yaml`);
  await writeNew(file, reviewText({ ...unsigned, closed: { ...closed, digest } }));
}
