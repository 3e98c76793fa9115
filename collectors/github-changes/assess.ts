import type { Assessment, Finding } from '../../index.ts';
import { findingsOf, populationOf, redactionsOf, type Verdict } from '../github-repositories/population.ts';
import { selection } from './collect.ts';
import type { Changes, Expect, Facts, Merged, Raw } from './schema.ts';

type Judged = { outcome: Finding['outcome']; reason: string };

/** How a pull request came in: reviewed, or why not. `unknown` when it cannot be told. */
type Review = 'reviewed' | 'exempt' | 'no-approval' | 'changed-after-approval' | 'unknown';

/** Judges what was read; pure. */
export function assess({ calls, counted, changes }: Raw, expect: Expect): Assessment<Facts> {
  const verdicts = changes.flatMap((each): Verdict[] => {
    const { subject, notJudged } = each;
    const judge = (check: string, judged: Judged): Verdict => ({ check, subject, ...judged });
    const nothing: Judged | null = notJudged === null ? null : { outcome: 'not-applicable', reason: notJudged };
    return [
      judge('merged-changes-were-reviewed', nothing ?? mergedOf(each, expect)),
      judge('nothing-was-pushed-past-review', nothing ?? pushesOf(each, expect)),
      judge('commits-are-signed', nothing ?? signaturesOf(each, expect)),
    ];
  });
  const pulls = changes.flatMap(({ merged }) => merged ?? []);
  const came = (review: Review) => pulls.filter((pull) => reviewOf(pull, expect) === review).length;
  const pushes = changes.flatMap((each) => directPushes(each, expect));
  const commits = changes.map((each) => each.commits).filter((each) => each !== null);
  const sum = (of: 'read' | 'unsigned') => commits.reduce((total, each) => total + each[of], 0);
  return {
    population: populationOf(counted, { selection, expect }),
    findings: findingsOf(verdicts),
    facts: {
      windowDays: expect.windowDays,
      repositories: counted.total,
      repositoriesChanged: changes.filter(({ notJudged }) => notJudged === null).length,
      mergedPullRequests: pulls.length,
      reviewedPullRequests: came('reviewed'),
      exemptPullRequests: came('exempt'),
      directPushes: pushes.length,
      exemptPushes: changes.flatMap((each) => each.pushes ?? []).filter(({ exempt }) => exempt).length,
      commits: expect.signedCommits ? sum('read') : null,
      unsignedCommits: expect.signedCommits ? sum('unsigned') : null,
      apiCalls: calls,
    },
    redactions: redactionsOf(counted),
  };
}

/**
 * Whether enough people who neither wrote nor pushed any of it approved what was merged. Of each address by which GitHub
 * knows nobody, one of the approvals may be by whoever has it, so that one more is needed to be sure.
 */
export function reviewOf(pull: Merged, { approvals }: Pick<Expect, 'approvals'>): Review {
  if (pull.exempt) return 'exempt';
  const others = pull.reviews.filter(
    ({ by, approved, mayApprove }) => approved && mayApprove && by !== pull.author && !pull.committers.includes(by),
  );
  const current = others.filter(({ onLastPush }) => onLastPush).length;
  if (pull.unknownCommitters !== null && current >= approvals + pull.unknownCommitters) return 'reviewed';
  if (current >= approvals || !pull.reviewsComplete || pull.exempt === null) return 'unknown';
  return others.length >= approvals ? 'changed-after-approval' : 'no-approval';
}

function mergedOf({ merged }: Changes, expect: Expect): Judged {
  if (merged === null)
    return { outcome: 'inconclusive', reason: 'The token may not see all of its merged pull requests.' };
  if (merged.length === 0) return { outcome: 'not-applicable', reason: 'Nothing was merged within the window.' };
  const by = (review: Review) => merged.filter((pull) => reviewOf(pull, expect) === review).map(({ number }) => number);
  const [none, late, unknown] = [by('no-approval'), by('changed-after-approval'), by('unknown')];
  const parts = [
    none.length > 0 ? `${numbers(none)} without the approval of ${people(expect)}` : '',
    late.length > 0 ? `${numbers(late)} changed after the approval` : '',
  ].filter((part) => part !== '');
  if (parts.length > 0)
    return {
      outcome: 'failed',
      reason: `Merged pull requests that evaded review: ${none.length + late.length} of ${merged.length}: ${parts.join('; ')}.`,
    };
  if (unknown.length > 0)
    return {
      outcome: 'inconclusive',
      reason: `Merged pull requests that cannot be judged: ${numbers(unknown)}, of ${merged.length}. A commit names nobody that GitHub knows, or there is more than was read.`,
    };
  const exempt = by('exempt').length;
  const rest = exempt > 0 ? `; of those who need no review: ${exempt}` : '';
  return { outcome: 'passed', reason: `Merged pull requests that were reviewed: ${merged.length - exempt}${rest}.` };
}

function people({ approvals }: Expect): string {
  return approvals === 1 ? 'somebody else' : `${approvals} others`;
}

function numbers(all: readonly number[]): string {
  const shown = all.slice(0, 5).map((number) => `#${number}`);
  return all.length > 5 ? `${shown.join(', ')} and ${all.length - 5} more` : shown.join(', ');
}

/** Pushes that brought something else than a reviewed pull request, as it was approved. */
function directPushes({ pushes, merged, createdInWindow }: Changes, expect: Expect) {
  const reviewed = (merged ?? []).filter((pull) => reviewOf(pull, expect) === 'reviewed').map(({ headOid }) => headOid);
  return (pushes ?? []).filter(
    ({ kind, exempt, after }) =>
      !exempt && !(kind === 'branch_creation' && createdInWindow) && !(kind === 'push' && reviewed.includes(after)),
  );
}

function pushesOf(changes: Changes, expect: Expect): Judged {
  if (changes.pushes === null)
    return { outcome: 'inconclusive', reason: 'The token may not see all pushes to its default branch.' };
  const direct = directPushes(changes, expect);
  const [newest] = direct;
  if (newest === undefined)
    return { outcome: 'passed', reason: 'All that reached the default branch was merged by GitHub.' };
  if (changes.merged === null && direct.every(({ kind }) => kind === 'push'))
    return { outcome: 'inconclusive', reason: 'The token may not see whether what was pushed had been reviewed.' };
  const forced = direct.filter(({ kind }) => kind !== 'push').length;
  const how = forced > 0 ? `, ${forced} of them by force or by making the branch anew` : '';
  return {
    outcome: 'failed',
    reason: `Pushes to the default branch without a reviewed pull request: ${direct.length}${how}; the last on ${newest.at.slice(0, 10)}.`,
  };
}

function signaturesOf({ commits }: Changes, { signedCommits }: Expect): Judged {
  if (!signedCommits) return { outcome: 'not-applicable', reason: 'Signed commits are not promised.' };
  if (commits === null) return { outcome: 'inconclusive', reason: 'The token may not see all of its commits.' };
  if (commits.read === 0) return { outcome: 'not-applicable', reason: 'There is no commit within the window.' };
  if (commits.unsigned > 0)
    return {
      outcome: 'failed',
      reason: `Commits on the default branch without a valid signature: ${commits.unsigned} of ${commits.read}.`,
    };
  return { outcome: 'passed', reason: `Commits on the default branch, all with a valid signature: ${commits.read}.` };
}
