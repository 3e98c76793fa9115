import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PostgresMajor } from '../../examples/postgres-server.ts';
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
import type { Mutation } from './verdicts.ts';
import { waysAround } from './ways-around.ts';

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

/** What is wrong with the demo on purpose; see its README. Nothing else about it may be. */
const imperfections = [
  'no-cross-tenant-write public.satisfaction_surveys failed',
  'no-excess-privilege public.import_rows failed',
];

/** Declares the whole suite for one major version. Each test file takes one, so that two servers work side by side. */
export function sabotageSuite(major: PostgresMajor): void {
  let reference: Reference;
  beforeAll(async () => {
    reference = await startReference(major);
  }, 120_000);
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

  const runnable = mutations.filter(({ since }) => since === undefined || since <= major);
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
