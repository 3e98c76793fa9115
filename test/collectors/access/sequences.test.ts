import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assess as assessImport, checks } from '../../../collectors/import-access/assess.ts';
import { Expect } from '../../../collectors/import-access/schema.ts';
import { closingComplaints, complaints } from '../../../posture/access/complaints.ts';
import { openReview } from '../../../posture/access/open.ts';
import { signOffDigest } from '../../../posture/access/seal.ts';
import type { AccessReview, Entry, Instant, Principal, ReviewEntry } from '../../../schemas/index.ts';
import { daysOn, listOf, outcomesOf, person } from './lists.ts';

const names = ['canary-ada', 'canary-ben', 'canary-mallory', 'canary-eve'] as const;
const roles = ['canary-admin', 'canary-agent'] as const;
const name = fc.constantFrom(...names);

/** What may happen, one a day, in any order. */
const step = fc.oneof(
  fc.record({ does: fc.constant('comes' as const), name, role: fc.constantFrom(...roles) }),
  fc.record({ does: fc.constant('goes' as const), name }),
  fc.record({ does: fc.constant('loses' as const), name, role: fc.constantFrom(...roles) }),
  fc.record({ does: fc.constant('open' as const) }),
  fc.record({ does: fc.constant('decide' as const), name, decision: fc.constantFrom('keep', 'change', 'revoke') }),
  fc.record({ does: fc.constant('close' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

type World = { people: Map<string, Set<string>>; reviews: Entry<AccessReview>[]; day: number };
type Taken = { revoked: Set<string>; roles: Map<string, Set<string>>; last: { all: string[]; left: string[] } };

const nearest = () => undefined;
const intent = Expect.parse({
  columns: { key: 'k', name: 'n' },
  administrators: { roles: ['canary-admin'], atMost: 2 },
});

function principals({ people }: World): Principal[] {
  return [...people].map(([each, held]) => person(each, { roles: [...held] }));
}

/** Plays one step; what was signed off is kept in `taken` by a model of its own, simpler than the code. */
function play(world: World, taken: Taken, move: Step): void {
  world.day += 1;
  const at = daysOn(world.day);
  const open = world.reviews.find(({ data }) => data.closed === undefined);
  if (move.does === 'comes') world.people.set(move.name, (world.people.get(move.name) ?? new Set()).add(move.role));
  if (move.does === 'goes') world.people.delete(move.name);
  if (move.does === 'loses') world.people.get(move.name)?.delete(move.role);
  if (move.does === 'open' && open === undefined && world.people.size > 0) world.reviews.push(opened(world, at));
  if (move.does === 'decide' && open !== undefined) decide(open, move);
  if (move.does !== 'close' || open === undefined || closingComplaints(open.data, 'Rita').length > 0) return;
  const unsigned = { ...open.data, closed: { at, by: 'Rita', digest: '' } };
  open.data = { ...unsigned, closed: { at, by: 'Rita', digest: signOffDigest(unsigned) ?? '' } };
  const namesOf = (entries: readonly ReviewEntry[]) => entries.map(({ pulled }) => pulled.name);
  const { entries } = open.data;
  taken.last = { all: namesOf(entries), left: namesOf(entries.filter(({ decision }) => decision !== 'revoke')) };
  for (const { pulled, decision, roles: left = [] } of open.data.entries) {
    taken.revoked.delete(pulled.name);
    taken.roles.delete(pulled.name);
    if (decision === 'revoke') taken.revoked.add(pulled.name);
    if (decision === 'change')
      taken.roles.set(pulled.name, new Set(pulled.roles.filter((role) => !left.includes(role))));
  }
}

function opened(world: World, at: Instant): Entry<AccessReview> {
  const previous = world.reviews.at(-1);
  const opening = {
    system: 's/import-access',
    reviewer: 'Rita',
    reviewerRole: undefined,
    openedAt: at,
    dueAt: daysOn(world.day + 14),
    previous,
  };
  return { id: `review-${world.day}`, file: '', data: openReview(opening, listOf(principals(world), { asOf: at })) };
}

function decide(open: Entry<AccessReview>, { name: who, decision }: Extract<Step, { does: 'decide' }>): void {
  // Everybody else is kept, so that reviews come to an end.
  open.data = {
    ...open.data,
    entries: open.data.entries.map((entry) => {
      const { roles: _, ...rest } = entry;
      if (entry.pulled.name !== who)
        return entry.decision === null ? { ...rest, decision: 'keep' as const, reason: 'Needed for it.' } : entry;
      if (decision === 'change' && entry.pulled.roles.length > 0)
        return { ...rest, decision, roles: entry.pulled.roles.slice(1), reason: 'Too much of it.' };
      return { ...rest, decision: decision === 'revoke' ? 'revoke' : 'keep', reason: 'It was looked at.' } as const;
    }),
  };
}

function judged(world: World, complete: boolean) {
  const at = daysOn(world.day + 1);
  const found = principals(world);
  const list = listOf(found, { asOf: at, complete, reportedTotal: found.length + (complete ? 0 : 1) });
  const assessment = assessImport({ now: at, list, reviews: world.reviews }, intent);
  return { assessment, outcomes: outcomesOf({ checks }, assessment.findings) };
}

test('whatever happens in whatever order: what was revoked and is there never passes, and nobody is named', () => {
  let closedAtAll = 0;
  let failedAtAll = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }), fc.boolean(), (moves, complete) => {
      const world: World = { people: new Map([['canary-ada', new Set(roles)]]), reviews: [], day: 0 };
      const taken: Taken = { revoked: new Set(), roles: new Map(), last: { all: [], left: [] } };
      for (const move of moves) play(world, taken, move);
      const { assessment, outcomes } = judged(world, complete);
      const back = [...taken.revoked].filter((each) => world.people.has(each));
      const held = [...taken.roles].filter(([each, gone]) =>
        [...(world.people.get(each) ?? [])].some((role) => gone.has(role)),
      );
      const closed = world.reviews.some(({ data }) => data.closed !== undefined);
      closedAtAll += Number(closed);
      failedAtAll += Number(back.length > 0);
      const isKnown = taken.last.left.length === 0 || taken.last.all.some((each) => world.people.has(each));
      const proves = closed && complete && world.people.size > 0 && isKnown;
      const wanted = (bad: readonly unknown[]) => (bad.length > 0 ? 'failed' : proves ? 'passed' : 'inconclusive');
      expect(outcomes).toMatchObject({
        'revoked-access-is-gone': wanted(back),
        'changed-roles-were-changed': wanted(held),
      });
      expect(assessment.population.complete).toBe(complete && world.people.size > 0);
      expect(JSON.stringify(assessment)).not.toMatch(/canary|Rita/);
      for (const { data } of world.reviews) expect(complaints(data, daysOn(world.day + 1), nearest)).toEqual([]);
    }),
    { numRuns: 2000, seed: 20261103 },
  );
  // The sequences reach what the property is about.
  expect(closedAtAll).toBeGreaterThan(200);
  expect(failedAtAll).toBeGreaterThan(20);
});

