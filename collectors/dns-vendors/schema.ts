import { z } from 'zod';
import { VendorSignals } from '../../schemas/index.ts';
import { HostReading, VendorReading } from '../vendors/assess.ts';
import { hostExpect } from '../vendors/expect.ts';
import { vendorFacts } from '../vendors/facts.ts';

const host = VendorSignals.shape.host.unwrap().element;

/** The declared intent. An author writes it under `collect.dns-vendors.expect` of a source. */
export const Expect = z
  .strictObject({
    domains: z.array(host).min(1).max(200).meta({
      description: 'Domains whose mail, SPF and verification records are read. They are the company’s own. Published.',
    }),
    hosts: z.array(host).max(1000).default([]).meta({
      description: 'Host names whose aliases are followed, such as www.larkspur.example. Published.',
    }),
    timeoutMs: z.int().min(100).max(30_000).default(3_000).meta({
      description: 'How long one try of one question may take, in milliseconds; each is tried twice.',
    }),
    ...hostExpect,
  })
  .meta({ description: 'The domains and hosts of the company, and which vendors are no subprocessors.' });
export type Expect = z.infer<typeof Expect>;

/** What is wrong with a question or a record, for somebody who may mend it. */
export const Problem = z.enum([
  'no such name',
  'timeout',
  'refused',
  'server failure',
  'malformed',
  'two SPF records',
  'too many SPF lookups',
  'SPF loop',
  'SPF include without record',
  'SPF include by macro',
  'alias loop',
  'too many aliases',
]);
export type Problem = z.infer<typeof Problem>;

/** What `collect` hands to `assess`. Texts of records that are not in the map do not come this far. */
export const Raw = z.strictObject({
  ...VendorReading.shape,
  hosts: HostReading,
  /** The declared names, and what is wrong with each. */
  names: z.array(z.strictObject({ name: z.string(), problems: z.array(Problem) })),
  spfLookups: z.int().nonnegative(),
  unknownTexts: z.int().nonnegative(),
});
export type Raw = z.infer<typeof Raw>;

/** The allow-list: besides findings, nothing but this is ever published. */
export const Facts = z.strictObject({
  ...vendorFacts,
  namesAsked: z.int().nonnegative(),
  /** Of the domain that needs most; RFC 7208 allows 10. */
  mostSpfLookups: z.int().nonnegative(),
});
export type Facts = z.infer<typeof Facts>;
