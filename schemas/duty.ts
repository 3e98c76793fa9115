import { z } from 'zod';

/** A law that asks for reports to authorities within set times. */
export const DutyRegime = z
  .enum(['cra', 'nis2'])
  .meta({ description: 'cra: Cyber Resilience Act, article 14; nis2: directive (EU) 2022/2555, article 23.' });
export type DutyRegime = z.infer<typeof DutyRegime>;

/** What a person decided has happened, so that the clocks of a regime run from then on. */
export const DutyEvent = z.enum(['actively-exploited', 'severe-incident', 'significant-incident']).meta({
  description: 'Why the clocks run: an exploited weakness or a severe incident (CRA), a significant one (NIS2).',
});
export type DutyEvent = z.infer<typeof DutyEvent>;

/** What must be handed in. */
export const DutyStep = z
  .enum(['early-warning', 'notification', 'final-report'])
  .meta({ description: 'What must be handed in.' });
export type DutyStep = z.infer<typeof DutyStep>;
