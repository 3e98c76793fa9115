import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Finding, Population } from '../../schemas/index.ts';
import type { Listing } from './list.ts';

/** How the population was found, as the Raw of a collector carries it. */
export const Counted = z.strictObject({ total: z.int().nonnegative(), gap: z.string().nullable(), unnamed: z.int() });
export type Counted = z.infer<typeof Counted>;

/** What of a listing `assess` needs. */
export function countedOf({ total, gap, repositories }: Listing): Counted {
  return { total, gap, unnamed: repositories.filter(({ subject }) => subject === null).length };
}

/** The population of a collector that judges repositories; a gap makes it incomplete, so that nothing passes. */
export function populationOf({ total, gap }: Counted, query: object): Population {
  const description = 'The repositories of the organization that are in scope, archived ones included.';
  return {
    description: gap === null ? description : `${description} Not all are known: ${gap}.`,
    queryDigest: createHash('sha256').update(JSON.stringify(query)).digest('hex'),
    count: total,
    complete: gap === null,
  };
}

/** Private repositories without a pseudonym are published as one subject, with counts. */
const together = 'private repositories';
const worstFirst = ['failed', 'error', 'inconclusive', 'passed', 'not-applicable'] as const;

/** A finding about a repository; `subject` null where its name may not be published and there is no pseudonym. */
export type Verdict = Omit<Finding, 'subject'> & { subject: string | null };

/** Findings from verdicts: those without a public name become one a check, with the worst outcome and the counts. */
export function findingsOf(verdicts: readonly Verdict[]): Finding[] {
  const findings: Finding[] = [];
  const unnamed = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const { subject } = verdict;
    if (subject !== null) findings.push({ ...verdict, subject });
    else unnamed.set(verdict.check, [...(unnamed.get(verdict.check) ?? []), verdict]);
  }
  for (const [check, all] of unnamed) {
    const outcome = worstFirst.find((each) => all.some((verdict) => verdict.outcome === each)) ?? 'inconclusive';
    const worst = all.filter((verdict) => verdict.outcome === outcome);
    const reason = `${worst.length} of ${all.length}: ${worst[0]?.reason ?? ''}`;
    findings.push({ check, subject: together, outcome, reason: reason.slice(0, 600) });
  }
  return findings;
}

/** What was held back of names, for the record. */
export function redactionsOf({ unnamed }: Counted): { what: string; why: string; count: number }[] {
  if (unnamed === 0) return [];
  return [{ what: 'names of private repositories', why: 'the source has no key for pseudonyms', count: unnamed }];
}
