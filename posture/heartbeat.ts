import type { Evidence, Heartbeat } from '../schemas/index.ts';
import { canonicalJson } from './digest.ts';
import { after, earlier } from './time.ts';

/** What a heartbeat says that its record does not: when, and by which commit. */
export type Renewal = Pick<Heartbeat, 'collectedAt' | 'commit' | 'run'>;

/** A record as a later run that changed nothing leaves it: the same but for its times. Its id stays that of the record. */
export function renew(record: Evidence, { collectedAt, commit, run }: Renewal): Evidence {
  const checks = record.checks.map((check) => {
    const openFailures = check.openFailures.map((failure) =>
      failure.lastSeenAt === record.collectedAt ? { ...failure, lastSeenAt: collectedAt } : failure,
    );
    if (check.outcome !== 'passed' && check.outcome !== 'failed') return { ...check, openFailures };
    return {
      ...check,
      openFailures,
      observedAt: collectedAt,
      lastPassedAt: check.outcome === 'passed' ? collectedAt : check.lastPassedAt,
      validUntil: after(collectedAt, record.validFor),
    };
  });
  const ends = checks.map(({ validUntil }) => validUntil).filter((end) => end !== null);
  return {
    ...record,
    collector: { ...record.collector, commit },
    run,
    collectedAt,
    checks,
    validUntil: ends.length === 0 ? null : ends.reduce(earlier),
  };
}

/** Whether `now` says nothing that `record` does not say, apart from times: then a heartbeat is all that it needs. */
export function isRenewal(record: Evidence, now: Evidence): boolean {
  const { commit } = now.collector;
  const renewed = renew(record, { collectedAt: now.collectedAt, commit, run: now.run });
  return canonicalJson({ ...renewed, id: '', previous: null }) === canonicalJson({ ...now, id: '', previous: null });
}