test('any change of what was pulled is noticed, wherever it is', () => {
  const people = new Map(names.map((each) => [each, new Set(roles)]));
  const whole = opened({ people, reviews: [], day: 0 }, daysOn(1)).data;
  expect(complaints(whole, daysOn(2), nearest)).toEqual([]);
  const of = fc.constantFrom(...whole.entries.keys());
  const text = fc.string({ minLength: 1 });
  const changed = fc.oneof(
    fc.record({ name: text }),
    fc.record({ key: text }),
    fc.record({ kind: fc.constantFrom('bot' as const, 'key' as const) }),
    fc.record({ roles: fc.array(text) }),
    fc.record({ outside: fc.constant(true) }),
    fc.record({ secondFactor: fc.constantFrom(false, null) }),
    fc.record({ lastActiveAt: fc.constantFrom(null, daysOn(-3)) }),
    fc.record({ changed: fc.array(text, { minLength: 1 }) }),
    fc.record({ also: fc.array(text, { minLength: 1 }) }),
    fc.record({ seal: fc.stringMatching(/^[0-9a-f]{16}$/) }),
  );
  fc.assert(
    fc.property(of, changed, (index, change) => {
      const entries = whole.entries.with(index, {
        ...at(whole, index),
        pulled: { ...at(whole, index).pulled, ...change },
      });
      expect(complaints({ ...whole, entries }, daysOn(2), nearest)).not.toEqual([]);
    }),
    { seed: 20261103 },
  );
  fc.assert(
    fc.property(of, of, (from, to) => {
      const without = { ...whole, entries: whole.entries.toSpliced(from, 1) };
      expect(complaints(without, daysOn(2), nearest)).not.toEqual([]);
      const twice = { ...whole, entries: whole.entries.with(to, at(whole, from)) };
      expect(complaints(twice, daysOn(2), nearest).length > 0).toBe(from !== to);
      expect(complaints({ ...whole, entries: whole.entries.toReversed() }, daysOn(2), nearest)).toEqual([]);
    }),
    { seed: 20261103 },
  );
});

function at({ entries }: AccessReview, index: number): ReviewEntry {
  const entry = entries[index];
  if (entry === undefined) throw new RangeError('no such entry');
  return entry;
}
