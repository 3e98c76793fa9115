import { CSAF_FOLDER, csafPath, csafPublisher, csafUrl } from './csaf.ts';
import { type Publisher, publishedAtOf, type ToldAdvisory } from './told.ts';

/** The name of the ROLIE feed, beside the documents. */
export const ROLIE_FEED = 'csaf-feed-tlp-white.json';

const information = { scheme: 'urn:ietf:params:rolie:category:information-type', term: 'csaf' };
const newest = (advisories: readonly ToldAdvisory[]) => advisories[0]?.updatedAt ?? '1970-01-01T00:00:00.000Z';

/** Where the public OpenPGP key lies (requirement 20). */
export function openpgpUrl({ home }: Pick<Publisher, 'home'>, fingerprint: string): string {
  return `${home}${CSAF_FOLDER}/openpgp/${fingerprint}.asc`;
}

/**
 * provider-metadata.json (CSAF 2.0, requirement 7). A trusted provider has hashes, signatures and a public key; without a key
 * one is a provider, by sections 7.2.2 and 7.2.3. All times are those of content: `advisories` has the newest first.
 */
export function providerMetadata(
  advisories: readonly ToldAdvisory[],
  publisher: Publisher,
  fingerprint: string | undefined,
) {
  const folder = `${publisher.home}${CSAF_FOLDER}`;
  return {
    canonical_url: `${folder}/provider-metadata.json`,
    distributions: [
      {
        directory_url: `${folder}/white/`,
        rolie: {
          feeds: [
            {
              summary: `All advisories of ${publisher.organization.name}`,
              tlp_label: 'WHITE',
              url: `${folder}/white/${ROLIE_FEED}`,
            },
          ],
          services: [`${folder}/service.json`],
        },
      },
    ],
    last_updated: newest(advisories),
    list_on_CSAF_aggregators: true,
    metadata_version: '2.0',
    mirror_on_CSAF_aggregators: true,
    ...(fingerprint && { public_openpgp_keys: [{ fingerprint, url: openpgpUrl(publisher, fingerprint) }] }),
    publisher: csafPublisher(publisher),
    role: fingerprint === undefined ? 'csaf_provider' : 'csaf_trusted_provider',
  };
}

/** The ROLIE feed (RFC 8322, as requirement 15 has it): each document with its hashes, and its signature where there is one. */
export function rolieFeed(advisories: readonly ToldAdvisory[], publisher: Publisher, signed: boolean) {
  return {
    feed: {
      // Without the characters of an address: so has CSAF’s own schema for such feeds.
      id: `${publisher.home.replace('https://', '').replace(/[^\w.-]+/g, '-')}-csaf-feed-tlp-white`,
      title: `Advisories of ${publisher.organization.name} (TLP:WHITE)`,
      link: [
        { rel: 'self', href: `${publisher.home}${CSAF_FOLDER}/white/${ROLIE_FEED}` },
        { rel: 'service', href: `${publisher.home}${CSAF_FOLDER}/service.json` },
      ],
      category: [information],
      updated: newest(advisories),
      entry: advisories.map((told) => {
        const src = csafUrl(told, publisher);
        return {
          id: told.id,
          title: told.data.title,
          link: [
            { rel: 'self', href: src },
            { rel: 'hash', href: `${src}.sha256` },
            { rel: 'hash', href: `${src}.sha512` },
            ...(signed ? [{ rel: 'signature', href: `${src}.asc` }] : []),
          ],
          published: publishedAtOf(told),
          updated: told.updatedAt,
          summary: { content: told.data.summary },
          content: { type: 'application/json', src },
          format: { schema: 'https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json', version: '2.0' },
        };
      }),
    },
  };
}

/** The ROLIE service document (requirement 16). */
export function rolieService({ organization, home }: Publisher) {
  const collection = {
    title: `Advisories of ${organization.name} (TLP:WHITE)`,
    href: `${home}${CSAF_FOLDER}/white/${ROLIE_FEED}`,
    categories: { category: [information] },
  };
  return { service: { workspace: [{ title: `Advisories of ${organization.name}`, collection: [collection] }] } };
}

/** index.txt: every document, relative to its folder (requirement 12). */
export function csafIndex(advisories: readonly ToldAdvisory[]): string {
  return lines(advisories.map(csafPath).sort());
}

/** changes.csv: every document with the time of its last change, newest first (requirement 13). */
export function csafChanges(advisories: readonly ToldAdvisory[]): string {
  return lines(advisories.map((told) => `"${csafPath(told)}","${told.updatedAt}"`));
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
