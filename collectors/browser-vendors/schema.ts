import { z } from 'zod';
import { HostReading, VendorReading } from '../vendors/assess.ts';
import { hostExpect } from '../vendors/expect.ts';
import { vendorFacts } from '../vendors/facts.ts';

const address = z
  .url({ protocol: /^https?$/, error: 'must be the address of a page, such as https://app.example.com/inbox' })
  .refine((url) => !URL.canParse(url) || new URL(url).username === '', 'must not hold a login');

/** The declared intent. An author writes it under `collect.browser-vendors.expect` of a source. */
export const Expect = z
  .strictObject({
    pages: z
      .array(
        z.union([
          address,
          z.strictObject({
            url: address,
            shows: z.string().min(1).max(200).meta({
              description: 'A CSS selector of something that only this page has; without it the page was not seen.',
            }),
          }),
        ]),
      )
      .min(1)
      .max(200)
      .meta({ description: 'The pages to load, by address. Private: neither paths nor queries are published.' }),
    crawlUpTo: z.int().min(0).max(500).default(0).meta({
      description: 'Follow links on the same site until so many pages are known; 0, the default, follows none.',
    }),
    ...hostExpect,
  })
  .meta({ description: 'Which pages of the product are loaded, and which of the hosts they reach are not vendors.' });
export type Expect = z.infer<typeof Expect>;

/** What `collect` hands to `assess`. No address of a page comes this far, and no host that is nobody’s of the map. */
export const Raw = z.strictObject({
  reading: VendorReading,
  hosts: HostReading,
  /** Declared pages in their order, then those that were followed to; why each was not seen, or null. */
  pages: z.array(z.strictObject({ declared: z.boolean(), problem: z.string().nullable() })).min(1),
  /** Whether there are links that were not followed. */
  more: z.boolean(),
  requests: z.array(z.strictObject({ vendor: z.string(), types: z.array(z.string()), pages: z.int().positive() })),
  answeredLocally: z.boolean(),
  signedIn: z.boolean(),
});
export type Raw = z.infer<typeof Raw>;

/** The allow-list: besides findings, nothing but this is ever published. */
export const Facts = z.strictObject({
  ...vendorFacts,
  /** `segment: fetch, script on 3 pages`. */
  requests: z.array(z.string().max(200)).max(50),
  pagesSeen: z.int().nonnegative(),
  pagesTried: z.int().nonnegative(),
  ownHosts: z.int().nonnegative(),
  unknownHosts: z.int().nonnegative(),
  signedIn: z.boolean(),
  /** True only for tests and demonstrations: hosts of others were answered by the collector’s own machine. */
  answeredLocally: z.boolean(),
});
export type Facts = z.infer<typeof Facts>;
