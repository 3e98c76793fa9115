import type { Assessment, Finding } from '../../index.ts';
import { findingsOf, populationOf, redactionsOf, type Verdict } from '../github-repositories/population.ts';
import { selection } from './collect.ts';
import type { Branch, Bypass, Expect, Facts, Guard, Raw } from './schema.ts';

/** A check may take this long to begin after a push. */
const CHECKS_BEGIN_WITHIN_MS = 30 * 60_000;
/** A reason names no more than this, so that it stays as short as a finding may be. */
const MOST_NAMED = 5;
const LONGEST_NAME = 60;

type Seen = NonNullable<Branch['seen']>;
type Judged = { outcome: Finding['outcome']; reason: string };

/** Something that is asked of the guards of a branch: which one meets it, and who gets around that one. */
type Demand = { words: string; metBy: (guard: Guard) => boolean; aspect: keyof NonNullable<Guard['bypass']> };

const words: Readonly<Record<Bypass, string>> = {
  administrators: 'administrators',
  role: 'everybody of a role',
  'team-or-app': 'a team or an app',
  'deploy-key': 'deploy keys',
  listed: 'listed people, teams or apps',
};

/** Judges what was read; pure. Rules add up: a demand is met when one guard meets it, as GitHub applies them all. */
export function assess({ branches, counted, readAt, calls }: Raw, expect: Expect): Assessment<Facts> {
  const judgements: Record<string, (seen: Seen) => Judged> = {
    'changes-need-a-review': (seen) => demanded(seen, reviewDemands(expect)),
    'history-cannot-be-rewritten': (seen) => demanded(seen, pushDemands),
    'checks-are-required': (seen) => demanded(seen, checkDemands(expect)),
    'nobody-bypasses-the-rules': (seen) =>
      bypassed(seen, [...reviewDemands(expect), ...pushDemands, ...checkDemands(expect)], expect),
    'checks-succeeded': (seen) => succeeded(seen, expect, readAt),
  };
  const verdicts = branches.flatMap(({ subject, notJudged, seen }) =>
    Object.entries(judgements).map(([check, judge]): Verdict => {
      if (notJudged !== null) return { check, subject, outcome: 'not-applicable', reason: notJudged };
      if (seen === null)
        return { check, subject, outcome: 'inconclusive', reason: 'The token may not see its default branch.' };
      return { check, subject, ...judge(seen) };
    }),
  );
  const guards = (kind: Guard['kind']) =>
    branches.filter(({ seen }) => seen?.guards.some((guard) => guard.kind === kind)).length;
  return {
    population: populationOf(counted, { selection, expect }),
    findings: findingsOf(verdicts),
    facts: {
      repositories: counted.total,
      judged: branches.filter(({ notJudged }) => notJudged === null).length,
      protectedByRulesets: guards('ruleset'),
      protectedByBranchProtection: guards('protection'),
      apiCalls: calls,
    },
    redactions: redactionsOf(counted),
  };
}

function reviewDemands({ approvals, codeOwners, dismissStale }: Expect): Demand[] {
  const people = approvals === 1 ? 'an approval' : `${approvals} approvals`;
  const demands: Demand[] = [
    { words: `${people} of each change`, metBy: (guard) => (guard.approvals ?? 0) >= approvals, aspect: 'review' },
  ];
  if (codeOwners)
    demands.push({ words: 'an approval by code owners', metBy: (guard) => guard.codeOwners, aspect: 'review' });
  if (dismissStale)
    demands.push({ words: 'a new approval after a push', metBy: (guard) => guard.dismissesStale, aspect: 'review' });
  return demands;
}

const pushDemands: Demand[] = [
  { words: 'no force pushes', metBy: ({ forbidsForcePush }) => forbidsForcePush, aspect: 'push' },
  { words: 'no deletion of the branch', metBy: ({ forbidsDeletion }) => forbidsDeletion, aspect: 'push' },
];

