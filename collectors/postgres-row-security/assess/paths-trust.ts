import { isTable } from '../manifest.ts';
import { shownName } from '../names.ts';
import { applicable } from '../policies.ts';
import type { Relation } from '../raw.ts';
import { type Case, listed, type Verdict } from './judge.ts';

/** What policies of tenants' tables look up must not be for clients to write, unless policies say whose rows. */
export function judgeTrusted(at: Case, relation: Relation): Verdict[] {
  const { kind } = at.manifest.place(relation);
  if (!isTable(relation) || kind === 'tenant' || kind === 'extension') return [];
  const trusting = at.trusting.get(relation.oid) ?? [];
  if (trusting.length === 0) return [];
  const policies = at.policies.get(relation.oid) ?? [];
  const writers = at.raw.acting.filter(({ name }, i) => {
    const rights = relation.access[i] ?? '';
    const bypasses = at.book.bypasses(name, relation);
    const may = (letters: RegExp, command: 'insert' | 'update') =>
      letters.test(rights) &&
      (bypasses || applicable(policies, at.book.inherited(name), command).permissive.length > 0);
    return may(/[aA]/, 'insert') || may(/[wW]/, 'update');
  });
  if (writers.length === 0) return [];
  const held = relation.rowSecurity && writers.every(({ name }) => !at.book.bypasses(name, relation));
  const reason = `${listed(writers.map(({ name }) => name))} may write it, and policies of ${listed(trusting.map(shownName))} believe what it says`;
  return [
    held
      ? { outcome: 'inconclusive', reason: `${reason}; whether its own policies hold that cannot be told.` }
      : { outcome: 'failed', reason: `${reason}.` },
  ];
}
