import type {
  ClaimChange,
  NamedChange,
  NamedDigest,
  ReleaseChanges,
  ReleaseContents,
  Trust,
} from '../schemas/index.ts';

/** One version, as far as it can differ from another. */
export type Version = { number: number; trust: Trust; contents: Pick<ReleaseContents, 'subprocessors' | 'documents'> };

/** Compares two versions. Nothing is listed that stayed the same; the first version has nothing to differ from. */
export function diff(before: Version | undefined, after: Version): ReleaseChanges {
  return {
    schema: 'candor/release-changes@1',
    from: before?.number ?? null,
    to: after.number,
    coverage: { before: before?.trust.coverage ?? null, after: after.trust.coverage },
    claims: before === undefined ? [] : claimChanges(before.trust, after.trust),
    subprocessors: before === undefined ? [] : named(before.contents.subprocessors, after.contents.subprocessors),
    documents: before === undefined ? [] : named(before.contents.documents, after.contents.documents),
  };
}

/** How many claims, subprocessors and documents differ. */
export function changeCount({ claims, subprocessors, documents }: ReleaseChanges): number {
  return claims.length + subprocessors.length + documents.length;
}

function claimChanges(before: Trust, after: Trust): ClaimChange[] {
  const old = new Map(before.claims.map((claim) => [claim.id, claim]));
  const current = new Set(after.claims.map(({ id }) => id));
  const changes: ClaimChange[] = [];
  for (const { id, title, state } of after.claims) {
    const was = old.get(id);
    if (was === undefined) changes.push({ id, title, change: 'added', before: null, after: state });
    else if (was.state !== state) changes.push({ id, title, change: 'state', before: was.state, after: state });
    else if (was.title !== title) changes.push({ id, title, change: 'reworded', before: was.state, after: state });
  }
  for (const { id, title, state } of before.claims)
    if (!current.has(id)) changes.push({ id, title, change: 'removed', before: state, after: null });
  return changes;
}

function named(before: readonly NamedDigest[], after: readonly NamedDigest[]): NamedChange[] {
  const old = new Map(before.map((thing) => [thing.id, thing]));
  const current = new Set(after.map(({ id }) => id));
  const changes: NamedChange[] = [];
  for (const { id, title, digest, fields } of after) {
    const was = old.get(id);
    if (was === undefined) changes.push({ id, title, change: 'added' });
    else if (was.digest !== digest)
      changes.push({ id, title, change: 'changed', ...fieldsBetween(was.fields, fields) });
  }
  for (const { id, title } of before) if (!current.has(id)) changes.push({ id, title, change: 'removed' });
  return changes;
}

/** The fields that differ; nothing where a version is older than these digests. */
function fieldsBetween(before: NamedDigest['fields'], after: NamedDigest['fields']): Pick<NamedChange, 'fields'> {
  if (before === undefined || after === undefined) return {};
  const all = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return { fields: all.filter((field) => before[field] !== after[field]) };
}
