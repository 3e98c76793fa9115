import { unqualifiedIn } from '../bodies.ts';
import { shown, shownName } from '../names.ts';
import type { DatabaseFunction } from '../raw.ts';
import { type Case, listed, type Verdict } from './judge.ts';
import { searchPath } from './privileges.ts';

/**
 * Temporary relations and types come first in every search_path that does not name pg_temp, so a caller who may make
 * them decides what an unqualified name in a body is; the check of a temporary domain then runs as whoever runs the
 * body. Bodies that were parsed when they were made hold oids and have no text.
 */
export function captured(at: Case, each: DatabaseFunction, callers = callersOf(at, each)): Verdict | null {
  // Making a temporary object takes SQL of one's own; behind an application that sends fixed statements nobody has it.
  if (!at.expect.clientsRunSql) return null;
  const makers = callers.filter((name) => {
    const i = at.raw.acting.findIndex((role) => role.name === name);
    return at.raw.catalog.databases.some(({ temporary }) => temporary[i]);
  });
  if (makers.length === 0) return null;
  const hit = search(at, each, { path: undefined, user: null }, new Set());
  if (hit === null) return null;
  const through = hit.body === each ? '' : ` in ${shownName(hit.body)}, which it comes to,`;
  const what = hit.user === null ? 'decides for a policy' : `runs as ${shown(hit.user)}`;
  return {
    outcome: 'failed',
    reason: `It ${what} and names ${hit.kind} ${shown(hit.name)}${through} without a schema; ${listed(makers)} may put a temporary one before it, for the search_path does not end in pg_temp.`,
  };
}

function callersOf(at: Case, each: DatabaseFunction): string[] {
  return at.raw.acting.flatMap(({ name }, i) => (each.executable[i] ? [name] : []));
}

type Hit = { body: DatabaseFunction; kind: 'relation' | 'type'; name: string; user: string | null };

/** The first name on the way that a caller can take. A path and a user are handed down until a function sets its own. */
function search(
  at: Case,
  body: DatabaseFunction,
  from: { path: string[] | undefined; user: string | null },
  seen: Set<string>,
): Hit | null {
  const path = searchPath(body) ?? from.path;
  const user = body.definer ? body.owner : from.user;
  const mark = `${body.oid} ${user} ${path?.join()}`;
  if (seen.has(mark)) return null;
  seen.add(mark);
  const named = namedIn(at, body, path, user);
  if (named) return named;
  for (const next of at.exposures.calledBy(body, user)) {
    const hit = search(at, next, { path, user }, seen);
    if (hit) return hit;
  }
  return null;
}

function namedIn(
  at: Case,
  body: DatabaseFunction,
  path: readonly string[] | undefined,
  user: string | null,
): Hit | null {
  if (body.language !== 'sql' && body.language !== 'plpgsql') return null;
  // A caller that stays itself gains nothing from a type: it runs nothing that it may not run anyway.
  if (looksLast(path) || (user !== null && !isAbove(at, user))) return null;
  const { relations, types } = unqualifiedIn(body.body, body.language, at.raw.serverVersion >= 170_000);
  const relation = [...relations].find((name) => at.names.has(name) || name.startsWith('pg_'));
  if (relation !== undefined) return { body, kind: 'relation', name: relation, user };
  const [type] = user === null ? [] : types;
  return type === undefined ? null : { body, kind: 'type', name: type, user };
}

function looksLast(path: readonly string[] | undefined): boolean {
  return path?.includes('pg_temp') === true && path[0] !== 'pg_temp';
}

/** Whether policies do not hold a role: who owns tables may switch their row security off, even where it is forced. */
export function isAbove(at: Case, owner: string): boolean {
  const role = at.book.role(owner);
  return (
    !role ||
    role.superuser ||
    role.bypass ||
    at.placed.some(
      ({ relation, place }) =>
        place.kind === 'tenant' &&
        (at.book.owns(owner, relation) || at.exposures.aroundPolicies({ relation, reader: owner })),
    )
  );
}
