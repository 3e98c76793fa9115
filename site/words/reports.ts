import type { VulnerabilityState } from '../../schemas/index.ts';

/** How a report stands, for whoever sent it: a heading, and what it means for them. Names nobody of the team. */
export const reporterStateWords: Record<VulnerabilityState, { title: string; text: string }> = {
  received: { title: 'We have your report', text: 'Nobody has read it yet.' },
  acknowledged: { title: 'Your report was read', text: 'A person has it. We are finding out how severe it is.' },
  triaged: { title: 'We know how severe it is', text: 'We are confirming it.' },
  confirmed: { title: 'We confirmed it', text: 'We are working on a fix.' },
  fixed: { title: 'It is fixed', text: 'What is left is to publish it.' },
  disclosed: { title: 'It is published', text: 'The advisory is on our trust page. You can still write to us here.' },
  duplicate: {
    title: 'Somebody reported it before you',
    text: 'We are working on that report. You can still write to us here.',
  },
  'not-applicable': {
    title: 'We do not see a weakness in it',
    text: 'Our messages say why. If we are wrong, tell us here.',
  },
  informative: {
    title: 'It helps us, and needs no fix',
    text: 'Our messages say why. If we are wrong, tell us here.',
  },
  closed: { title: 'It is closed', text: 'Nothing else follows.' },
};

/** How a report stands, for those who work on it. */
export const reportStateWords: Record<VulnerabilityState, string> = {
  received: 'Received',
  acknowledged: 'Acknowledged',
  triaged: 'Triaged',
  confirmed: 'Confirmed',
  fixed: 'Fixed',
  disclosed: 'Disclosed',
  duplicate: 'Duplicate',
  'not-applicable': 'Not applicable',
  informative: 'Informative',
  closed: 'Closed',
};
