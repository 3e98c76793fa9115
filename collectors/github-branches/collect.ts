import { z } from 'zod';
import type { GitHub } from '../clients/github.ts';
import { detailsOf, type Listed, listRepositories } from '../github-repositories/list.ts';
import { countedOf } from '../github-repositories/population.ts';
import type { Branch, Bypass, CheckState, Expect, Guard, Raw } from './schema.ts';

/** Repositories whose rules are asked for in one request: about 5,000 nodes, of half a million that GitHub allows. */
const AT_ONCE = 25;

const Count = z.object({ totalCount: z.int() });
const Protection = z.object({
  requiresApprovingReviews: z.boolean(),
  requiredApprovingReviewCount: z.int().nullable(),
  requiresCodeOwnerReviews: z.boolean(),
  dismissesStaleReviews: z.boolean(),
  requireLastPushApproval: z.boolean(),
  isAdminEnforced: z.boolean(),
  allowsForcePushes: z.boolean(),
  allowsDeletions: z.boolean(),
  requiresStatusChecks: z.boolean(),
  requiredStatusCheckContexts: z.array(z.string().nullable()).nullable(),
  bypassPullRequestAllowances: Count,
  bypassForcePushAllowances: Count,
});
const Actor = z.object({
  organizationAdmin: z.boolean(),
  deployKey: z.boolean(),
  repositoryRoleName: z.string().nullable(),
});
const Rule = z.object({
  type: z.string(),
  parameters: z
    .object({
      requiredApprovingReviewCount: z.int().optional(),
      requireCodeOwnerReview: z.boolean().optional(),
      dismissStaleReviewsOnPush: z.boolean().optional(),
      requireLastPushApproval: z.boolean().optional(),
      requiredStatusChecks: z.array(z.object({ context: z.string() })).optional(),
    })
    .nullable(),
  repositoryRuleset: z
    .object({ id: z.string(), bypassActors: Count.extend({ nodes: z.array(Actor.nullable()) }).nullable() })
    .nullable(),
});
const Context = z.object({
  name: z.string().optional(),
  status: z.string().optional(),
  conclusion: z.string().nullish(),
  startedAt: z.string().nullish(),
  completedAt: z.string().nullish(),
  context: z.string().optional(),
  state: z.string().optional(),
  createdAt: z.string().optional(),
});
const Details = z.object({
  defaultBranchRef: z
    .object({
      branchProtectionRule: Protection.nullable(),
      rules: Count.extend({ nodes: z.array(Rule.nullable()) }).nullable(),
      target: z
        .object({
          statusCheckRollup: z.object({ contexts: Count.extend({ nodes: z.array(Context.nullable()) }) }).nullish(),
        })
        .nullable(),
    })
    .nullable(),
});
type Details = z.infer<typeof Details>;

/** The part of the query below a repository. `Ref.rules` lists what applies, of repository and organization alike. */
export const selection = `defaultBranchRef {
  branchProtectionRule {
    requiresApprovingReviews requiredApprovingReviewCount requiresCodeOwnerReviews dismissesStaleReviews
    requireLastPushApproval isAdminEnforced allowsForcePushes allowsDeletions requiresStatusChecks
    requiredStatusCheckContexts bypassPullRequestAllowances(first: 1) { totalCount }
    bypassForcePushAllowances(first: 1) { totalCount }
  }
  rules(first: 50) { totalCount nodes {
    type
    parameters {
      ... on PullRequestParameters {
        requiredApprovingReviewCount requireCodeOwnerReview dismissStaleReviewsOnPush requireLastPushApproval
      }
      ... on RequiredStatusChecksParameters { requiredStatusChecks { context } }
    }
    repositoryRuleset { id bypassActors(first: 20) { totalCount nodes {
      organizationAdmin deployKey repositoryRoleName
    } } }
  } }
  target { ... on Commit { statusCheckRollup { contexts(first: 100) { totalCount nodes {
    ... on CheckRun { name status conclusion startedAt completedAt }
    ... on StatusContext { context state createdAt }
  } } } } }
}`;

/** Reads the rules that guard each default branch, and the newest results on it. Throws SourceUnreadable. */
export async function readBranches(
  github: GitHub,
  expect: Expect,
  pseudonymKey: string | undefined,
  now: Date,
  progress: (message: string) => void,
): Promise<Raw> {
  const listing = await listRepositories(github, expect, pseudonymKey);
  const branches: Branch[] = listing.repositories
    .filter(({ notJudged }) => notJudged !== null)
    .map(({ subject, notJudged }) => ({ subject, notJudged, seen: null }));
  const judged = listing.repositories.filter(({ notJudged }) => notJudged === null);
  const variables = { declared: '', values: {} };
  for await (const { repository, details, withheld } of detailsOf(
    github,
    Details,
    selection,
    variables,
    judged,
    AT_ONCE,
  )) {
    branches.push({ subject: repository.subject, notJudged: null, seen: seenOf(repository, details, withheld) });
    if (branches.length % 100 === 0) progress(`${branches.length} of ${listing.total} repositories`);
  }
  return { readAt: now.toISOString(), calls: total(github), counted: countedOf(listing), branches };
}

function total(github: GitHub): number {
  const { rest, graphql } = github.calls();
  return rest + graphql;
}

