import type { Topic } from '../../schemas/index.ts';

/** What each topic is, on the forms. */
export const topicTexts: Record<Topic, { title: string; hint: string }> = {
  updates: { title: 'News of this page', hint: 'Changes, incidents and notices, as on the page of updates.' },
  subprocessors: { title: 'Changes of subprocessors', hint: 'Each one on the day that it is announced.' },
  advisories: { title: 'Vulnerabilities', hint: 'Advisories about weaknesses that were found and mended.' },
};
