import type { Principal, ReviewEntry } from '../../schemas/index.ts';

/** What identifies a principal: its key, its name and its other names. */
type Identity = Pick<Principal, 'key' | 'name' | 'also'>;

/** Whether a reviewer’s name is one of the names of a principal: whatever the case, spaces, or an @ in front. */
function isNamed({ key, name, also }: Identity, person: string): boolean {
  const wanted = folded(person);
  return [key, name, ...also].some((each) => folded(each) === wanted);
}

/**
 * The name by which somebody decided about their own entry: that of `reviewedBy`, else that of the reviewer or of who
 * signs the review off. Undefined when it was somebody else.
 */
export function decidedByHolder(
  { pulled, reviewedBy }: ReviewEntry,
  reviewer: string,
  signedBy: string,
): string | undefined {
  const deciders = reviewedBy === undefined ? [signedBy, reviewer] : [reviewedBy];
  return deciders.find((person) => isNamed(pulled, person));
}

/**
 * What a principal is found again by: its key, its other names and each e-mail address, and its name where names are
 * unique. Names are folded, so that a capital letter hides nobody; a key stays as it is, for some tell ids apart by case.
 */
export function marksOf({ key, name, also }: Identity, namesAreUnique: boolean): string[] {
  const others = [...also, ...[key, name].filter((each) => each.includes('@'))];
  return [
    `key ${key}`,
    ...others.map((other) => `also ${folded(other)}`),
    ...(namesAreUnique ? [`name ${folded(name)}`] : []),
  ];
}

function folded(name: string): string {
  return name.normalize('NFKC').replace(/\s+/g, ' ').trim().replace(/^@/, '').toLowerCase();
}
