import { type Site, site } from './trust.ts';

/** The pages of the navigation, in order. A page whose content is missing is left out, and its link with it. */
export const pages = {
  overview: { href: '/', label: 'Overview', shown: () => true },
  isolation: {
    href: '/isolation/',
    label: 'Isolation',
    shown: ({ trust }) => trust.evidence.some(({ topic }) => topic === 'isolation'),
  },
  'access-reviews': {
    href: '/access-reviews/',
    label: 'Access reviews',
    shown: ({ content, trust }) =>
      content.accessReviews.length > 0 || trust.evidence.some(({ topic }) => topic === 'access'),
  },
  'audit-samples': {
    href: '/audit-samples/',
    label: 'Audit samples',
    shown: ({ samples, trust }) => samples.length > 0 || trust.evidence.some(({ topic }) => topic === 'audit-samples'),
  },
  subprocessors: {
    href: '/subprocessors/',
    label: 'Subprocessors',
    shown: ({ content, trust }) =>
      content.subprocessors.length > 0 || trust.evidence.some(({ topic }) => topic === 'subprocessors'),
  },
  data: {
    href: '/data/',
    label: 'Data',
    shown: ({ content }) => content.dataItems.length + content.dataFlows.length + content.retention.length > 0,
  },
  documents: {
    href: '/documents/',
    label: 'Documents',
    shown: ({ content }) => content.documents.length + content.certifications.length > 0,
  },
  dpa: {
    href: '/dpa/',
    label: 'Agreement',
    shown: ({ content }) =>
      content.intake?.template !== undefined || content.documents.some(({ data }) => data.kind === 'dpa'),
  },
  incidents: {
    href: '/incidents/',
    label: 'Incidents',
    shown: ({ content }) => content.incidentPolicy !== undefined,
  },
  disclosure: {
    href: '/disclosure/',
    label: 'Disclosure',
    shown: ({ content }) => content.disclosure !== undefined,
  },
  advisories: {
    href: '/advisories/',
    label: 'Advisories',
    shown: ({ content }) => content.advisories.length > 0,
  },
  roadmap: { href: '/roadmap/', label: 'Gaps and roadmap', shown: () => true },
  updates: {
    href: '/updates/',
    label: 'Updates',
    shown: ({ content, versions }) => content.updates.length + versions.length > 0,
  },
  versions: { href: '/versions/', label: 'Versions', shown: () => true },
  verify: { href: '/verify/', label: 'Verify', shown: () => true },
} as const satisfies Record<string, { href: string; label: string; shown: (site: Site) => boolean }>;

/** The name of a page of the navigation. */
export type PageName = keyof typeof pages;

/** The page that shows the records of a collector’s topic as a whole, by topic. */
export const pageOfTopic: ReadonlyMap<string, PageName> = new Map([
  ['isolation', 'isolation'],
  ['access', 'access-reviews'],
  ['audit-samples', 'audit-samples'],
  ['subprocessors', 'subprocessors'],
  ['requests', 'dpa'],
  ['disclosure', 'disclosure'],
]);

/**
 * The static paths of an optional page, whose file is named `[...page].astro`: its one address, or none. A rest
 * parameter that is undefined leaves no trace in the address.
 */
export async function onlyWhenShown(name: PageName): Promise<{ params: { page: undefined } }[]> {
  return pages[name].shown(await site()) ? [{ params: { page: undefined } }] : [];
}
