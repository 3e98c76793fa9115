import { z } from 'zod';
import { DateOn, type Finding, type SignalKind } from '../../schemas/index.ts';
import type { Assessment, Check } from '../define.ts';
import { DeclaredVendor } from './declared.ts';
import type { VendorExpect } from './expect.ts';
import { factsOf, type VendorFacts } from './facts.ts';
import { ObservedVendor } from './observe.ts';

/** The part of a Raw that says what was seen and what it is compared with. Nothing in it is private. */
export const VendorReading = z.strictObject({
  /** The day of the run. */
  today: DateOn,
  declared: z.array(DeclaredVendor),
  observed: z.array(ObservedVendor),
  /** How many signals were looked at. */
  signals: z.int().nonnegative(),
});
export type VendorReading = z.infer<typeof VendorReading>;

/** The check that every collector of vendors has; put it into its `checks`. */
export const declaredCheck: Record<'every-observed-vendor-is-declared', Check> = {
  'every-observed-vendor-is-declared': {
    title: 'Every vendor that is seen is on the list of subprocessors',
    statement:
      'Each vendor that a signal gives away is a subprocessor that is declared to be in use on that day, or is named, with a reason, as one that handles no customers’ data.',
  },
};

/** The check of collectors that see hosts. */
export const hostsCheck: Record<'every-third-party-host-is-known', Check> = {
  'every-third-party-host-is-known': {
    title: 'Every host of others is known',
    statement:
      'Each host that is seen is the company’s own, or a known vendor’s, or is named, with a reason, as nobody’s product. A host that nobody can name is a subprocessor that nobody declared.',
  },
};

/**
 * Holds what was seen against what is declared, on the day of the run. Pure. `where` says in a few words where it was seen
 * and stands at the end of a sentence: "in the repository". Where everything was looked at and no vendor was seen, that
 * is a pass; where nothing was looked at, there are no findings.
 */
export function assessVendors(
  reading: VendorReading,
  { notSubprocessors }: VendorExpect,
  where: string,
): { findings: Finding[]; facts: VendorFacts } {
  const findings = reading.observed.map((vendor) => judge(vendor, reading, notSubprocessors, where));
  const nothing: Finding[] =
    reading.observed.length === 0 && reading.signals > 0
      ? [
          {
            check: 'every-observed-vendor-is-declared',
            subject: 'No vendor',
            outcome: 'passed',
            reason: `None of the ${reading.signals} signals ${where} belongs to a vendor of the map.`,
          },
        ]
      : [];
  return { findings: [...findings, ...nothing], facts: factsOf(reading.observed) };
}

function judge(
  { id, name, told }: ObservedVendor,
  { today, declared }: VendorReading,
  notSubprocessors: VendorExpect['notSubprocessors'],
  where: string,
): Finding {
  const about = { check: 'every-observed-vendor-is-declared', subject: name };
  const seen = `It is seen ${where}, by ${signalsInWords(told)}`;
  const standings = declared.filter(({ vendors }) => vendors.includes(id)).map((entry) => standingOn(today, entry));
  if (standings.some((standing) => standing.inUse))
    return { ...about, outcome: 'passed', reason: `${seen}, and is declared.` };
  const [standing] = standings;
  if (standing !== undefined && !standing.inUse)
    return { ...about, outcome: 'failed', reason: `${seen}, but ${standing.problem}.` };
  const excuse = notSubprocessors[id];
  if (excuse !== undefined)
    return {
      ...about,
      outcome: 'not-applicable',
      reason: `${seen}. Declared to be no subprocessor: ${excuse}`.slice(0, 600),
    };
  return {
    ...about,
    outcome: 'failed',
    reason: `${seen}, and is not on the list of subprocessors (${id} in the map of vendors).`,
  };
}

type Standing = { inUse: true } | { inUse: false; problem: string };

