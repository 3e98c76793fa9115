import { DateOn, z } from '../../index.ts';

/** The declared intent. An author writes it under `collect.example-register.expect` of a source. */
export const Expect = z
  .strictObject({
    reviewedWithinDays: z.int().min(1).max(3650).default(365).meta({
      description: 'How many days an entry may go without a review; 365 when left out.',
    }),
  })
  .meta({ description: 'How often each entry of the register is meant to be reviewed.' });
export type Expect = z.infer<typeof Expect>;

/** The part of the exported file that is used; what else an entry holds is never read into memory as ours. */
export const Register = z.object({
  /** How many entries the register has, which may be more than were exported. */
  total: z.int().nonnegative(),
  entries: z.array(
    z.object({ id: z.string().min(1).max(200), owner: z.string().nullable(), reviewedOn: DateOn.nullable() }),
  ),
});

/** What `collect` hands to `assess`. Private: it is judged and dropped. Who the owner is does not come this far. */
export const Raw = z.strictObject({
  readOn: DateOn,
  total: z.int().nonnegative(),
  entries: z.array(z.strictObject({ id: z.string(), owned: z.boolean(), reviewedOn: DateOn.nullable() })),
});
export type Raw = z.infer<typeof Raw>;

/** The allow-list: besides findings, nothing but this is ever published. */
export const Facts = z.strictObject({ oldestReviewOn: DateOn.nullable() });
export type Facts = z.infer<typeof Facts>;