function checkDemands({ requiredChecks }: Expect): Demand[] {
  if (requiredChecks.length === 0)
    return [{ words: 'a check before merging', metBy: ({ checks }) => checks.length > 0, aspect: 'checks' }];
  return requiredChecks.map((name) => ({
    words: `the check ${name.slice(0, LONGEST_NAME)} before merging`,
    metBy: ({ checks }) => checks.includes(name),
    aspect: 'checks',
  }));
}

/** The first of them, and how many there are besides. */
function some(all: readonly string[], separator = ', '): string {
  const named = all.slice(0, MOST_NAMED).join(separator);
  return all.length > MOST_NAMED ? `${named} and ${all.length - MOST_NAMED} more` : named;
}

function demanded({ guards, unseen }: Seen, demands: readonly Demand[]): Judged {
  const missing = demands.filter(({ metBy }) => !guards.some(metBy)).map((demand) => demand.words);
  if (missing.length === 0) {
    const all = demands.map((demand) => demand.words);
    return { outcome: 'passed', reason: `Its rules demand: ${some(all, '; ')}.` };
  }
  if (unseen !== null) return { outcome: 'inconclusive', reason: `It cannot be judged: ${unseen}.` };
  return { outcome: 'failed', reason: `No rule demands ${some(missing, ', or ')}.` };
}

/** A demand binds when one guard that meets it lets nobody by but those who may. */
function bypassed({ guards, unseen }: Seen, demands: readonly Demand[], { mayBypass }: Expect): Judged {
  const ways = new Set<Bypass>();
  const met = demands.filter(({ metBy }) => guards.some(metBy));
  let bound = 0;
  let isHidden = false;
  for (const { metBy, aspect } of met) {
    const meeting = guards.filter(metBy);
    const bypasses = meeting.map(({ bypass }) => bypass?.[aspect].filter((way) => !mayBypass.includes(way)));
    if (bypasses.some((each) => each?.length === 0)) bound += 1;
    else if (bypasses.includes(undefined)) isHidden = true;
    else for (const way of bypasses.flat()) if (way !== undefined) ways.add(way);
  }
  if (bound < demands.length && unseen !== null)
    return { outcome: 'inconclusive', reason: `It cannot be judged: ${unseen}.` };
  if (ways.size > 0) {
    const who = [...ways].sort().map((way) => words[way]);
    return { outcome: 'failed', reason: `The rules can be bypassed by ${who.join(', ')}.` };
  }
  if (isHidden) return { outcome: 'inconclusive', reason: 'The token may not see who can bypass its rulesets.' };
  if (met.length === 0) return { outcome: 'not-applicable', reason: 'There are no rules that could be bypassed.' };
  return { outcome: 'passed', reason: 'Nobody may bypass the rules but those declared, administrators included.' };
}

function succeeded({ guards, results, pushedAt }: Seen, { requiredChecks }: Expect, readAt: string): Judged {
  const names = [...new Set([...requiredChecks, ...guards.flatMap(({ checks }) => checks)])].sort();
  if (names.length === 0) return { outcome: 'not-applicable', reason: 'No check is required.' };
  if (results === null) return { outcome: 'inconclusive', reason: 'The token may not see all results of checks.' };
  const stateOf = (name: string) => results.find((result) => result.name === name)?.state;
  const bad = names.filter((name) => stateOf(name) === 'not-succeeded');
  if (bad.length > 0)
    return { outcome: 'failed', reason: `On the newest commit these did not succeed: ${namesOf(bad)}.` };
  const absent = names.filter((name) => stateOf(name) === undefined);
  const isNew = pushedAt !== null && Date.parse(readAt) - Date.parse(pushedAt) < CHECKS_BEGIN_WITHIN_MS;
  if (absent.length > 0 && !isNew)
    return { outcome: 'failed', reason: `On the newest commit these did not run: ${namesOf(absent)}.` };
  if (absent.length > 0 || names.some((name) => stateOf(name) === 'running'))
    return { outcome: 'inconclusive', reason: 'The checks of the newest commit are not done yet.' };
  return { outcome: 'passed', reason: `On the newest commit these succeeded: ${namesOf(names)}.` };
}

function namesOf(checks: readonly string[]): string {
  return some(checks.map((name) => name.slice(0, LONGEST_NAME)));
}
