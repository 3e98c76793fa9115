import { type Args, connection } from './fields-connection.ts';
import type { GraphQLObject } from './graphql.ts';
import type { BranchProtection, Rule, Ruleset } from './state.ts';

/** A classic branch protection. */
export function protectionOf(protection: BranchProtection): GraphQLObject {
  const actors = (args: Args) =>
    connection('BypassPullRequestAllowance', protection.bypass, args, () => ({
      __typename: 'BypassPullRequestAllowance',
      id: 'BPA',
    }));
  return {
    __typename: 'BranchProtectionRule',
    id: 'BPR',
    requiresApprovingReviews: protection.requiredApprovals !== null,
    requiredApprovingReviewCount: protection.requiredApprovals,
    requiresCodeOwnerReviews: protection.codeOwners,
    dismissesStaleReviews: protection.dismissesStale,
    requireLastPushApproval: protection.lastPushApproval,
    isAdminEnforced: protection.bindsAdmins,
    bypassPullRequestAllowances: actors,
    requiresStatusChecks: protection.requiredChecks.length > 0,
    requiredStatusCheckContexts: protection.requiredChecks,
    allowsForcePushes: protection.allowsForcePushes,
    allowsDeletions: protection.allowsDeletions,
    requiresCommitSignatures: protection.requiresSignatures,
    bypassForcePushAllowances: (args: Args) => connection('BypassForcePushAllowance', [], args, () => null),
  };
}
/** The parameters of a rule of a ruleset. */
export function parametersOf(rule: Rule): GraphQLObject | null {
  if (rule.type === 'PULL_REQUEST')
    return {
      __typename: 'PullRequestParameters',
      requiredApprovingReviewCount: rule.approvals,
      requireCodeOwnerReview: rule.codeOwners,
      dismissStaleReviewsOnPush: rule.dismissesStale,
      requireLastPushApproval: rule.lastPushApproval,
    };
  if (rule.type === 'REQUIRED_STATUS_CHECKS')
    return {
      __typename: 'RequiredStatusChecksParameters',
      strictRequiredStatusChecksPolicy: false,
      requiredStatusChecks: rule.checks.map((context) => ({ __typename: 'StatusCheckConfiguration', context })),
    };
  return null;
}
/** A ruleset; who may bypass it is only told to who may edit it. */
export function rulesetOf({ id, name, enforcement, bypass }: Ruleset, isAdmin: boolean): GraphQLObject {
  return {
    __typename: 'RepositoryRuleset',
    id: `RS_${id}`,
    databaseId: id,
    name,
    enforcement,
    // Null for who may not edit the ruleset.
    bypassActors: (args: Args) =>
      isAdmin
        ? connection('RepositoryRulesetBypassActor', bypass, args, ({ mode, who }) => ({
            __typename: 'RepositoryRulesetBypassActor',
            id: 'RBA',
            bypassMode: mode,
            organizationAdmin: who === 'organization-admin',
            deployKey: who === 'deploy-key',
            repositoryRoleName: who === 'role' ? 'maintain' : null,
          }))
        : null,
  };
}
