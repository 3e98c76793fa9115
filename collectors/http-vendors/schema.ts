import { z } from 'zod';
import { HostReading, VendorReading } from '../vendors/assess.ts';
import { hostExpect } from '../vendors/expect.ts';
import { vendorFacts } from '../vendors/facts.ts';

/** The declared intent. An author writes it under `collect.http-vendors.expect` of a source. */
export const Expect = z
  .strictObject({
    urls: z
      .array(
        z
          .url({ protocol: /^https?$/, error: 'must be a web address, such as https://app.example.com/' })
          .refine((url) => !URL.canParse(url) || new URL(url).username === '', 'must not hold a login'),
      )
      .min(1)
      .max(200)
      .meta({ description: 'The addresses to ask. Private: neither paths nor queries are published.' }),
    ...hostExpect,
  })
  .meta({ description: 'Which addresses are asked, and which of the hosts that their headers name are no vendors.' });
export type Expect = z.infer<typeof Expect>;

/** What `collect` hands to `assess`. No address and no header comes this far. */
export const Raw = z.strictObject({
  reading: VendorReading,
  hosts: HostReading,
  /** Addresses in their declared order: why each did not answer, or null; and what its policy allows. */
  answers: z.array(z.strictObject({ problem: z.string().nullable(), policy: z.enum(['none', 'named', 'any']) })).min(1),
  answeredLocally: z.boolean(),
});
export type Raw = z.infer<typeof Raw>;

/** The allow-list: besides findings, nothing but this is ever published. */
export const Facts = z.strictObject({
  ...vendorFacts,
  answered: z.int().nonnegative(),
  asked: z.int().nonnegative(),
  /** How many have no Content-Security-Policy, and how many have one that lets in any host. */
  withoutPolicy: z.int().nonnegative(),
  policyAllowsAny: z.int().nonnegative(),
  unknownHosts: z.int().nonnegative(),
  /** True only for tests and demonstrations. */
  answeredLocally: z.boolean(),
});
export type Facts = z.infer<typeof Facts>;
