import { z } from 'zod';
import { SubprocessorFacts } from '../../posture/subprocessor-facts.ts';
import { DateOn, DayCount, Id, Subprocessor } from '../../schemas/index.ts';
import { DeclaredVendor } from '../vendors/declared.ts';

/** What customers are promised before the list changes. */
export const NoticePromise = z
  .strictObject({
    since: DateOn.meta({ description: 'Since when this is promised; what was announced before is not judged.' }),
    notice: DayCount.meta({ description: 'From the announcement until the change takes effect.' }),
    objection: DayCount.optional().meta({ description: 'From the announcement until the last day to object.' }),
  })
  .meta({ description: 'What customers are promised before a subprocessor is added or changes.' });
export type NoticePromise = z.infer<typeof NoticePromise>;

/** The declared intent. An author writes it under `collect.content-subprocessors.expect` of a source. */
export const Expect = z
  .strictObject({
    promise: NoticePromise.optional(),
    seenWithinDays: z.int().min(1).max(366).default(30).meta({
      description: 'After so many days in which no observer has seen it, a declared vendor counts as never seen; 30.',
    }),
    vettedWithinDays: z.int().min(1).max(1830).default(365).meta({
      description: 'How many days a vendor may go without being vetted again; 365 when left out.',
    }),
  })
  .meta({ description: 'What is promised about the list of subprocessors, and how long a vendor may go unseen.' });
export type Expect = z.infer<typeof Expect>;

/** Whether an observer’s last look counts, and why not. */
const Standing = z.enum(['counts', 'never', 'stale', 'changed', 'unreadable', 'partial']);

/** What `collect` hands to `assess`: the list, and what the records said. All of it is published elsewhere already. */
export const Raw = z.strictObject({
  today: DateOn,
  list: z.array(
    z.strictObject({
      ...Subprocessor.pick({
        name: true,
        engagement: true,
        dpa: true,
        vettedOn: true,
        certifications: true,
        notices: true,
        unobservable: true,
      }).shape,
      vendor: DeclaredVendor,
    }),
  ),
  observers: z.array(
    z.strictObject({
      /** `<source>/<collector>`. */
      name: z.string(),
      standing: Standing,
      /** Whether it saw hosts that are in no map: one of them may be a vendor’s. */
      sawUnknownHosts: z.boolean(),
      seen: z.array(z.strictObject({ id: Id, name: z.string(), excuse: z.string().nullable() })),
    }),
  ),
  before: z.strictObject({
    on: DateOn.nullable(),
    watchedSince: DateOn.nullable(),
    seen: z.array(Id),
    seenBefore: z.array(z.strictObject({ id: Id, on: DateOn })),
  }),
});
export type Raw = z.infer<typeof Raw>;
export type Listed = Raw['list'][number];
export type Observer = Raw['observers'][number];

/** The allow-list: besides findings, nothing but this is ever published. */
export const Facts = SubprocessorFacts;
export type Facts = SubprocessorFacts;
