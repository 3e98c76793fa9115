import type { Kysely } from 'kysely';
import type { Desk, Standing } from '../../../intake/desk.ts';
import { makeSealKey, parseSealKey, type SealKey } from '../../../intake/document/seal-key.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import type { Tables } from '../../../intake/store/tables.ts';
import { demo, template } from '../document/agreement.ts';
import { policy } from '../requests/forms.ts';

/** A short text with two measures, so that printing it takes no time. */
export const shortTemplate = template('# Between\n\n{{customer.name}} and {{company.legalName}} agree.\n', {
  agreement: { measures: ['rows-are-scoped', 'backups-every-day'] },
});

/** What the page says when everything that the demo’s company claims is seen, in production. */
export async function standing(changes: Partial<Standing> = {}): Promise<Standing> {
  const { content, trust } = await demo();
  return { content, trust: { ...trust, demo: false }, template: shortTemplate, ...changes };
}

/** The same with one measure that fails. */
export function failing(before: Standing, id: string): Standing {
  const claims = before.trust.claims.map((claim) =>
    claim.id === id ? { ...claim, state: 'failing' as const, fresh: true, reason: 'A check fails.' } : claim,
  );
  return { ...before, trust: { ...before.trust, claims } };
}

/** A key that seals for ten years, made once a file. */
export async function newSealKey(): Promise<SealKey> {
  return parseSealKey(
    await makeSealKey('Larkspur Desk, Inc.', new Date('2026-01-01T00:00:00Z'), new Date('2036-01-01T00:00:00Z')),
  );
}

type Said = { standing: Standing; sealKey: SealKey | undefined; now: Date };

/** All of a desk that agreements need; `said` may be changed while it is used. */
export function deskOf(db: Kysely<Tables>, said: Said & Partial<Pick<Desk, 'policy' | 'demo'>>) {
  return {
    db,
    takeIn: wayIn(db),
    head: { company: 'Larkspur Desk, Inc.', url: 'https://trust.larkspur.swiss' },
    policy: said.policy ?? policy(),
    demo: said.demo,
    now: () => said.now,
    current: async () => said.standing,
    get sealKey() {
      return said.sealKey;
    },
  };
}
