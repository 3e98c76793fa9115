import { createHash } from 'node:crypto';
import type { Assessment, Finding } from '../../index.ts';
import type { Expect, Facts, Raw } from './schema.ts';

type Entry = Raw['entries'][number];

const DAY_MS = 86_400_000;

/** Judges what was read; pure. A register that was not exported whole is not complete, so nothing of it passes. */
export function assess(raw: Raw, expect: Expect): Assessment<Facts> {
  const { entries, readOn, total } = raw;
  const reviews = entries.map(({ reviewedOn }) => reviewedOn).filter((day) => day !== null);
  return {
    population: {
      description: 'The entries of the exported register.',
      queryDigest: createHash('sha256').update('all entries of the exported file').digest('hex'),
      count: total,
      complete: entries.length === total,
    },
    findings: entries.flatMap((entry) => [ownerOf(entry), reviewOf(entry, readOn, expect)]),
    facts: { oldestReviewOn: reviews.toSorted()[0] ?? null },
  };
}

function ownerOf({ id, owned }: Entry): Finding {
  return owned
    ? { check: 'every-entry-has-an-owner', subject: id, outcome: 'passed', reason: 'An owner is named.' }
    : { check: 'every-entry-has-an-owner', subject: id, outcome: 'failed', reason: 'No owner is named.' };
}

function reviewOf({ id, reviewedOn }: Entry, readOn: string, { reviewedWithinDays }: Expect): Finding {
  const about = { check: 'every-entry-was-reviewed', subject: id };
  if (reviewedOn === null) return { ...about, outcome: 'failed', reason: 'It was never reviewed.' };
  if (reviewedOn > readOn)
    return { ...about, outcome: 'inconclusive', reason: `Its review lies in the future: ${reviewedOn}.` };
  const days = Math.round((Date.parse(readOn) - Date.parse(reviewedOn)) / DAY_MS);
  return days <= reviewedWithinDays
    ? { ...about, outcome: 'passed', reason: `It was reviewed on ${reviewedOn}.` }
    : { ...about, outcome: 'failed', reason: `Its last review, on ${reviewedOn}, is ${days} days old.` };
}