/** Whether a subprocessor is declared to be in use on a day. */
export function standingOn(today: string, { since, until, notices }: DeclaredVendor): Standing {
  const turns = notices
    .filter(({ change }) => change !== 'changed')
    .toSorted((a, b) => (a.effectiveOn < b.effectiveOn ? -1 : 1));
  const last = turns.findLast(({ effectiveOn }) => effectiveOn <= today);
  const next = turns.find(({ effectiveOn }) => effectiveOn > today);
  if (until !== undefined && until < today)
    return { inUse: false, problem: `it is declared to be out of use since ${until}` };
  if (last?.change === 'removed' && last.effectiveOn < today)
    return { inUse: false, problem: `its removal was announced for ${last.effectiveOn}` };
  if (since > today) return { inUse: false, problem: `it is declared to be in use only from ${since}` };
  if (next?.change === 'added' && last?.change !== 'added')
    return { inUse: false, problem: `it was announced to start on ${next.effectiveOn}` };
  return { inUse: true };
}

/** What a signal of each kind is, before its pattern. */
const words: Readonly<Record<SignalKind, string>> = {
  npm: 'the npm package',
  pypi: 'the Python package',
  go: 'the Go module',
  maven: 'the Maven artifact',
  rubygems: 'the Ruby gem',
  image: 'the container image',
  variable: 'the environment variable',
  mx: 'the mail host',
  spf: 'the sender (SPF)',
  cname: 'the alias to',
  txt: 'the TXT record',
  host: 'the host',
  header: 'the header',
};

/** The first signals, by pattern: "the npm package stripe, the environment variable STRIPE_* and 2 more". */
export function signalsInWords(told: ObservedVendor['told']): string {
  const [first, second] = told.map(({ kind, pattern }) => `${words[kind]} ${pattern}`);
  const more = told.length - 2;
  if (second === undefined) return first ?? 'nothing';
  return more > 0 ? `${first}, ${second} and ${more} more` : `${first} and ${second}`;
}

/** Hosts as they are judged: what was recognized, and those that nobody can name. */
export const HostReading = z.strictObject({
  own: z.int().nonnegative(),
  /** Hosts of vendors of the map. */
  known: z.int().nonnegative(),
  none: z.array(z.strictObject({ pattern: z.string(), reason: z.string() })),
  /** Public names only; those of a private place are only counted. */
  unknown: z.array(z.string()),
  /** How many could not be recognized, whether they are named or not. */
  unknownCount: z.int().nonnegative(),
});
export type HostReading = z.infer<typeof HostReading>;

/** Judges hosts that were seen. An unknown host is a failure: nobody could have declared it. */
export function assessHosts({ own, known, none, unknown, unknownCount }: HostReading, where: string): Finding[] {
  const check = 'every-third-party-host-is-known';
  const unnamed = unknownCount - unknown.length;
  const recognized: Finding[] =
    own + known > 0
      ? [
          {
            check,
            subject: 'Hosts that are known',
            outcome: 'passed',
            reason: `${where}, ${own} are the company’s own and ${known} are those of known vendors.`,
          },
        ]
      : [];
  return [
    ...recognized,
    ...none.map(
      ({ pattern, reason }): Finding => ({
        check,
        subject: pattern,
        outcome: 'not-applicable',
        reason: `Nobody’s product: ${reason}`,
      }),
    ),
    ...unknown.map(
      (host): Finding => ({
        check,
        subject: host,
        outcome: 'failed',
        reason: 'It is neither the company’s own nor a known vendor’s, and nobody has said what it is.',
      }),
    ),
    ...(unnamed > 0
      ? [
          {
            check,
            subject: 'Hosts that are not published',
            outcome: 'failed',
            reason: `${unnamed}${unknown.length > 0 ? ' more' : ''} ${unnamed === 1 ? 'is' : 'are'} neither the company’s own nor a known vendor’s.`,
          } satisfies Finding,
        ]
      : []),
  ];
}

/** What was left out of an assessment’s facts, for `redactions`; none where nothing was. */
export function unknownSignals(
  counts: Readonly<Record<string, number>>,
): NonNullable<Assessment<object>['redactions']> {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => ({ what, why: 'They belong to no vendor of the map, and may be private.', count }));
}
