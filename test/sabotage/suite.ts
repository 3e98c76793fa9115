import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PostgresMajor } from '../../examples/postgres-server.ts';
import { lookAlikes } from '../collectors/parity.ts';
import { differences } from './compare.ts';
import { defaults } from './defaults.ts';
import { hostedPlatforms } from './hosted-platforms.ts';
import { latentPolicies } from './latent-policies.ts';
import { nearMisses } from './near-misses.ts';
import { policies } from './policies.ts';
import { privileges } from './privileges.ts';
import { type Reference, startReference } from './reference.ts';
import { reparenting } from './reparenting.ts';
import { state } from './state.ts';
import { tenantKeys } from './tenant-keys.ts';
import type { Mutation, Turn } from './verdicts.ts';
import { waysAround } from './ways-around.ts';

const NEWEST: PostgresMajor = 18;

const mutations: Mutation[] = [
  ...state,
  ...policies,
  ...waysAround,
  ...privileges,
  ...nearMisses,
  ...latentPolicies,
  ...hostedPlatforms,
  ...tenantKeys,
  ...reparenting,
  ...defaults,
];

/** How the collector judges differs by major version in this alone: PostgreSQL 17 made maintenance safe from a caller's names. */
const maintenance = /search_path|maintain|analyze|refresh|create index|generated/i;

/**
 * What runs on the older major too. The collector reads both with the same statements, so that all cases on the newest
 * prove the judgement, and the older one must prove that it answers those statements alike: the first case that turns a
 * verdict, for each of them; the look-alike of each check; roles, whose catalog grows with each major; what the judgement
 * asks the version for; and of the rest one in eight, by its name, so that a new case moves none of the others.
 */
function runsOnOlder(mutation: Mutation): boolean {
  const verdict = ({ check, outcome }: Turn) => `${check} ${outcome}`;
  const isFirst = (turn: Turn) =>
    mutations.find(({ turns }) => turns.some((other) => verdict(other) === verdict(turn))) === mutation;
  return (
    mutation.undo !== undefined ||
    mutation.turns.some(isFirst) ||
    Object.values(lookAlikes).includes(mutation.id) ||
    maintenance.test(mutation.sql) ||
    (createHash('sha256').update(mutation.id).digest()[0] ?? 0) % 8 === 0
  );
}

/** What is wrong with the demo on purpose; see its README. Nothing else about it may be. */
const imperfections = [
  'no-cross-tenant-write public.satisfaction_surveys failed',
  'no-excess-privilege public.import_rows failed',
];

/** Declares the suite for one major version: whole for the newest. Each test file takes one, so that two servers work side by side. */
export function sabotageSuite(major: PostgresMajor): void {
  let reference: Reference;
  beforeAll(async () => {
    reference = await startReference(major);
  });
  afterAll(() => reference?.stop());

  describe(`PostgreSQL ${major}: the demo as it is`, () => {
    it('fails in the two places that its README names, and nowhere else', async () => {
      const verdicts = [...(await reference.baseline('app')).values()];
      const bad = verdicts.filter(({ outcome }) => outcome !== 'passed' && outcome !== 'not-applicable');
      expect(bad.map(({ check, subject, outcome }) => `${check} ${subject} ${outcome}`).sort()).toEqual(imperfections);
    });
    it.each(['vault', 'reporting'] as const)('%s-db has nothing wrong', async (database) => {
      const verdicts = [...(await reference.baseline(database)).values()];
      expect(verdicts.filter(({ outcome }) => outcome !== 'passed' && outcome !== 'not-applicable')).toEqual([]);
    });
  });

  async function turnsExactly(mutation: Mutation): Promise<void> {
    const before = await reference.baseline(mutation.database ?? 'app');
    const after = await reference.mutated(mutation);
    expect(differences(before, after, mutation.turns)).toEqual([]);
  }

  const runnable = major === NEWEST ? mutations : mutations.filter(runsOnOlder);
  for (const kind of ['sabotage', 'near-miss'] as const) {
    const ofKind = runnable.filter((mutation) => mutation.kind === kind);
    describe.concurrent(`PostgreSQL ${major}: ${kind}`, () => {
      it.each(ofKind.filter(({ undo }) => undo === undefined))('$id: $title', { timeout: 120_000 }, turnsExactly);
    });
    describe(`PostgreSQL ${major}: ${kind}, in roles`, () => {
      it.each(ofKind.filter(({ undo }) => undo !== undefined))('$id: $title', { timeout: 120_000 }, turnsExactly);
    });
  }
}
