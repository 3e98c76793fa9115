import { IntakePolicy, RequestForm } from '../../../schemas/index.ts';

/** What Ada of Quill fills in, with changes. */
export function form(changes: Record<string, unknown> = {}): RequestForm {
  return RequestForm.parse({
    needs: ['dpa'],
    company: 'Quill Ltd.',
    website: 'https://quill.swiss',
    jurisdiction: 'CH',
    signatory: 'Ada Example',
    signatoryRole: 'Managing director',
    email: 'ada@quill.swiss',
    ...changes,
  });
}

/** A policy that offers by itself, with changes. */
export function policy(changes: Record<string, unknown> = {}): IntakePolicy {
  return IntakePolicy.parse({
    url: 'https://trust.larkspur.swiss',
    sender: 'trust@larkspur.swiss',
    template: 'data-processing-agreement',
    approval: 'automatic',
    clocks: [
      {
        id: 'request-answered',
        title: 'A request is answered',
        starts: 'receipt',
        within: '48h',
        counts: 'calendar',
      },
    ],
    ...changes,
  });
}
