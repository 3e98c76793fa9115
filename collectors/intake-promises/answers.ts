import { CLOCK_SKEW_MS } from '../../posture/access/complaints.ts';
import { type CountedTime, countedMs, promisedMs } from '../../posture/business-time.ts';
import { digestOf } from '../../posture/digest.ts';
import { durationText, type Finding } from '../../schemas/index.ts';
import { counted, inWords, promiseInWords } from '../promises/words.ts';
import type { Expect, Facts, Raw, Request, Terms } from './schema.ts';

/** A request with the promise that it was sent in under, and the time that it took, or has taken so far. */
type Measured = { request: Request; promised: number; taken: number };

type AnswerFacts = Pick<
  Facts,
  | 'promise'
  | 'countedOver'
  | 'answered'
  | 'answeredInTime'
  | 'medianTimeToAnswer'
  | 'longestTimeToAnswer'
  | 'open'
  | 'overdue'
  | 'longestOpen'
  | 'neverConfirmed'
>;

/** Judges when requests were answered, each against what was promised when it was sent in; pure. */
export function judgeAnswers(raw: Raw, { window }: Expect): { findings: Finding[]; facts: AnswerFacts } {
  const measured = raw.requests.map((request) => measure(request, raw));
  const [answered, open] = [measured.filter(isAnswered), measured.filter((one) => !isAnswered(one))];
  const times = timesOf(answered);
  const flaw = flawOf(raw);
  const span = durationText(window);
  return {
    findings: [...ofAnswered(answered, flaw, span), ...ofOpen(open, answered.length, flaw, span)],
    facts: {
      promise: promiseInWords(raw.terms),
      countedOver: span,
      answered: answered.length,
      answeredInTime: answered.filter((one) => !isLate(one)).length,
      medianTimeToAnswer: wordsOf(medianOf(times)),
      longestTimeToAnswer: wordsOf(times.at(-1)),
      open: open.length,
      overdue: open.filter(isLate).length,
      longestOpen: wordsOf(timesOf(open).at(-1)),
      neverConfirmed: raw.unconfirmed,
    },
  };
}

function ofAnswered(all: readonly Measured[], flaw: string | undefined, window: string): Finding[] {
  const check = 'requests-answered-in-time';
  if (all.length === 0) return [{ check, ...nothing, reason: `No request was answered within ${window}.` }];
  const late = all.filter(isLate);
  const times = timesOf(all.filter((one) => !isLate(one)));
  const [worst] = late.toSorted((a, b) => b.taken - b.promised - (a.taken - a.promised));
  const findings: Finding[] = [];
  if (worst !== undefined) {
    const reason = `Answered late: of these the latest after ${inWords(worst.taken)}, where ${inWords(worst.promised)} were promised.`;
    findings.push({ check, subject: counted(late.length, 'request'), outcome: 'failed', reason });
  }
  if (times.length > 0) {
    const reason = `Answered in the promised time, in the last ${window}: half of them within ${wordsOf(medianOf(times))}, all within ${wordsOf(times.at(-1))}.`;
    findings.push({ check, subject: counted(times.length, 'request'), ...passedUnless(flaw, reason) });
  }
  return findings;
}

function ofOpen(open: readonly Measured[], answered: number, flaw: string | undefined, window: string): Finding[] {
  const check = 'no-request-overdue';
  if (open.length + answered === 0) return [{ check, ...nothing, reason: `There was no request within ${window}.` }];
  if (open.length === 0) return [{ check, subject: 'requests', ...passedUnless(flaw, 'None is unanswered.') }];
  const overdue = open.filter(isLate);
  const longest = timesOf(overdue).at(-1);
  const findings: Finding[] = [];
  if (longest !== undefined) {
    const reason = `Not answered, and past the promised time: the oldest has waited for ${inWords(longest)}.`;
    findings.push({ check, subject: counted(overdue.length, 'request'), outcome: 'failed', reason });
  }
  if (open.length > overdue.length) {
    const subject = counted(open.length - overdue.length, 'request');
    findings.push({ check, subject, ...passedUnless(flaw, 'Not answered yet, within the promised time.') });
  }
  return findings;
}

const nothing = { subject: 'requests', outcome: 'inconclusive' } as const;

function passedUnless(flaw: string | undefined, reason: string): Pick<Finding, 'outcome' | 'reason'> {
  return flaw === undefined ? { outcome: 'passed', reason } : { outcome: 'inconclusive', reason: flaw };
}

/** Why what looks like a pass is none: times that cannot be, or a promise that the server does not know yet. */
function flawOf({ requests, now, kept, terms }: Raw): string | undefined {
  const latest = Date.parse(now) + CLOCK_SKEW_MS;
  const isOdd = requests.some(({ openedAt, verifiedAt, answeredAt }) => {
    const times = [openedAt, verifiedAt, ...(answeredAt === null ? [] : [answeredAt])].map((at) => Date.parse(at));
    return times.some((at, index) => at > latest || at < (times[index - 1] ?? at));
  });
  if (isOdd) return 'Some times lie in the future, or an answer before its request: a clock was wrong.';
  const newest = kept.at(-1);
  if (newest === undefined)
    return 'The server has not kept yet what is promised: it has not run since this was set up.';
  return digestOf(newest.terms) === digestOf(terms)
    ? undefined
    : 'What is promised has changed, and the server does not know it yet.';
}

function measure(request: Request, { kept, terms, now }: Raw): Measured {
  const inForce = kept.findLast(({ since }) => Date.parse(since) <= Date.parse(request.openedAt)) ?? kept[0];
  const clock: Terms & CountedTime = inForce?.terms ?? terms;
  const from = clock.starts === 'confirmation' ? request.verifiedAt : request.openedAt;
  const taken = countedMs(clock, Date.parse(from), Date.parse(request.answeredAt ?? now));
  return { request, promised: promisedMs(clock), taken };
}

function isAnswered({ request }: Measured): boolean {
  return request.answeredAt !== null;
}

function isLate({ taken, promised }: Measured): boolean {
  return taken > promised;
}

/** The shortest first. */
function timesOf(measured: readonly Measured[]): number[] {
  return measured.map(({ taken }) => taken).toSorted((a, b) => a - b);
}

/** Of times in order; of an even number the mean of the two in the middle. */
function medianOf(times: readonly number[]): number | undefined {
  const [low, high] = [times[Math.ceil(times.length / 2) - 1], times[Math.floor(times.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

function wordsOf(time: number | undefined): string | null {
  return time === undefined ? null : inWords(time);
}
