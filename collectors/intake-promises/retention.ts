import { CLOCK_SKEW_MS } from '../../posture/access/complaints.ts';
import { keptOf } from '../../posture/retention-windows.ts';
import { durationMs, durationText, type Finding } from '../../schemas/index.ts';
import { counted, inWords } from '../promises/words.ts';
import type { Expect, Facts, Holding, Raw } from './schema.ts';

type RetentionFacts = Pick<
  Facts,
  'everReceived' | 'holdingPersonalData' | 'keptTooLong' | 'deletedByTheJob' | 'jobLastRanAt'
>;

/** Judges whether personal data is there past its declared time, and whether the job that deletes it runs; pure. */
export function judgeRetention(raw: Raw, expect: Expect): { findings: Finding[]; facts: RetentionFacts } {
  const { submissions, holdings, job } = raw;
  const overstays = holdings.map((holding) => overstayOf(holding, raw));
  const late = overstays.filter((ms) => ms !== undefined && ms > durationMs(expect.deletionWithin));
  return {
    findings: [...ofData(raw, overstays, late), ofJob(raw, expect)],
    facts: {
      everReceived: submissions,
      holdingPersonalData: raw.holding,
      keptTooLong: late.length,
      deletedByTheJob: job?.emptied ?? null,
      jobLastRanAt: job?.ranAt ?? null,
    },
  };
}

function ofData(
  { submissions, holding }: Raw,
  overstays: readonly (number | undefined)[],
  late: readonly (number | undefined)[],
): Finding[] {
  const check = 'no-data-kept-too-long';
  const unknown = overstays.filter((ms) => ms === undefined).length;
  if (submissions === 0)
    return [{ check, subject: 'submissions', outcome: 'inconclusive', reason: 'Nothing was ever sent in.' }];
  const findings: Finding[] = [];
  if (late.length > 0) {
    const longest = late.reduce<number>((most, ms) => Math.max(most, ms ?? 0), 0);
    findings.push({
      check,
      subject: counted(late.length, 'submission'),
      outcome: 'failed',
      reason: `Personal data is still there after its declared time: the oldest for ${inWords(longest)}.`,
    });
  }
  if (unknown > 0)
    findings.push({
      check,
      subject: counted(unknown, 'submission'),
      outcome: 'inconclusive',
      reason: 'Personal data is kept in a state for which no time is declared.',
    });
  const rest = submissions - late.length - unknown;
  if (rest > 0)
    findings.push({
      check,
      subject: counted(rest, 'submission'),
      outcome: 'passed',
      reason: `${holding - late.length - unknown} of these hold personal data, none past its declared time.`,
    });
  return findings;
}

function ofJob({ job, now }: Raw, { deletionWithin }: Expect): Finding {
  const about = { check: 'retention-job-ran', subject: 'deletion job' } as const;
  if (job === null) return { ...about, outcome: 'failed', reason: 'It has never run.' };
  const age = Date.parse(now) - Date.parse(job.ranAt);
  if (age < -CLOCK_SKEW_MS)
    return { ...about, outcome: 'inconclusive', reason: 'It says that it ran in the future: a clock was wrong.' };
  return age <= durationMs(deletionWithin)
    ? { ...about, outcome: 'passed', reason: `It ran within the last ${durationText(deletionWithin)}.` }
    : { ...about, outcome: 'failed', reason: `It has not run for ${inWords(age)}.` };
}

/** How long ago the data should have been deleted, in ms; negative while it may be there, undefined where no time is declared. */
function overstayOf({ kind, state, since }: Holding, { now, retention }: Raw): number | undefined {
  const kept = keptOf(kind, state);
  if (kept === undefined) return undefined;
  if (kept === 'while-it-lasts') return Number.NEGATIVE_INFINITY;
  const window = kept === 'not-at-all' ? 0 : durationMs(retention[kept]);
  return Date.parse(now) - Date.parse(since) - window;
}
