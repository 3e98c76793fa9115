import type { Advisory, CweId } from '../../schemas/index.ts';
import { creditRoleWords, rangeText, ratingWords } from '../words/advisories.ts';
import { weaknessNames } from './cwe.ts';
import { packageOf } from './packages.ts';
import { type Publisher, publishedAtOf, type ToldAdvisory } from './told.ts';

/** Where CSAF documents lie on the page (CSAF 2.0, requirements 9 and 11). All of them are for everybody (TLP:WHITE). */
export const CSAF_FOLDER = '/.well-known/csaf';

/** The path of a document below the folder of its TLP label: the year it was first published in, and its name (section 5.1). */
export function csafPath(told: ToldAdvisory): string {
  return `${publishedAtOf(told).slice(0, 4)}/${told.id.toLowerCase().replace(/[^+\-a-z0-9]+/g, '_')}.json`;
}

/** The address of a document. */
export function csafUrl(told: ToldAdvisory, { home }: Pick<Publisher, 'home'>): string {
  return `${home}${CSAF_FOLDER}/white/${csafPath(told)}`;
}

/** The publisher as documents and provider metadata name it. */
export function csafPublisher({ organization }: Publisher) {
  return {
    category: 'vendor',
    name: organization.name,
    namespace: organization.url,
    contact_details: organization.contacts.security,
  };
}

/**
 * An advisory as a CSAF 2.0 document of the profile “Security Advisory”. That standard knows scores of CVSS 2 and 3 alone: the
 * vector of CVSS 4.0 stands in a note and in the threat, and no score of another kind is made up. It has no word for withdrawing
 * either: such a document is what CSAF 2.1 makes of it (profile 7), with the category that its converter of 2.0 looks for
 * (conformance clause 18).
 */
export function csaf(told: ToldAdvisory, publisher: Publisher) {
  const { data, id, history } = told;
  const { withdrawn } = data;
  return {
    document: {
      category: withdrawn ? 'Withdrawn' : 'csaf_security_advisory',
      csaf_version: '2.0',
      title: data.title,
      lang: 'en',
      publisher: csafPublisher(publisher),
      ...(!withdrawn && {
        aggregate_severity: { text: ratingWords[told.rating], namespace: 'https://www.first.org/cvss/v4.0/' },
      }),
      distribution: { tlp: { label: 'WHITE', url: 'https://www.first.org/tlp/v1/' } },
      notes: [
        { category: 'summary', title: 'Summary', text: data.summary },
        ...(withdrawn ? [{ category: 'description', title: 'Reasoning for Withdrawal', text: withdrawn.reason }] : []),
      ],
      ...(data.credits.length > 0 && { acknowledgments: credits(data) }),
      references: [
        { category: 'self', summary: 'This document', url: csafUrl(told, publisher) },
        { category: 'self', summary: 'The page of this advisory', url: told.url },
        ...data.references.map(({ title, url }) => ({ category: 'external', summary: title, url })),
      ],
      tracking: {
        id,
        status: 'final',
        version: String(history.length),
        initial_release_date: publishedAtOf(told),
        current_release_date: told.updatedAt,
        revision_history: history.map(({ at, summary }, index) => ({ number: String(index + 1), date: at, summary })),
      },
    },
    ...(!withdrawn && {
      product_tree: { branches: [{ category: 'vendor', name: publisher.organization.name, branches: branches(data) }] },
      vulnerabilities: [vulnerability(told, publisher)],
    }),
  };
}

