import type { Command, Policy } from './raw.ts';

const letters: Readonly<Record<Command, Policy['command']>> = { select: 'r', insert: 'a', update: 'w', delete: 'd' };

/** Policies of a relation that PostgreSQL consults for a role and a command. `inherited` is the role’s closure. */
export function applicable(
  policies: readonly Policy[],
  inherited: ReadonlySet<string>,
  command: Command,
): { permissive: Policy[]; restrictive: Policy[] } {
  const consulted = policies.filter(
    (policy) =>
      (policy.command === '*' || policy.command === letters[command]) &&
      (policy.roles.length === 0 || policy.roles.some((role) => inherited.has(role))),
  );
  return {
    permissive: consulted.filter((policy) => policy.permissive),
    restrictive: consulted.filter((policy) => !policy.permissive),
  };
}

/** A policy’s expression for rows that are there (`using`) or rows to be (`check`, which falls back to `using`). */
export function expressionOf(policy: Policy, side: 'using' | 'check'): string | null {
  return side === 'using' ? policy.using : (policy.check ?? policy.using);
}

/**
 * What PostgreSQL would test: any permissive policy and every restrictive one, as in rowsecurity.c. Null when no
 * permissive policy has an expression, which denies every row.
 */
export function combined(
  { permissive, restrictive }: { permissive: readonly Policy[]; restrictive: readonly Policy[] },
  side: 'using' | 'check',
): string | null {
  const any = permissive.flatMap((policy) => expressionOf(policy, side) ?? []);
  if (any.length === 0) return null;
  const all = restrictive.flatMap((policy) => expressionOf(policy, side) ?? []);
  return [`(${any.map(wrap).join(' or ')})`, ...all.map(wrap)].join(' and ');
}

// The newline ends a comment, should an expression ever be printed with one.
function wrap(expression: string): string {
  return `(${expression}\n)`;
}

/** Values that a policy compares with, by printed type: `'active'::public.status`. They make good candidates. */
export function constantsIn(expression: string): { value: string; type: string }[] {
  const found = expression.matchAll(/'((?:[^']|'')*)'::((?:"[^"]+"|[\w.]+)(?: varying| precision)?)/g);
  return [...found].map((match) => ({ value: (match[1] ?? '').replaceAll("''", "'"), type: match[2] ?? '' }));
}
