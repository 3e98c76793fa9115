import type { CandorError } from '../schemas/index.ts';
import { checkAccessReviews } from './checks/access-reviews.ts';
import { checkAdvisories } from './checks/advisories.ts';
import { checkClaims } from './checks/claims.ts';
import type { CheckContext, KnownCollector } from './checks/context.ts';
import { checkDisclosure } from './checks/disclosure.ts';
import { checkEvidence } from './checks/evidence.ts';
import { checkReferences } from './checks/references.ts';
import { checkValues } from './checks/values.ts';
import { inOrder, type Loaded } from './load.ts';

export type { KnownCollector } from './checks/context.ts';

/** What content is checked against. */
export type CheckOptions = {
  /** The collectors that there are, by id. */
  collectors: ReadonlyMap<string, KnownCollector>;
  /** The moment that dates are compared with. */
  now: Date;
};

/**
 * Everything that is wrong with a content folder, in order of place: single files, and what they say about each other.
 * A file that cannot be parsed does not hide what is wrong elsewhere, and is itself there to be referred to.
 */
export function checkContent(dir: string, loaded: Loaded, { collectors, now }: CheckOptions): CandorError[] {
  // Where nothing was found, the missing folder is the only thing to say.
  if (loaded.files.length === 0) return loaded.errors;
  const context: CheckContext = { dir, loaded, byType: Map.groupBy(loaded.files, ({ type }) => type), collectors, now };
  const checks = [
    checkReferences,
    checkEvidence,
    checkClaims,
    checkValues,
    checkAccessReviews,
    checkAdvisories,
    checkDisclosure,
  ];
  return inOrder([...loaded.errors, ...checks.flatMap((check) => check(context))]);
}
