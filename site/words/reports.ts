import type { DutyEvent, DutyRegime, DutyStep, VulnerabilityReport, VulnerabilityState } from '../../schemas/index.ts';

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

/** How severe a weakness is, by the rating of its vector. */
export const severityWords: Record<NonNullable<VulnerabilityReport['severity']>, string> = {
  none: 'None',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
};

/** How a report came in. */
export const viaWords: Record<VulnerabilityReport['via'], string> = {
  browser: 'Encrypted in a browser',
  'age-message': 'An age message of the reporter',
  'plain-form': 'The form without JavaScript, encrypted on arrival',
  mail: 'By mail',
};

/** Who may read a message. */
export const audienceWords: Record<'team' | 'reporter' | 'guest', string> = {
  team: 'Note of the team',
  reporter: 'Between the team and the reporter',
  guest: 'Between the team and the guests',
};

/** What laws ask for. */
export const dutyRegimeWords: Record<DutyRegime, string> = { cra: 'Cyber Resilience Act', nis2: 'NIS2' };
export const dutyEventWords: Record<DutyEvent, string> = {
  'actively-exploited': 'The weakness is actively exploited',
  'severe-incident': 'There is a severe incident',
  'significant-incident': 'There is a significant incident',
};
export const dutyStepWords: Record<DutyStep, string> = {
  'early-warning': 'Early warning',
  notification: 'Notification',
  'final-report': 'Final report',
};

/** What happened in a case at one of its transitions, in words. */
export function reportHistoryWords({
  from,
  to,
  facts,
}: {
  from: string | null;
  to: string;
  facts: Record<string, unknown>;
}): string {
  const said = (name: string) => (typeof facts[name] === 'string' ? facts[name] : undefined);
  if (from === null) return 'Received';
  if (said('message') !== undefined) return 'The reporter wrote';
  if (said('audience') !== undefined)
    return (
      { team: 'Note written', reporter: 'Written to the reporter', guest: 'Written for the team and the guests' }[
        said('audience') ?? ''
      ] ?? 'Written'
    );
  if ('resealed' in facts) return `Message ${facts.resealed} encrypted to the keys of that day`;
  if ('assignee' in facts)
    return said('assignee') === undefined ? 'Assigned to nobody' : `Assigned to ${said('assignee')}`;
  if (said('guest') !== undefined) return `Shared with ${said('guest')}`;
  if (said('noGuest') !== undefined) return `No longer shared with ${said('noGuest')}`;
  if (said('duty') !== undefined)
    return [said('duty')?.toUpperCase(), said('event') ?? said('step')].join(': ').replaceAll('-', ' ');
  const state = Object.entries(reportStateWords).find(([name]) => name === to)?.[1] ?? to;
  return said('cvss') === undefined
    ? said('of') === undefined
      ? state
      : `${state} of ${said('of')}`
    : `${state}: ${said('severity')}, ${said('cvss')}`;
}
