import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeCount, diff, type Version } from '../../posture/diff.ts';
import { ClaimState, type NamedDigest } from '../../schemas/index.ts';
import { claim, contentWith, DAY, finding, T0, trustAt } from './worlds.ts';

const pass = { findings: [finding('passed')], complete: true, at: T0 };
const nothing = { subprocessors: [], documents: [] };
const digest = (letter: string) => letter.repeat(64);

/** A version with these claims, each by id, title and state, and these subprocessors and documents. */
function version(
  number: number,
  claims: readonly { id: string; title: string; state: ClaimState }[],
  contents: Version['contents'] = nothing,
): Version {
  const ids = claims.map(({ id }) => claim(id));
  const trust = trustAt(T0, [pass], [], contentWith({ claims: ids }));
  const stated = trust.claims.map((derived, index) => ({ ...derived, ...claims[index] }));
  return { number, trust: { ...trust, claims: stated }, contents };
}

test('names what became of each claim between two moments, and nothing else', () => {
  const content = (id: string) => contentWith({ claims: [claim('a'), claim(id, { evidence: [] })] });
  const before = { number: 1, trust: trustAt(T0, [pass], [], content('b')), contents: nothing };
  const after = { number: 2, trust: trustAt(T0 + 3 * DAY, [pass], [], content('c')), contents: nothing };
  const changes = diff(before, after);
  expect(changes.claims.map(({ id, change, before, after }) => [id, change, before, after])).toEqual([
    ['a', 'state', 'verified', 'stale'],
    ['c', 'added', null, 'unbacked'],
    ['b', 'removed', 'unbacked', null],
  ]);
  expect(changes).toMatchObject({
    from: 1,
    to: 2,
    coverage: { before: { verified: 1, inPlace: 2 }, after: { verified: 0, inPlace: 2 } },
  });
});

test('the first version has nothing to differ from', () => {
  const first = version(1, [{ id: 'a', title: 'A', state: 'verified' }]);
  expect(diff(undefined, first)).toMatchObject({ from: null, to: 1, coverage: { before: null }, claims: [] });
});

test('other words with the same state are a change, and a new state comes before new words', () => {
  const before = version(1, [
    { id: 'a', title: 'A', state: 'verified' },
    { id: 'b', title: 'B', state: 'verified' },
  ]);
  const after = version(2, [
    { id: 'a', title: 'A, in other words', state: 'verified' },
    { id: 'b', title: 'B, in other words', state: 'failing' },
  ]);
  expect(diff(before, after).claims).toEqual([
    { id: 'a', title: 'A, in other words', change: 'reworded', before: 'verified', after: 'verified' },
    { id: 'b', title: 'B, in other words', change: 'state', before: 'verified', after: 'failing' },
  ]);
});

test('subprocessors and documents: new, gone, or not said in the same words', () => {
  const named = (id: string, letter: string): NamedDigest => ({ id, title: id.toUpperCase(), digest: digest(letter) });
  const before = version(1, [], {
    subprocessors: [named('cloud', 'a'), named('mail', 'a'), named('chat', 'a')],
    documents: [named('policy', 'a')],
  });
  const after = version(2, [], {
    subprocessors: [named('cloud', 'b'), named('chat', 'a'), named('errors', 'a')],
    documents: [named('policy', 'a')],
  });
  expect(diff(before, after)).toMatchObject({
    subprocessors: [
      { id: 'cloud', title: 'CLOUD', change: 'changed' },
      { id: 'errors', title: 'ERRORS', change: 'added' },
      { id: 'mail', title: 'MAIL', change: 'removed' },
    ],
    documents: [],
  });
});

test('a subprocessor that changed says in which fields, where both versions know them', () => {
  const mail = (fields?: Record<string, string>): NamedDigest => ({
    ...{ id: 'mail', title: 'Mail', digest: digest(fields === undefined ? 'f' : (fields.regions ?? 'e').charAt(0)) },
    ...(fields && { fields }),
  });
  const between = (before: NamedDigest, after: NamedDigest) =>
    diff(
      version(1, [], { subprocessors: [before], documents: [] }),
      version(2, [], { subprocessors: [after], documents: [] }),
    ).subprocessors;
  const before = mail({ name: digest('a'), regions: digest('a'), until: digest('a') });
  const after = mail({ name: digest('a'), regions: digest('b'), dpa: digest('a') });
  const changed = { id: 'mail', title: 'Mail', change: 'changed' };
  expect(between(before, after)).toEqual([{ ...changed, fields: ['dpa', 'regions', 'until'] }]);
  expect(between(mail(), after)).toEqual([changed]);
  expect(between(before, before)).toEqual([]);
});

describe('for any two versions', () => {
  const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const claims = fc.uniqueArray(
    fc.record({ id: ids, title: fc.constantFrom('One', 'Two'), state: fc.constantFrom(...ClaimState.options) }),
    { selector: ({ id }) => id },
  );
  const things = fc.uniqueArray(
    fc.record({ id: ids, title: fc.constant('T'), digest: fc.constantFrom(...'ab').map(digest) }),
    {
      selector: ({ id }) => id,
    },
  );
  const versions = fc
    .tuple(claims, things, things)
    .map(([claims, subprocessors, documents]) => version(1, claims, { subprocessors, documents }));

  test('nothing is listed against itself, whatever the order', () => {
    fc.assert(
      fc.property(versions, (one) => {
        const turned = { ...one, trust: { ...one.trust, claims: one.trust.claims.toReversed() } };
        expect(changeCount(diff(one, one))).toBe(0);
        expect(changeCount(diff(one, turned))).toBe(0);
      }),
    );
  });

  test('each thing is listed once exactly when it differs', () => {
    fc.assert(
      fc.property(versions, versions, (one, other) => {
        const said = (version: Version) => [
          ...version.trust.claims.map(({ id, title, state }) => `claim ${id}: ${title} ${state}`),
          ...version.contents.subprocessors.map(({ id, digest }) => `subprocessor ${id}: ${digest}`),
          ...version.contents.documents.map(({ id, digest }) => `document ${id}: ${digest}`),
        ];
        const [before, after] = [new Set(said(one)), new Set(said(other))];
        const different = [...before, ...after]
          .filter((words) => before.has(words) !== after.has(words))
          .map((words) => words.split(':')[0] ?? '');
        const changes = diff(one, other);
        const listed = [
          ...changes.claims.map(({ id }) => `claim ${id}`),
          ...changes.subprocessors.map(({ id }) => `subprocessor ${id}`),
          ...changes.documents.map(({ id }) => `document ${id}`),
        ];
        expect(listed.toSorted()).toEqual([...new Set(different)].sort());
      }),
    );
  });

  test('the way back undoes it', () => {
    const back = { added: 'removed', removed: 'added', state: 'state', reworded: 'reworded' } as const;
    fc.assert(
      fc.property(versions, versions, (one, other) => {
        const there = diff(one, other).claims.map(({ id, change, before, after }) => [id, back[change], after, before]);
        const again = diff(other, one).claims.map(({ id, change, before, after }) => [id, change, before, after]);
        expect(again.map(String).sort()).toEqual(there.map(String).sort());
      }),
    );
  });
});
