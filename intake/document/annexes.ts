import { digestOf } from '../../posture/digest.ts';
import {
  AgreementSettings,
  type Annexes,
  type Content,
  type Digest,
  type Instant,
  type RequestForm,
  type Trust,
} from '../../schemas/index.ts';
import { chainOf } from './chain.ts';
import { measuresOf } from './measures.ts';
import { partiesOf } from './parties.ts';
import type { Template } from './template.ts';

/** What annexes are made from. `form` is left out for the standard agreement, which has no customer in it. */
export type AnnexInput = {
  content: Content;
  trust: Trust;
  template: Template;
  form?: RequestForm | undefined;
  at: Instant;
};

/** The annexes of one agreement for the moment `at`. Pure: the same input gives the same canonical JSON. */
export function annexesOf({ content, trust, template, form, at }: AnnexInput): Annexes {
  const { measures, annexes: numbering } = template.data.agreement ?? AgreementSettings.parse({});
  return {
    schema: 'candor/dpa-annexes@1',
    template: { document: template.id, version: template.data.version, digest: template.digest },
    at,
    derivedAt: trust.generatedAt,
    demo: trust.demo,
    numbering,
    parties: partiesOf(content, form),
    measures: measuresOf(content, trust, measures, at),
    subprocessors: chainOf(content, at),
  };
}

/** What an offer is pinned to besides its template: a digest of exactly what Annex II and Annex III say. */
export function evidenceDigestOf({ measures, subprocessors }: Pick<Annexes, 'measures' | 'subprocessors'>): Digest {
  return digestOf({ measures, subprocessors });
}

/** Why no agreement is offered by itself: a claim whose measure does not hold now. */
export type Hindrance = { claim: string; state: string; reason: string };

/**
 * The measures that keep an agreement from being offered without a person: all that are not verified or attested, or
 * not fresh. An annex without measures, and one of a demonstration in production, are named by the caller's rules.
 */
export function hindrancesOf({ measures }: Pick<Annexes, 'measures'>): Hindrance[] {
  if (measures.length === 0) return [{ claim: '', state: 'unbacked', reason: 'There is no measure to promise.' }];
  return measures
    .filter(({ state, fresh }) => !((state === 'verified' || state === 'attested') && fresh))
    .map(({ claim, state, fresh, reason }) => ({
      claim,
      state,
      reason: !fresh && (state === 'verified' || state === 'attested') ? 'Its evidence is not fresh any more.' : reason,
    }));
}
