import type { Advisory, Credit } from '../../schemas/index.ts';
import { isOfSemver, packageOf } from './packages.ts';
import { publishedAtOf, type ToldAdvisory } from './told.ts';

/** The version of the OSV format that is written (ossf.github.io/osv-schema). */
const OSV_VERSION = '1.7.5';

const references: Record<Advisory['references'][number]['kind'], string> = {
  advisory: 'ADVISORY',
  article: 'ARTICLE',
  fix: 'FIX',
  'release-notes': 'WEB',
  report: 'REPORT',
  web: 'WEB',
};
const roles: Record<Credit['role'], string> = {
  finder: 'FINDER',
  reporter: 'REPORTER',
  analyst: 'ANALYST',
  coordinator: 'COORDINATOR',
  'fix-developer': 'REMEDIATION_DEVELOPER',
  'fix-reviewer': 'REMEDIATION_REVIEWER',
  tool: 'TOOL',
};

/**
 * An advisory in the Open Source Vulnerability format. Its id has the prefix `x_` of databases that OSV does not know. OSV
 * is about packages: products without a package are told in the text, and `affected` is then empty.
 */
export function osv(told: ToldAdvisory) {
  const { data } = told;
  const aliases = [data.cve, data.ghsa].filter((alias) => alias !== undefined);
  return {
    schema_version: OSV_VERSION,
    id: osvId(told),
    published: publishedAtOf(told),
    modified: told.updatedAt,
    ...(data.withdrawn && { withdrawn: told.updatedAt }),
    ...(aliases.length > 0 && { aliases }),
    summary: data.title,
    details: details(data),
    severity: [{ type: 'CVSS_V4', score: data.cvss }],
    affected: data.affected.flatMap(affected),
    references: [
      { type: 'ADVISORY', url: told.url },
      ...data.references.map(({ kind, url }) => ({ type: references[kind], url })),
    ],
    ...(data.credits.length > 0 && {
      credits: data.credits.map(({ name, url, role }) => ({ name, type: roles[role], ...(url && { contact: [url] }) })),
    }),
    database_specific: { cvss_score: told.score, cvss_rating: told.rating, cwe_ids: data.cwe },
  };
}

/** The id of an advisory in OSV. */
export function osvId({ id }: Pick<ToldAdvisory, 'id'>): string {
  return `x_${id}`;
}

function details({ summary, impact, solution, workaround, withdrawn, affected }: Advisory): string {
  const products = affected.filter(({ purl }) => purl === undefined).map(({ product }) => product);
  return [
    ...(withdrawn === undefined ? [] : [`Withdrawn: ${withdrawn.reason}`]),
    summary,
    impact,
    solution,
    ...(workaround === undefined ? [] : [workaround]),
    ...(products.length === 0 ? [] : [`Affected without a package: ${products.join(', ')}.`]),
  ].join('\n\n');
}

function affected({ purl, versions }: Advisory['affected'][number]) {
  if (purl === undefined) return [];
  const { ecosystem, name } = packageOf(purl);
  const named = versions.flatMap(({ introduced, fixed }) => (fixed === undefined ? [introduced] : [introduced, fixed]));
  const events = versions.flatMap(({ introduced, fixed }) =>
    fixed === undefined ? [{ introduced }] : [{ introduced }, { fixed }],
  );
  const type = isOfSemver(purl, named) ? 'SEMVER' : 'ECOSYSTEM';
  return [{ package: { ecosystem, name, purl }, ranges: [{ type, events }] }];
}