function vulnerability(told: ToldAdvisory, { organization }: Publisher) {
  const { data, id } = told;
  const names = ids(data);
  const affected = names.map(({ affected }) => affected);
  const fixed = names.flatMap(({ fixed }) => (fixed === undefined ? [] : [fixed]));
  const [withFix, without] = [
    names.filter(({ fixed }) => fixed !== undefined),
    names.filter(({ fixed }) => fixed === undefined),
  ];
  const named = data.cwe.find((cwe) => weaknessNames.has(cwe));
  const score = `${data.cvss} (${told.score.toFixed(1)}, ${ratingWords[told.rating]})`;
  const reported = data.timeline.find(({ event }) => event === 'reported')?.on;
  const remedy = (category: string, details: string, product_ids: string[]) =>
    product_ids.length === 0 ? [] : [{ category, details, product_ids }];
  return {
    ...(data.cve && { cve: data.cve }),
    ...(named && { cwe: { id: named, name: weaknessNames.get(named) } }),
    ids: [
      { system_name: `Advisories of ${organization.name}`, text: id },
      ...(data.ghsa ? [{ system_name: 'GitHub Advisory Database', text: data.ghsa }] : []),
    ],
    title: data.title,
    notes: [
      { category: 'description', title: 'What was wrong', text: data.summary },
      { category: 'details', title: 'Impact', text: data.impact },
      { category: 'other', title: 'CVSS 4.0', text: score },
      ...(data.cwe.length > 0
        ? [{ category: 'other', title: 'Weaknesses', text: data.cwe.map(weakness).join('; ') }]
        : []),
    ],
    ...(reported && { discovery_date: `${reported}T00:00:00.000Z` }),
    release_date: publishedAtOf(told),
    ...(data.credits.length > 0 && { acknowledgments: credits(data) }),
    product_status: { known_affected: affected, ...(fixed.length > 0 && { fixed }) },
    threats: [{ category: 'impact', details: `${data.impact} CVSS 4.0: ${score}.`, product_ids: affected }],
    remediations: [
      ...remedy(
        'vendor_fix',
        data.solution,
        withFix.map(({ affected }) => affected),
      ),
      ...remedy(
        'none_available',
        data.solution,
        without.map(({ affected }) => affected),
      ),
      ...remedy('workaround', data.workaround ?? '', data.workaround === undefined ? [] : affected),
    ],
  };
}

function weakness(cwe: CweId): string {
  const name = weaknessNames.get(cwe);
  return name === undefined ? cwe : `${cwe}: ${name}`;
}

function credits({ credits }: Advisory) {
  return credits.map(({ name, url, role }) => ({
    names: [name],
    summary: creditRoleWords[role],
    ...(url && { urls: [url] }),
  }));
}

/** Each range of versions is a product of its own in CSAF, and so is the version that ends it. */
function ids({ affected }: Advisory): { affected: string; fixed: string | undefined }[] {
  return affected.flatMap(({ versions }, product) =>
    versions.map(({ fixed }, range) => ({
      affected: `affected-${product + 1}-${range + 1}`,
      fixed: fixed === undefined ? undefined : `fixed-${product + 1}-${range + 1}`,
    })),
  );
}

function branches({ affected }: Advisory) {
  return affected.map(({ product, purl, versions }, place) => ({
    category: 'product_name',
    name: product,
    branches: versions.flatMap((range, index) => [
      {
        category: 'product_version_range',
        name: versionRange(purl === undefined ? 'generic' : packageOf(purl).type, range),
        product: {
          name: `${product}: ${rangeText(range).toLowerCase()}`,
          product_id: `affected-${place + 1}-${index + 1}`,
          ...(purl && { product_identification_helper: { purl } }),
        },
      },
      ...(range.fixed === undefined
        ? []
        : [
            {
              category: 'product_version',
              name: range.fixed,
              product: {
                name: `${product} ${range.fixed}`,
                product_id: `fixed-${place + 1}-${index + 1}`,
                ...(purl && { product_identification_helper: { purl: `${purl}@${encodeURIComponent(range.fixed)}` } }),
              },
            },
          ]),
    ]),
  }));
}

/** A version range specifier (vers) in its canonical form, as CSAF 2.0 asks for (section 3.1.2.3.2). */
function versionRange(scheme: string, { introduced, fixed }: Advisory['affected'][number]['versions'][number]): string {
  const limits = [
    ...(introduced === '0' ? [] : [`>=${encodeURIComponent(introduced)}`]),
    ...(fixed === undefined ? [] : [`<${encodeURIComponent(fixed)}`]),
  ];
  return limits.length === 0 ? 'vers:all/*' : `vers:${scheme}/${limits.join('|')}`;
}
