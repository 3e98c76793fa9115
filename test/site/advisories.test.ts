import * as mandatory from '@secvisogram/csaf-validator-lib/basic.js';
import { weaknesses } from '@secvisogram/csaf-validator-lib/cwe.js';
import * as optional from '@secvisogram/csaf-validator-lib/optionalTests.js';
import validate from '@secvisogram/csaf-validator-lib/validateStrict.js';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../posture/digest.ts';
import { csaf, csafPath, csafUrl } from '../../site/advisories/csaf.ts';
import { cveDraft } from '../../site/advisories/cve.ts';
import { weaknessNames } from '../../site/advisories/cwe.ts';
import { osv } from '../../site/advisories/osv.ts';
import { packageOf } from '../../site/advisories/packages.ts';
import { csafChanges, csafIndex, providerMetadata, rolieFeed } from '../../site/advisories/provider.ts';
import type { ToldAdvisory } from '../../site/advisories/told.ts';
import { advisories, publisher } from './advisories.ts';

/** As it is published. */
const published = (value: unknown): unknown => JSON.parse(canonicalJson(value));
const named = (id: string): ToldAdvisory => {
  const found = advisories.find((told) => told.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};

describe('CSAF 2.0', () => {
  test.each(advisories.map((told) => [told.id, told] as const))(
    '%s passes schema and mandatory tests',
    async (_, told) => {
      const { isValid, tests } = await validate(Object.values(mandatory), published(csaf(told, publisher)));
      expect(tests.flatMap(({ name, errors }) => errors.map((error) => `${name} ${error.instancePath}`))).toEqual([]);
      expect(tests.length).toBeGreaterThan(40);
      expect(isValid).toBe(true);
    },
  );

  test('the validator is not fed what it cannot refuse', async () => {
    const document = csaf(named('package-2026-002'), publisher);
    const turned = { ...document, document: { ...document.document, csaf_version: '2.1' } };
    expect((await validate(Object.values(mandatory), published(turned))).isValid).toBe(false);
    const unknown = document.vulnerabilities?.map((found) => ({ ...found, product_status: { fixed: ['nothing'] } }));
    const dangling = { ...document, vulnerabilities: unknown };
    expect((await validate(Object.values(mandatory), published(dangling))).isValid).toBe(false);
  });

  test('what the optional tests still say is what CSAF 2.0 has no place for', async () => {
    const said = await Promise.all(
      advisories.map(async (told) => {
        const { tests } = await validate(Object.values(optional), published(csaf(told, publisher)));
        return tests.flatMap(({ name, warnings }) => warnings.map(({ message }) => `${name}: ${message}`));
      }),
    );
    expect([...new Set(said.flat())].sort()).toMatchInlineSnapshot(`
      [
        "optionalTest_6_2_16: missing product identification helper",
        "optionalTest_6_2_3: missing score",
      ]
    `);
  });

  test('no score of a version that nobody gave', () => {
    for (const told of advisories) expect(canonicalJson(csaf(told, publisher))).not.toMatch(/"scores"|cvss_v[23]/);
    expect(canonicalJson(csaf(named('most-2026-001'), publisher))).toContain(named('most-2026-001').data.cvss);
  });

  test('one that was withdrawn is told as CSAF 2.1 tells it, and says of no product how it stands', () => {
    const { document, ...rest } = csaf(named('withdrawn-2026-003'), publisher);
    expect(rest).toEqual({});
    expect(document.category).toBe('Withdrawn');
    expect(document.notes.filter(({ category }) => category === 'description')).toEqual([
      { category: 'description', title: 'Reasoning for Withdrawal', text: 'It was a mistake.' },
    ]);
    expect(document.tracking.revision_history.at(-1)?.summary).toBe('Withdrawn: It was a mistake.');
    expect(document).not.toHaveProperty('aggregate_severity');
  });

  test('a document lies in the year of its first publication, in UTC, under the name that the standard gives', () => {
    expect(advisories.map(csafPath)).toMatchInlineSnapshot(`
      [
        "2026/withdrawn-2026-003.json",
        "2026/most-2026-001.json",
        "2026/package-2026-002.json",
        "2025/least-2025-001.json",
      ]
    `);
    expect(csafPath({ ...named('least-2025-001'), id: '2022_#01-A' })).toBe('2025/2022_01-a.json');
  });

  test('index, changes, feed and metadata name every document, newest first, and no time but those of content', () => {
    expect(csafIndex(advisories).trimEnd().split('\n')).toEqual(advisories.map(csafPath).sort());
    expect(csafChanges(advisories)).toMatchInlineSnapshot(`
      ""2026/withdrawn-2026-003.json","2026-07-01T00:00:00.000Z"
      "2026/most-2026-001.json","2026-06-17T15:00:01.000Z"
      "2026/package-2026-002.json","2026-06-17T15:00:00.000Z"
      "2025/least-2025-001.json","2025-12-31T23:59:59.000Z"
      "
    `);
    const feed = rolieFeed(advisories, publisher, false);
    expect(feed.feed.entry.map(({ content }) => content.src)).toEqual(
      advisories.map((told) => csafUrl(told, publisher)),
    );
    expect(feed.feed.updated).toBe(advisories[0]?.updatedAt);
    // The schema that CSAF’s checker holds feeds against takes no address here.
    expect(feed.feed.id).toBe('larkspur.example-trust-csaf-feed-tlp-white');
    expect(canonicalJson(feed)).not.toContain('.asc');
    expect(canonicalJson(rolieFeed(advisories, publisher, true)).match(/\.json\.asc/g)).toHaveLength(advisories.length);
  });

  test('the role is what is there: a provider, and a trusted one only with a key', () => {
    expect(providerMetadata(advisories, publisher, undefined)).toMatchObject({ role: 'csaf_provider' });
    expect(providerMetadata(advisories, publisher, undefined)).not.toHaveProperty('public_openpgp_keys');
    expect(providerMetadata(advisories, publisher, 'A'.repeat(40))).toMatchInlineSnapshot(`
      {
        "canonical_url": "https://larkspur.example/trust/.well-known/csaf/provider-metadata.json",
        "distributions": [
          {
            "directory_url": "https://larkspur.example/trust/.well-known/csaf/white/",
            "rolie": {
              "feeds": [
                {
                  "summary": "All advisories of Larkspur Desk",
                  "tlp_label": "WHITE",
                  "url": "https://larkspur.example/trust/.well-known/csaf/white/csaf-feed-tlp-white.json",
                },
              ],
              "services": [
                "https://larkspur.example/trust/.well-known/csaf/service.json",
              ],
            },
          },
        ],
        "last_updated": "2026-07-01T00:00:00.000Z",
        "list_on_CSAF_aggregators": true,
        "metadata_version": "2.0",
        "mirror_on_CSAF_aggregators": true,
        "public_openpgp_keys": [
          {
            "fingerprint": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "url": "https://larkspur.example/trust/.well-known/csaf/openpgp/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.asc",
          },
        ],
        "publisher": {
          "category": "vendor",
          "contact_details": "security@larkspur.example",
          "name": "Larkspur Desk",
          "namespace": "https://larkspur.example",
        },
        "role": "csaf_trusted_provider",
      }
    `);
  });
});

test('names of weaknesses are those of the list', () => {
  const known = new Map(weaknesses.map(({ id, name }) => [id, name]));
  for (const [id, name] of weaknessNames) expect([id, name]).toEqual([id, known.get(id)]);
});

test('packages are named as their ecosystems name them', () => {
  const purls = [
    'pkg:npm/%40larkspur/webhooks',
    'pkg:maven/example.larkspur/hooks',
    'pkg:golang/larkspur.example/hooks/v2',
  ];
  expect(purls.map((purl) => packageOf(purl)).map(({ ecosystem, name }) => `${ecosystem} ${name}`)).toEqual([
    'npm @larkspur/webhooks',
    'Maven example.larkspur:hooks',
    'Go larkspur.example/hooks/v2',
  ]);
});

// These texts were held against OSV's schema 1.7.5 and CVE's container schema 5.1.1, which are not ours to keep here; whoever
// changes one does so again.
describe('other formats', () => {
  test('OSV', () => {
    expect(osv(named('most-2026-001'))).toMatchInlineSnapshot(`
      {
        "affected": [
          {
            "package": {
              "ecosystem": "npm",
              "name": "@larkspur/webhooks",
              "purl": "pkg:npm/%40larkspur/webhooks",
            },
            "ranges": [
              {
                "events": [
                  {
                    "introduced": "0",
                  },
                  {
                    "fixed": "1.9.4",
                  },
                  {
                    "introduced": "2.0.0-rc.1",
                  },
                  {
                    "fixed": "2.3.1+b",
                  },
                ],
                "type": "SEMVER",
              },
            ],
          },
          {
            "package": {
              "ecosystem": "Maven",
              "name": "example.larkspur:hooks",
              "purl": "pkg:maven/example.larkspur/hooks",
            },
            "ranges": [
              {
                "events": [
                  {
                    "introduced": "2026.3",
                  },
                ],
                "type": "ECOSYSTEM",
              },
            ],
          },
        ],
        "aliases": [
          "CVE-2026-12345",
          "GHSA-2c4m-59x9-fr2g",
        ],
        "credits": [
          {
            "contact": [
              "https://okafor.example",
            ],
            "name": "Ines the finder",
            "type": "FINDER",
          },
          {
            "contact": [
              "https://okafor.example",
            ],
            "name": "Ines the reporter",
            "type": "REPORTER",
          },
          {
            "contact": [
              "https://okafor.example",
            ],
            "name": "Ines the analyst",
            "type": "ANALYST",
          },
          {
            "contact": [
              "https://okafor.example",
            ],
            "name": "Ines the coordinator",
            "type": "COORDINATOR",
          },
          {
            "contact": [
              "https://okafor.example",
            ],
            "name": "Ines the fix-developer",
            "type": "REMEDIATION_DEVELOPER",
          },
          {
            "contact": [
              "https://okafor.example",
            ],
            "name": "Ines the fix-reviewer",
            "type": "REMEDIATION_REVIEWER",
          },
          {
            "contact": [
              "https://okafor.example",
            ],
            "name": "Ines the tool",
            "type": "TOOL",
          },
        ],
        "database_specific": {
          "cvss_rating": "medium",
          "cvss_score": 6.6,
          "cwe_ids": [
            "CWE-99999",
            "CWE-208",
          ],
        },
        "details": "It <b>was</b> wrong & "quoted".

      It meant this.

      Update.

      Wait.

      Affected without a package: Larkspur Desk.",
        "id": "x_most-2026-001",
        "modified": "2026-06-17T15:00:01.000Z",
        "published": "2026-06-17T15:00:00.000Z",
        "references": [
          {
            "type": "ADVISORY",
            "url": "https://larkspur.example/trust/advisories/most-2026-001/",
          },
          {
            "type": "ADVISORY",
            "url": "https://larkspur.example/advisory",
          },
          {
            "type": "ARTICLE",
            "url": "https://larkspur.example/article",
          },
          {
            "type": "FIX",
            "url": "https://larkspur.example/fix",
          },
          {
            "type": "WEB",
            "url": "https://larkspur.example/release-notes",
          },
          {
            "type": "REPORT",
            "url": "https://larkspur.example/report",
          },
          {
            "type": "WEB",
            "url": "https://larkspur.example/web",
          },
        ],
        "schema_version": "1.7.5",
        "severity": [
          {
            "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N/E:U",
            "type": "CVSS_V4",
          },
        ],
        "summary": "Something was wrong",
      }
    `);
    expect(osv(named('withdrawn-2026-003'))).toMatchObject({ withdrawn: '2026-07-01T00:00:00.000Z' });
  });

  test('CVE', () => {
    expect(cveDraft(named('most-2026-001'), publisher)).toMatchInlineSnapshot(`
      {
        "cnaContainer": {
          "affected": [
            {
              "defaultStatus": "unaffected",
              "product": "Larkspur Desk",
              "vendor": "Larkspur Desk",
              "versions": [
                {
                  "lessThan": "*",
                  "status": "affected",
                  "version": "0",
                  "versionType": "custom",
                },
              ],
            },
            {
              "collectionURL": "https://registry.npmjs.org",
              "defaultStatus": "unaffected",
              "packageName": "@larkspur/webhooks",
              "product": "Webhooks",
              "vendor": "Larkspur Desk",
              "versions": [
                {
                  "lessThan": "1.9.4",
                  "status": "affected",
                  "version": "0",
                  "versionType": "semver",
                },
                {
                  "lessThan": "2.3.1+b",
                  "status": "affected",
                  "version": "2.0.0-rc.1",
                  "versionType": "semver",
                },
              ],
            },
            {
              "collectionURL": "https://repo.maven.apache.org/maven2",
              "defaultStatus": "unaffected",
              "packageName": "example.larkspur:hooks",
              "product": "Webhooks",
              "vendor": "Larkspur Desk",
              "versions": [
                {
                  "lessThan": "*",
                  "status": "affected",
                  "version": "2026.3",
                  "versionType": "custom",
                },
              ],
            },
          ],
          "credits": [
            {
              "lang": "en",
              "type": "finder",
              "value": "Ines the finder",
            },
            {
              "lang": "en",
              "type": "reporter",
              "value": "Ines the reporter",
            },
            {
              "lang": "en",
              "type": "analyst",
              "value": "Ines the analyst",
            },
            {
              "lang": "en",
              "type": "coordinator",
              "value": "Ines the coordinator",
            },
            {
              "lang": "en",
              "type": "remediation developer",
              "value": "Ines the fix-developer",
            },
            {
              "lang": "en",
              "type": "remediation reviewer",
              "value": "Ines the fix-reviewer",
            },
            {
              "lang": "en",
              "type": "tool",
              "value": "Ines the tool",
            },
          ],
          "datePublic": "2026-06-17T15:00:00.000Z",
          "descriptions": [
            {
              "lang": "en",
              "value": "It <b>was</b> wrong & "quoted". It meant this.",
            },
          ],
          "metrics": [
            {
              "cvssV4_0": {
                "baseScore": 8.7,
                "baseSeverity": "HIGH",
                "vectorString": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N/E:U",
                "version": "4.0",
              },
              "format": "CVSS",
              "scenarios": [
                {
                  "lang": "en",
                  "value": "GENERAL",
                },
              ],
            },
          ],
          "problemTypes": [
            {
              "descriptions": [
                {
                  "cweId": "CWE-99999",
                  "description": "CWE-99999",
                  "lang": "en",
                  "type": "CWE",
                },
              ],
            },
            {
              "descriptions": [
                {
                  "cweId": "CWE-208",
                  "description": "CWE-208 Observable Timing Discrepancy",
                  "lang": "en",
                  "type": "CWE",
                },
              ],
            },
          ],
          "references": [
            {
              "tags": [
                "vendor-advisory",
              ],
              "url": "https://larkspur.example/trust/advisories/most-2026-001/",
            },
            {
              "name": "advisory",
              "tags": [
                "third-party-advisory",
              ],
              "url": "https://larkspur.example/advisory",
            },
            {
              "name": "article",
              "tags": [
                "technical-description",
              ],
              "url": "https://larkspur.example/article",
            },
            {
              "name": "fix",
              "tags": [
                "patch",
              ],
              "url": "https://larkspur.example/fix",
            },
            {
              "name": "release-notes",
              "tags": [
                "release-notes",
              ],
              "url": "https://larkspur.example/release-notes",
            },
            {
              "name": "report",
              "tags": [
                "technical-description",
              ],
              "url": "https://larkspur.example/report",
            },
            {
              "name": "web",
              "url": "https://larkspur.example/web",
            },
          ],
          "solutions": [
            {
              "lang": "en",
              "value": "Update.",
            },
          ],
          "source": {
            "advisory": "most-2026-001",
            "discovery": "UNKNOWN",
          },
          "timeline": [
            {
              "lang": "en",
              "time": "2026-06-09T00:00:00.000Z",
              "value": "The weakness came in. So it was.",
            },
            {
              "lang": "en",
              "time": "2026-06-09T00:00:00.000Z",
              "value": "Reported to us. So it was.",
            },
            {
              "lang": "en",
              "time": "2026-06-09T00:00:00.000Z",
              "value": "We answered the reporter. So it was.",
            },
            {
              "lang": "en",
              "time": "2026-06-09T00:00:00.000Z",
              "value": "Confirmed. So it was.",
            },
            {
              "lang": "en",
              "time": "2026-06-09T00:00:00.000Z",
              "value": "Known to be used. So it was.",
            },
            {
              "lang": "en",
              "time": "2026-06-09T00:00:00.000Z",
              "value": "Mitigated. So it was.",
            },
            {
              "lang": "en",
              "time": "2026-06-09T00:00:00.000Z",
              "value": "Fixed. So it was.",
            },
            {
              "lang": "en",
              "time": "2026-06-09T00:00:00.000Z",
              "value": "Customers told. So it was.",
            },
          ],
          "title": "Something was wrong",
          "workarounds": [
            {
              "lang": "en",
              "value": "Wait.",
            },
          ],
        },
      }
    `);
    expect(cveDraft(named('withdrawn-2026-003'), publisher)).toEqual({
      cnaContainer: { rejectedReasons: [{ lang: 'en', value: 'It was a mistake.' }] },
    });
  });

  test('CVE takes texts of 4096 characters: longer ones are two', () => {
    const told = named('least-2025-001');
    const [summary, impact] = ['s'.repeat(4000), 'i'.repeat(4000)];
    const draft = cveDraft({ ...told, data: { ...told.data, summary, impact } }, publisher);
    expect(draft).toMatchObject({ cnaContainer: { descriptions: [{ value: summary }, { value: impact }] } });
  });

  test('only what is hosted alone is told to be so', () => {
    expect(cveDraft(named('least-2025-001'), publisher)).toMatchObject({
      cnaContainer: { tags: ['exclusively-hosted-service'] },
    });
    expect(cveDraft(named('package-2026-002'), publisher).cnaContainer).not.toHaveProperty('tags');
  });
});
