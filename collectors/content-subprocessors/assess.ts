import { createHash } from 'node:crypto';
import { watchedFacts } from '../../posture/subprocessor-facts.ts';
import type { Assessment } from '../define.ts';
import { everyNoticeIsLongEnough, noVendorBeforeItsNotice } from './notices.ts';
import {
  everyDeclaredVendorIsSeen,
  everyObserverHasLooked,
  everySeenVendorIsDeclared,
  watchedAfter,
} from './observed.ts';
import { everyCertificateIsCurrent, everyVendorHasAnAgreement, everyVendorWasVetted } from './papers.ts';
import type { Expect, Facts, Raw } from './schema.ts';

/** Holds the list against what all observers have recorded, and against what it says of itself; pure. */
export function assess(raw: Raw, expect: Expect): Assessment<Facts> {
  const watched = watchedAfter(raw);
  const seen = everySeenVendorIsDeclared(raw);
  return {
    population: {
      description: 'The declared subprocessors, and the vendors that the records of all observers name.',
      queryDigest: createHash('sha256').update('all subprocessors, all records of vendors').digest('hex'),
      count: new Set([
        ...raw.list.flatMap(({ vendor }) => vendor.vendors),
        ...raw.observers.flatMap((observer) => observer.seen.map(({ id }) => id)),
      ]).size,
      // The list is always whole; an observer that is missing is a finding of the checks that rest on it.
      complete: true,
    },
    findings: [
      ...everyObserverHasLooked(raw),
      ...seen,
      ...everyDeclaredVendorIsSeen(raw, watched, expect),
      ...everyNoticeIsLongEnough(raw, expect.promise),
      ...noVendorBeforeItsNotice(raw, expect.promise),
      ...everyVendorHasAnAgreement(raw),
      ...everyVendorWasVetted(raw, expect),
      ...everyCertificateIsCurrent(raw),
    ],
    facts: {
      ...watchedFacts(watched),
      observers: raw.observers
        .filter(({ standing }) => standing === 'counts')
        .map(({ name }) => name)
        .slice(0, 50),
      declared: raw.list.length,
      undeclared: seen.filter(({ outcome }) => outcome === 'failed').length,
    },
  };
}
