import { CLOCK_SKEW_MS } from '../../posture/access/complaints.ts';
import { type CountedTime, countedMs, promisedMs } from '../../posture/business-time.ts';
import { digestOf } from '../../posture/digest.ts';
import type { Finding } from '../../schemas/index.ts';
import type { Expect, Facts, Raw, Request, Terms } from './schema.ts';
import { counted, durationInWords, inWords, promiseInWords } from './words.ts';

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
  const [late, overdue] = [answered.filter(isLate), open.filter(isLate)];
  const times = answered.map(({ taken }) => taken).toSorted((a, b) => a - b);
  const flaw = flawOf(raw);
  return {
    findings: [...ofAnswered(answered, late, flaw, window), ...ofOpen(open, overdue, answered.length, flaw, window)],
    facts: {
      promise: promiseInWords(raw.terms),
      countedOver: durationInWords(window),
      answered: answered.length,
      answeredInTime: answered.length - late.length,
      medianTimeToAnswer: wordsOf(medianOf(times)),
      longestTimeToAnswer: wordsOf(times.at(-1)),
      open: open.length,
      overdue: overdue.length,
      longestOpen: wordsOf(longestOf(open)),
      neverConfirmed: raw.unconfirmed,
    },
  };
}

function ofAnswered(
  all: readonly Measured[],
  late: readonly Measured[],
  flaw: string | undefined,
  window: string,
): Finding[] {
  const check = 'requests-answered-in-time';
  const inTime = all.length - late.length;
  const [worst] = late.toSorted((a, b) => b.taken - b.promised - (a.taken - a.promised));
  const failed: Finding[] =
    worst === undefined
      ? []
      : [
          {
            check,
            subject: counted(late.length, 'request'),
            outcome: 'failed',
            reason: `Answered late: of these the latest after ${inWords(worst.taken)}, where ${inWords(worst.promised)} were promised.`,
          },
        ];
  if (all.length === 0)
    return [
      {
        check,
        subject: 'requests',
        outcome: 'inconclusive',
        reason: `No request was answered within ${durationInWords(window)}.`,
      },
    ];
  if (inTime === 0) return failed;
  const about = { check, subject: counted(inTime, 'request') };
  return [
    ...failed,
    flaw === undefined
      ? {
          ...about,
          outcome: 'passed',
          reason: `Answered in the promised time, within the last ${durationInWords(window)}.`,
        }
      : { ...about, outcome: 'inconclusive', reason: flaw },
  ];
}

function ofOpen(
  open: readonly Measured[],
  overdue: readonly Measured[],
  answered: number,
  flaw: string | undefined,
  window: string,
): Finding[] {
  const check = 'no-request-overdue';
  const longest = longestOf(overdue);
  const failed: Finding[] =
    longest === undefined
      ? []
      : [
          {
            check,
            subject: counted(overdue.length, 'request'),
            outcome: 'failed',
            reason: `Not answered, and past the promised time: the oldest has waited for ${inWords(longest)}.`,
          },
        ];
  if (open.length + answered === 0)
    return [
      {
        check,
        subject: 'requests',
        outcome: 'inconclusive',
        reason: `There was no request within ${durationInWords(window)}.`,
      },
    ];
  const waiting = open.length - overdue.length;
  if (waiting === 0 && failed.length > 0) return failed;
  const about = { check, subject: waiting === 0 ? 'requests' : counted(waiting, 'request') };
  const reason = waiting === 0 ? 'None is unanswered.' : 'Not answered yet, within the promised time.';
  return [
    ...failed,
    flaw === undefined ? { ...about, outcome: 'passed', reason } : { ...about, outcome: 'inconclusive', reason: flaw },
  ];
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

function longestOf(measured: readonly Measured[]): number | undefined {
  return measured.map(({ taken }) => taken).toSorted((a, b) => b - a)[0];
}

/** Of times in order; of an even number the mean of the two in the middle. */
function medianOf(times: readonly number[]): number | undefined {
  const [low, high] = [times[Math.ceil(times.length / 2) - 1], times[Math.floor(times.length / 2)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

function wordsOf(time: number | undefined): string | null {
  return time === undefined ? null : inWords(time);
}