function seenOf(repository: Listed, details: Details | null, withheld: boolean): Branch['seen'] {
  const branch = details?.defaultBranchRef;
  if (branch === null || branch === undefined) return null;
  const { branchProtectionRule: protection, rules, target } = branch;
  const guards = [
    ...(protection === null ? [] : [ofProtection(protection)]),
    ...ofRules(
      (rules?.nodes ?? []).filter((rule) => rule !== null),
      repository.viewerCanAdminister,
    ),
  ];
  const contexts = target?.statusCheckRollup?.contexts;
  return {
    guards,
    unseen: unseenOf(repository, branch, withheld),
    results: (contexts === undefined && withheld) || isCut(contexts) ? null : resultsOf(contexts?.nodes ?? []),
    pushedAt: repository.pushedAt === null ? null : new Date(repository.pushedAt).toISOString(),
  };
}

/** GitHub does not tell of a protection to who may not administer the repository: null is not "none" then. */
function unseenOf(
  { viewerCanAdminister }: Listed,
  { branchProtectionRule, rules }: NonNullable<Details['defaultBranchRef']>,
  withheld: boolean,
) {
  if (rules === null || isCut(rules)) return 'not all rules of its rulesets could be read';
  if (branchProtectionRule === null && (withheld || !viewerCanAdminister))
    return 'the token may not see whether there is a branch protection';
  return null;
}

function isCut(list: { totalCount: number; nodes: readonly unknown[] } | null | undefined): boolean {
  return list !== null && list !== undefined && list.nodes.filter((node) => node !== null).length < list.totalCount;
}

function ofProtection(rule: z.infer<typeof Protection>): Guard {
  const admins: Bypass[] = rule.isAdminEnforced ? [] : ['administrators'];
  const listed = (count: number): Bypass[] => (count > 0 ? [...admins, 'listed'] : admins);
  return {
    kind: 'protection',
    approvals: rule.requiresApprovingReviews ? (rule.requiredApprovingReviewCount ?? 0) : null,
    codeOwners: rule.requiresCodeOwnerReviews,
    dismissesStale: rule.dismissesStaleReviews || rule.requireLastPushApproval,
    forbidsForcePush: !rule.allowsForcePushes,
    forbidsDeletion: !rule.allowsDeletions,
    checks: rule.requiresStatusChecks ? (rule.requiredStatusCheckContexts ?? []).filter((name) => name !== null) : [],
    bypass: {
      review: listed(rule.bypassPullRequestAllowances.totalCount),
      push: listed(rule.bypassForcePushAllowances.totalCount),
      checks: admins,
    },
  };
}

/**
 * One guard a ruleset: who may bypass it may bypass all of its rules. GitHub tells who that is only to those who may edit
 * it, so that to others an empty list says nothing.
 */
function ofRules(rules: readonly z.infer<typeof Rule>[], mayEdit: boolean): Guard[] {
  const bySet = Map.groupBy(rules, ({ repositoryRuleset }) => repositoryRuleset?.id ?? '');
  return [...bySet.values()].map((set) => {
    const pull = set.find(({ type }) => type === 'PULL_REQUEST')?.parameters;
    const has = (type: string) => set.some((rule) => rule.type === type);
    const actors = set[0]?.repositoryRuleset?.bypassActors;
    const isHidden = !actors || isCut(actors) || (actors.totalCount === 0 && !mayEdit);
    const bypass = isHidden ? null : actors.nodes.flatMap(bypassOf);
    return {
      kind: 'ruleset',
      approvals: has('PULL_REQUEST') ? (pull?.requiredApprovingReviewCount ?? 0) : null,
      codeOwners: pull?.requireCodeOwnerReview ?? false,
      dismissesStale: (pull?.dismissStaleReviewsOnPush ?? false) || (pull?.requireLastPushApproval ?? false),
      forbidsForcePush: has('NON_FAST_FORWARD'),
      forbidsDeletion: has('DELETION'),
      checks: set.flatMap(({ parameters }) => (parameters?.requiredStatusChecks ?? []).map(({ context }) => context)),
      bypass: bypass && { review: bypass, push: bypass, checks: bypass },
    };
  });
}

function bypassOf(actor: z.infer<typeof Actor> | null): Bypass[] {
  if (actor === null) return [];
  if (actor.organizationAdmin) return ['administrators'];
  if (actor.deployKey) return ['deploy-key'];
  return [actor.repositoryRoleName === null ? 'team-or-app' : 'role'];
}

/**
 * The newest result of each name, by when it began; what has not begun counts as newest. Anybody who may push can write a
 * status of the name that a check run has, so that of both the worse counts.
 */
function resultsOf(contexts: readonly (z.infer<typeof Context> | null)[]) {
  const newest = new Map<string, { name: string; at: string; state: CheckState['state'] }>();
  for (const context of contexts.filter((each) => each !== null)) {
    const { name, status, conclusion, state, startedAt, completedAt, createdAt } = context;
    const isRun = name !== undefined;
    const result = {
      name: name ?? context.context ?? '',
      at: (isRun ? (startedAt ?? completedAt) : createdAt) ?? '~',
      state: stateOf(!isRun ? state : status === 'COMPLETED' ? (conclusion ?? '') : 'PENDING'),
    };
    const key = `${isRun ? 'run' : 'status'} ${result.name}`;
    if (result.at >= (newest.get(key)?.at ?? '')) newest.set(key, result);
  }
  const worstFirst: readonly CheckState['state'][] = ['not-succeeded', 'running', 'succeeded'];
  const worstLast = [...newest.values()].toSorted((a, b) => worstFirst.indexOf(b.state) - worstFirst.indexOf(a.state));
  return [...new Map(worstLast.map(({ name, state }) => [name, state]))].map(([name, state]) => ({ name, state }));
}

function stateOf(state: string | undefined): CheckState['state'] {
  if (state === 'SUCCESS') return 'succeeded';
  return state === 'PENDING' || state === 'EXPECTED' ? 'running' : 'not-succeeded';
}
