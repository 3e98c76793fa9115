import { withoutComments } from '../exposure.ts';
import { shown } from '../names.ts';
import type { DatabaseFunction } from '../raw.ts';
import { type Case, listed, type Verdict } from './judge.ts';
import { searchPath } from './privileges.ts';

/**
 * Temporary objects come first in every search_path that does not name pg_temp, so a caller who may make them decides
 * what an unqualified relation in a body is. Bodies that were parsed when they were made hold oids and have no text.
 */
export function captured(at: Case, each: DatabaseFunction): Verdict | null {
  const path = searchPath(each);
  if (path?.includes('pg_temp') && path[0] !== 'pg_temp') return null;
  const makers = at.raw.acting.flatMap(({ name }, i) =>
    each.executable[i] && at.raw.catalog.databases.some(({ temporary }) => temporary[i]) ? [name] : [],
  );
  if (makers.length === 0) return null;
  const above = each.definer ? isAbove(at, each.owner) : true;
  if (!above) return null;
  const named = withoutComments(each.body).matchAll(
    /\b(?:from|join|update|(?:insert|merge)\s+into)\s+(?:only\s+)?("(?:[^"]|"")+"|[A-Za-z_\u{80}-\u{10ffff}][\w$\u{80}-\u{10ffff}]*)(?!["\w$\u{80}-\u{10ffff}]|\s*[.(])/giu,
  );
  for (const [, word = ''] of named) {
    const name = word.startsWith('"') ? word.slice(1, -1).replaceAll('""', '"') : word.toLowerCase();
    if (!at.names.has(name)) continue;
    const what = each.definer ? `runs as ${shown(each.owner)}` : 'decides for a policy';
    return {
      outcome: 'failed',
      reason: `It ${what} and names ${shown(name)} without a schema; ${listed(makers)} may put a temporary ${shown(name)} before it, for its search_path does not end in pg_temp.`,
    };
  }
  return null;
}

function isAbove(at: Case, owner: string): boolean {
  const role = at.book.role(owner);
  return (
    !role ||
    role.superuser ||
    role.bypass ||
    at.placed.some(
      ({ relation, place }) => place.kind === 'tenant' && at.exposures.aroundPolicies({ relation, reader: owner }),
    )
  );
}
