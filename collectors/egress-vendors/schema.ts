import { z } from 'zod';
import { Duration, Id, Instant } from '../../schemas/index.ts';
import { HostReading, VendorReading } from '../vendors/assess.ts';
import { hostExpect } from '../vendors/expect.ts';
import { vendorFacts } from '../vendors/facts.ts';

const column = z.string().min(1).max(100);

/** The declared intent. An author writes it under `collect.egress-vendors.expect` of a source. */
export const Expect = z
  .strictObject({
    format: z.enum(['csv', 'json-lines', 'columns']).meta({
      description:
        'csv; json-lines (one object a line); columns (separated by white space, as of Squid or AWS flow logs).',
    }),
    delimiter: z
      .string()
      .length(1)
      .default(',')
      .meta({ description: 'What separates the columns of csv; a comma when left out.' }),
    columns: z.array(column).max(200).optional().meta({
      description: 'The names of the columns, where the first line does not hold them.',
    }),
    mapping: z
      .strictObject({
        host: column.meta({ description: 'Where the traffic goes: a host, host:port, an address or a URL.' }),
        time: column.meta({
          description: 'When: ISO 8601, in UTC where it names no zone; or seconds or milliseconds since 1970.',
        }),
        bytes: column.optional().meta({ description: 'Bytes sent, a number.' }),
        requests: column.optional().meta({ description: 'How many requests a line stands for; one when left out.' }),
      })
      .meta({ description: 'Columns by name; in json-lines a dot goes deeper: request.authority.' }),
    newestWithin: Duration.default('48h').meta({
      description: 'How old the newest line may be; an old log says nothing of today. 48h when left out.',
    }),
    ...hostExpect,
  })
  .meta({ description: 'How the log is written, and which vendors are no subprocessors.' });
export type Expect = z.infer<typeof Expect>;

/** What `collect` hands to `assess`. Hosts that are not in the map, and addresses, do not come this far. */
export const Raw = z.strictObject({
  ...VendorReading.shape,
  hosts: HostReading,
  lines: z.int().nonnegative(),
  /** Lines that name no host, by the log’s own sign for nothing, `-`. */
  withoutHost: z.int().nonnegative(),
  unreadable: z.int().nonnegative(),
  now: Instant,
  oldestAt: Instant.nullable(),
  newestAt: Instant.nullable(),
  traffic: z.array(z.strictObject({ id: Id, requests: z.int().nonnegative(), bytes: z.int().nonnegative() })),
});
export type Raw = z.infer<typeof Raw>;

/** The allow-list: besides findings, nothing but this is ever published. */
export const Facts = z.strictObject({
  ...vendorFacts,
  linesRead: z.int().nonnegative(),
  oldestLineAt: Instant.nullable(),
  newestLineAt: Instant.nullable(),
  /** `stripe: 12 requests, 3456 bytes`; the 50 vendors with the most requests. */
  traffic: z.array(z.string().max(200)).max(50),
});
export type Facts = z.infer<typeof Facts>;
