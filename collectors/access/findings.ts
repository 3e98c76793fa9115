import type { Finding, Outcome, Principal, PrincipalKind } from '../../schemas/index.ts';
import type { AccessCheck } from './checks.ts';

/** What a check says of one principal. The reason names nobody. */
export type Verdict = { check: AccessCheck; principal: Principal; outcome: Outcome; reason: string };

const kinds: Readonly<Record<PrincipalKind, readonly [one: string, many: string]>> = {
  person: ['person', 'people'],
  bot: ['bot', 'bots'],
  app: ['app', 'apps'],
  key: ['key', 'keys'],
  invitation: ['invitation', 'invitations'],
  role: ['group', 'groups'],
};

/**
 * One finding for all principals of a kind and a public role of which a check says the same. The subject is how many they
 * are: `2 people (owner)`. A pseudonym would let a reader follow one person from record to record; a count does not, and an
 * exception for `2 people (owner)` does not cover a third.
 */
export function grouped(verdicts: readonly Verdict[], publicRoles: readonly string[]): Finding[] {
  const groups = Map.groupBy(verdicts, ({ check, principal, outcome, reason }) =>
    [check, principal.kind, labelOf(principal, publicRoles) ?? '', outcome, reason].join('\n'),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { check, principal, outcome, reason } = first;
    const [one, many] = kinds[principal.kind];
    const label = labelOf(principal, publicRoles);
    const subject = `${group.length} ${group.length === 1 ? one : many}${label === undefined ? '' : ` (${label})`}`;
    return [{ check, subject, outcome, reason }];
  });
}

/** The first public role of a principal, in the order of the list, which begins with the most powerful. */
function labelOf({ roles }: Principal, publicRoles: readonly string[]): string | undefined {
  return publicRoles.find((role) => roles.includes(role));
}
