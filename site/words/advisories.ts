import type { CvssRating } from '../../posture/cvss.ts';
import type { Advisory, Credit } from '../../schemas/index.ts';

/** The ratings of CVSS 4.0. */
export const ratingWords: Record<CvssRating, string> = {
  none: 'None',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
};

/** What happened, in the timeline of an advisory. */
export const eventWords: Record<Advisory['timeline'][number]['event'], string> = {
  introduced: 'The weakness came in',
  reported: 'Reported to us',
  acknowledged: 'We answered the reporter',
  confirmed: 'Confirmed',
  exploited: 'Known to be used',
  mitigated: 'Mitigated',
  fixed: 'Fixed',
  told: 'Customers told',
};

/** What somebody did who is named. */
export const creditRoleWords: Record<Credit['role'], string> = {
  finder: 'found it',
  reporter: 'reported it',
  analyst: 'analysed it',
  coordinator: 'coordinated',
  'fix-developer': 'wrote the fix',
  'fix-reviewer': 'reviewed the fix',
  tool: 'the tool that found it',
};

/** Versions from one on, up to but without another: `2.0.0 up to, but not, 2.3.1`. */
export function rangeText({ introduced, fixed }: Advisory['affected'][number]['versions'][number]): string {
  if (introduced === '0') return fixed === undefined ? 'All versions' : `All before ${fixed}`;
  return fixed === undefined ? `From ${introduced} on` : `From ${introduced} on, before ${fixed}`;
}
