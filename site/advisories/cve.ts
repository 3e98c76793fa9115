import type { Advisory, Credit } from '../../schemas/index.ts';
import { eventWords } from '../words/advisories.ts';
import { weaknessNames } from './cwe.ts';
import { isOfSemver, packageOf } from './packages.ts';
import { type Publisher, publishedAtOf, type ToldAdvisory } from './told.ts';

const roles: Record<Credit['role'], string> = {
  finder: 'finder',
  reporter: 'reporter',
  analyst: 'analyst',
  coordinator: 'coordinator',
  'fix-developer': 'remediation developer',
  'fix-reviewer': 'remediation reviewer',
  tool: 'tool',
};
const tags: Record<Advisory['references'][number]['kind'], string[]> = {
  advisory: ['third-party-advisory'],
  article: ['technical-description'],
  fix: ['patch'],
  'release-notes': ['release-notes'],
  report: ['technical-description'],
  web: [],
};
/** No text of a record may have more characters; none of ours has alone. */
const LONGEST = 4096;
const english = (value: string) => [{ lang: 'en', value }];

/**
 * A draft of what a numbering authority (CNA) sends to CVE: the container of record format 5.1, as CVE Services takes it.
 * `providerMetadata` is left to whoever sends it: CVE Services writes it from their account.
 */
export function cveDraft(told: ToldAdvisory, publisher: Publisher) {
  const { withdrawn } = told.data;
  return { cnaContainer: withdrawn ? { rejectedReasons: english(withdrawn.reason) } : published(told, publisher) };
}

function published(told: ToldAdvisory, { organization }: Publisher) {
  const { data } = told;
  return {
    title: data.title,
    datePublic: publishedAtOf(told),
    descriptions: described(data),
    affected: data.affected.map((affected) => product(affected, organization.name)),
    ...(data.affected.every(({ hosted }) => hosted) && { tags: ['exclusively-hosted-service'] }),
    metrics: [
      {
        format: 'CVSS',
        scenarios: english('GENERAL'),
        cvssV4_0: {
          version: '4.0',
          vectorString: data.cvss,
          baseScore: told.base.score,
          baseSeverity: told.base.rating.toUpperCase(),
        },
      },
    ],
    ...(data.cwe.length > 0 && {
      problemTypes: data.cwe.map((cweId) => ({
        descriptions: [
          { lang: 'en', type: 'CWE', cweId, description: [cweId, weaknessNames.get(cweId)].filter(Boolean).join(' ') },
        ],
      })),
    }),
    solutions: english(data.solution),
    ...(data.workaround && { workarounds: english(data.workaround) }),
    references: [
      { url: told.url, tags: ['vendor-advisory'] },
      ...data.references.map(({ url, title, kind }) => ({
        url,
        name: title,
        ...(tags[kind].length > 0 && { tags: tags[kind] }),
      })),
    ],
    ...(data.credits.length > 0 && {
      credits: data.credits.map(({ name, role }) => ({ lang: 'en', value: name, type: roles[role] })),
    }),
    ...(data.timeline.length > 0 && {
      timeline: data.timeline.map(({ on, event, note }) => ({
        time: `${on}T00:00:00.000Z`,
        lang: 'en',
        value: [`${eventWords[event]}.`, note].filter(Boolean).join(' '),
      })),
    }),
    source: { advisory: told.id, discovery: 'UNKNOWN' },
  };
}

function described({ summary, impact }: Advisory) {
  const whole = `${summary} ${impact}`;
  return whole.length <= LONGEST ? english(whole) : [summary, impact].flatMap(english);
}

function product({ product, purl, versions }: Advisory['affected'][number], vendor: string) {
  const named = versions.flatMap(({ introduced, fixed }) => (fixed === undefined ? [introduced] : [introduced, fixed]));
  const versionType = isOfSemver(purl, named) ? 'semver' : 'custom';
  const packaged = purl === undefined ? undefined : packageOf(purl);
  return {
    vendor,
    product,
    ...(packaged && { collectionURL: packaged.collection, packageName: packaged.name }),
    defaultStatus: 'unaffected',
    versions: versions.map(({ introduced, fixed }) => ({
      version: introduced,
      // CVE's own way to say that there is no end yet.
      lessThan: fixed ?? '*',
      status: 'affected',
      versionType,
    })),
  };
}
