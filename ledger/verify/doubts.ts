import { earlier } from '../../posture/time.ts';
import type { CheckResult, Evidence, Instant } from '../../schemas/index.ts';

/**
 * What proven records do not show at `now`, in sentences: nothing was ever judged, the last look could not judge
 * (whatever an earlier one saw), or the last look is no longer current.
 */
export function doubts(records: ReadonlyMap<string, Evidence>, now: Instant): string[] {
  return [...records].flatMap(([name, record]) => {
    if (record.checks.every(isUnjudged) && record.checks.every(({ observedAt }) => observedAt === null))
      return [`That ${name} is so: no look at it could judge anything yet.`];
    const unjudged = record.checks.filter(isUnjudged);
    const until = oldest(record.checks.filter((check) => !isUnjudged(check)).map(({ validUntil }) => validUntil));
    return [
      ...(unjudged.length === 0 ? [] : [unjudgedText(name, record, unjudged)]),
      ...(until === undefined || Date.parse(now) <= Date.parse(until)
        ? []
        : [`That ${name} is still so: its last look was valid until ${until}.`]),
    ];
  });
}

function isUnjudged({ outcome }: CheckResult): boolean {
  return outcome === 'error' || outcome === 'inconclusive';
}

function unjudgedText(name: string, { checks, collectedAt }: Evidence, unjudged: readonly CheckResult[]): string {
  const which = unjudged.length === checks.length ? 'it' : `${unjudged.length} of its ${checks.length} checks`;
  const seen = unjudged.filter(({ observedAt }) => observedAt !== null);
  // Of several the one that was judged longest ago: no date may promise more than holds for all.
  const last = oldest(seen.map(({ observedAt }) => observedAt));
  const until = oldest(seen.map(({ validUntil }) => validUntil));
  const before =
    seen.length === 0
      ? 'no look before could either'
      : seen.length < unjudged.length
        ? 'not all of that was ever judged'
        : `the last that could was at ${last}, valid until ${until}`;
  return `That ${name} is still so: its last look, at ${collectedAt}, could not judge ${which}; ${before}.`;
}

function oldest(instants: readonly (Instant | null)[]): Instant | undefined {
  const known = instants.filter((at) => at !== null);
  return known.length === 0 ? undefined : known.reduce(earlier);
}
