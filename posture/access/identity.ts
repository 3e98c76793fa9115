import type { Principal } from '../../schemas/index.ts';

/** What identifies a principal: its key, its name and its other names. */
export type Identity = Pick<Principal, 'key' | 'name' | 'also'>;

/** Whether a reviewer’s name is one of the names of a principal: whatever the case, spaces, or an @ in front. */
export function isNamed({ key, name, also }: Identity, person: string): boolean {
  const wanted = folded(person);
  return [key, name, ...also].some((each) => folded(each) === wanted);
}

function folded(name: string): string {
  return name.normalize('NFKC').replace(/\s+/g, ' ').trim().replace(/^@/, '').toLowerCase();
}
