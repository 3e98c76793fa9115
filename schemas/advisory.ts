import { z } from 'zod';
import { Prose, Title, WebUrl } from './core/text.ts';
import { DateOn, Instant } from './core/time.ts';
import { CveId, CvssVector, CweId, GhsaId, PackageUrl, Version } from './core/weakness.ts';

/** Entries that all differ: others, CVE among them, take no list that holds one thing twice. */
function different<T extends z.ZodType>(entry: T) {
  return z.array(entry).refine((list) => new Set(list.map((one) => JSON.stringify(one))).size === list.length, {
    message: 'must not hold anything twice',
  });
}

/** Versions from `introduced` on, up to but without `fixed`. */
const VersionRange = z.strictObject({
  introduced: Version.meta({ description: 'The first version that is affected; `0` when all before are too.' }),
  fixed: Version.optional().meta({ description: 'The first version that is not; left out while there is none.' }),
});

/** Somebody who has agreed to be named. Whoever has not is left out. */
export const Credit = z.strictObject({
  name: Title.meta({ description: 'As the person wants to be named.' }),
  url: WebUrl.optional(),
  role: z.enum(['finder', 'reporter', 'analyst', 'coordinator', 'fix-developer', 'fix-reviewer', 'tool']),
  consentedOn: DateOn.meta({ description: 'The day on which this person agreed to be named here.' }),
});
export type Credit = z.infer<typeof Credit>;

/**
 * A weakness that touched customers, what it meant and what to do. `content/advisories/<id>.mdx`; the body holds what else
 * there is to tell. The page, OSV, CSAF 2.0, the draft for a CVE and the feeds are all made from it.
 */
export const Advisory = z
  .strictObject({
    title: Title,
    publishedAt: Instant.meta({
      description: 'An instant, because others ask for what is newer than their last look.',
    }),
    revisions: z
      .array(z.strictObject({ at: Instant, summary: Prose }))
      .default([])
      .meta({ description: 'What was changed after publication, oldest first.' }),
    summary: Prose.meta({ description: 'What was wrong.' }),
    impact: Prose.meta({ description: 'What somebody could do with it, and whether anybody did.' }),
    solution: Prose.meta({ description: 'What customers should do, even when that is nothing.' }),
    workaround: Prose.optional().meta({ description: 'What helps until then.' }),
    cvss: CvssVector,
    cwe: different(CweId).default([]),
    cve: CveId.optional(),
    ghsa: GhsaId.optional(),
    affected: z
      .array(
        z.strictObject({
          product: Title.meta({ description: 'A product of the disclosure policy, by its name.' }),
          hosted: z.boolean().default(false).meta({ description: 'True for what only we run.' }),
          purl: PackageUrl.optional(),
          versions: z.array(VersionRange).min(1),
        }),
      )
      .min(1),
    references: different(
      z.strictObject({
        kind: z.enum(['advisory', 'article', 'fix', 'release-notes', 'report', 'web']),
        title: Title,
        url: WebUrl,
      }),
    ).default([]),
    credits: different(Credit).default([]),
    timeline: different(
      z.strictObject({
        on: DateOn,
        event: z.enum([
          'introduced',
          'reported',
          'acknowledged',
          'confirmed',
          'exploited',
          'mitigated',
          'fixed',
          'told',
        ]),
        note: Prose.optional(),
      }),
    )
      .default([])
      .meta({ description: 'What happened before and around publication, oldest first; publication itself is added.' }),
    withdrawn: z
      .strictObject({ at: Instant, reason: Prose })
      .optional()
      .meta({ description: 'When it turned out to be wrong. It stays where it is, and says so.' }),
  })
  .meta({ id: 'Advisory', description: 'A weakness, who is affected, and what to do.' });
export type Advisory = z.infer<typeof Advisory>;

/** People who helped and agreed to be named, beside those of advisories. `content/acknowledgements.yaml` */
export const Acknowledgements = z
  .strictObject({
    thanks: z
      .array(
        z.strictObject({
          name: Title.meta({ description: 'As the person wants to be named.' }),
          url: WebUrl.optional(),
          for: Title.meta({ description: 'What for, without what must stay private.' }),
          on: DateOn.meta({ description: 'The day of the report, or of its fix.' }),
          consentedOn: DateOn.meta({ description: 'The day on which this person agreed to be named here.' }),
        }),
      )
      .default([]),
  })
  .meta({ id: 'Acknowledgements', description: 'Who helped us and agreed to be thanked by name.' });
export type Acknowledgements = z.infer<typeof Acknowledgements>;
