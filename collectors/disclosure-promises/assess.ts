import { hash } from 'node:crypto';
import { keptOf } from '../../posture/retention-windows.ts';
import { durationMs, type Finding } from '../../schemas/index.ts';
import type { Assessment } from '../define.ts';
import { counted, inWords } from '../promises/words.ts';
import { reportsSql } from './collect.ts';
import type { Expect, Facts, Raw, Report } from './schema.ts';
import { judgeTimes } from './times.ts';

/** Judges what was read; pure. */
export function assess(raw: Raw, expect: Expect): Assessment<Facts> {
  const times = judgeTimes(raw, expect);
  const texts = raw.reports.filter(({ hasText }) => hasText);
  const late = texts.map((report) => overstayOf(report, raw)).filter((ms) => ms > durationMs(expect.deletionWithin));
  return {
    population: {
      description:
        'All reports of weaknesses that ever came by the forms, whether or not their text was deleted since.',
      queryDigest: hash('sha256', reportsSql),
      count: raw.total,
      complete: raw.complete,
    },
    findings: [...times.findings, ...ofTexts(raw, texts.length, late)],
    facts: { ...times.facts, everReceived: raw.total, textKept: texts.length, textKeptTooLong: late.length },
  };
}

function ofTexts({ measured, reports }: Raw, texts: number, late: readonly number[]): Finding[] {
  const check = 'no-report-kept-too-long';
  if (reports.length === 0) {
    const reason = measured
      ? 'No report ever came.'
      : 'The server has not made what is read here: it has not run since it was brought up to date.';
    return [{ check, subject: 'reports', outcome: 'inconclusive', reason }];
  }
  const findings: Finding[] = [];
  if (late.length > 0) {
    const reason = `The text is still there after its declared time: the oldest for ${inWords(Math.max(...late))}.`;
    findings.push({ check, subject: counted(late.length, 'report'), outcome: 'failed', reason });
  }
  const rest = reports.length - late.length;
  if (rest > 0) {
    const reason = `${texts - late.length} of these have a text, none past its declared time.`;
    findings.push({ check, subject: counted(rest, 'report'), outcome: 'passed', reason });
  }
  return findings;
}

/** How long ago its text should have been deleted, in ms; negative while it may be there. */
function overstayOf({ state, changedAt }: Report, { now, retention }: Raw): number {
  if (keptOf('vulnerability-report', state) !== 'reports') return Number.NEGATIVE_INFINITY;
  return Date.parse(now) - Date.parse(changedAt) - durationMs(retention);
}
