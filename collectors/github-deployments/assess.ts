import type { Assessment, Finding } from '../../index.ts';
import { findingsOf, populationOf, redactionsOf, type Verdict } from '../github-repositories/population.ts';
import { selection } from './collect.ts';
import type { Deploying, Expect, Facts, Raw } from './schema.ts';

type Judged = { outcome: Finding['outcome']; reason: string };

/** Judges what was read; pure. */
export function assess({ calls, counted, repositories }: Raw, expect: Expect): Assessment<Facts> {
  const verdicts = repositories.flatMap((each): Verdict[] => {
    const { subject, notJudged } = each;
    const nothing: Judged | null = notJudged === null ? null : { outcome: 'not-applicable', reason: notJudged };
    return [
      { check: 'only-the-default-branch-may-deploy', subject, ...(nothing ?? policyOf(each, expect)) },
      { check: 'deployments-came-from-the-default-branch', subject, ...(nothing ?? deploymentsOf(each)) },
    ];
  });
  const deploying = repositories.filter(({ branches, notJudged }) => notJudged === null && branches !== 'absent');
  return {
    population: populationOf(counted, { selection, expect }),
    findings: findingsOf(verdicts),
    facts: {
      windowDays: expect.windowDays,
      repositories: counted.total,
      repositoriesThatDeploy: deploying.length,
      deployments: repositories.reduce((sum, { deployed }) => sum + (deployed?.deployments ?? 0), 0),
      apiCalls: calls,
    },
    redactions: redactionsOf(counted),
  };
}

function policyOf({ branches }: Deploying, { environment }: Expect): Judged {
  if (branches === null) return { outcome: 'inconclusive', reason: 'The token may not see which branches may deploy.' };
  if (branches === 'absent') return { outcome: 'not-applicable', reason: `It has no environment ${environment}.` };
  if (branches === 'none') return { outcome: 'not-applicable', reason: `No branch may deploy to ${environment}.` };
  if (branches === 'default-only')
    return { outcome: 'passed', reason: `GitHub lets only the default branch deploy to ${environment}.` };
  const reason = {
    any: `Any branch may deploy to ${environment}.`,
    protected: `Any protected branch may deploy to ${environment}, not the default branch alone.`,
  };
  if (typeof branches === 'string') return { outcome: 'failed', reason: reason[branches] };
  return {
    outcome: 'failed',
    reason: `Other patterns of branches or tags may deploy to ${environment} too: ${branches.others}.`,
  };
}

function deploymentsOf({ deployed }: Deploying): Judged {
  if (deployed === null) return { outcome: 'inconclusive', reason: 'The token may not see all of its deployments.' };
  const { deployments, elsewhere, unknown, unsaid } = deployed;
  if (elsewhere > 0)
    return { outcome: 'failed', reason: `Deployed commits that the default branch does not hold: ${elsewhere}.` };
  if (unknown > 0)
    return { outcome: 'inconclusive', reason: `Deployed commits that can no longer be found: ${unknown}.` };
  if (unsaid > 0)
    return {
      outcome: 'inconclusive',
      reason: `Commits that are not on the default branch, and of which GitHub was not told whether they were deployed: ${unsaid}.`,
    };
  if (deployments === 0) return { outcome: 'not-applicable', reason: 'Nothing was deployed within the window.' };
  return { outcome: 'passed', reason: `Deployments, all of commits on the default branch: ${deployments}.` };
}
