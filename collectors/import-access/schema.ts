import { z } from 'zod';
import { Duration, PrincipalKind } from '../../schemas/index.ts';
import { AccessFacts, AccessRaw, accessIntent } from '../access/schema.ts';

const Column = z.string().min(1).max(200);
const words = (...defaults: string[]) => z.array(z.string().min(1)).default(defaults);

/** The declared intent: what the columns of an export mean. An author writes it under `collect.import-access.expect`. */
export const Expect = z
  .strictObject({
    ...accessIntent,
    format: z.enum(['csv', 'json']).optional().meta({ description: 'By the file’s ending when left out.' }),
    rows: Column.optional().meta({
      description: 'JSON: the path of the list, such as `users`; the file itself when left out.',
    }),
    total: Column.optional().meta({
      description:
        'Where the file says how many entries the system has: in JSON a path, in CSV the first cell of a line of two cells.',
    }),
    exportedAt: Column.optional().meta({ description: 'Where it says when it was made, in the same way.' }),
    exportedWithin: Duration.default('7d').meta({ description: 'How old an export may be; 7d when left out.' }),
    columns: z
      .strictObject({
        key: Column.meta({ description: 'An id that stays: a number or an e-mail address rather than a name.' }),
        name: Column,
        kind: Column.optional(),
        roles: Column.optional(),
        outside: Column.optional(),
        secondFactor: Column.optional(),
        lastActiveAt: Column.optional(),
        createdAt: Column.optional(),
        expiresAt: Column.optional(),
        also: z.array(Column).default([]).meta({ description: 'Columns with other names of the same principal.' }),
      })
      .meta({ description: 'The columns of the file (in JSON: paths) by what they hold. What none holds is unknown.' }),
    kinds: z.record(z.string(), PrincipalKind).default({}).meta({
      description: 'What the words in the column `kind` mean; an entry with any other word is a person.',
    }),
    rolesSeparatedBy: z
      .string()
      .min(1)
      .max(3)
      .default(',')
      .meta({ description: 'What stands between roles in one cell.' }),
    yes: words('true', 'yes', 'y', '1', 'on', 'enabled', 'enrolled').meta({
      description: 'Words for yes, in any case.',
    }),
    no: words('false', 'no', 'n', '0', 'off', 'disabled', 'not enrolled').meta({
      description: 'Words for no. Any other word is unknown.',
    }),
    empty: words('-', 'n/a', 'never', 'null', 'none').meta({
      description: 'Words for nothing in a column of dates, or of other names.',
    }),
  })
  .meta({ description: 'What the columns of an export mean, and how often it is reviewed.' });
export type Expect = z.infer<typeof Expect>;

export { AccessFacts as Facts, AccessRaw as Raw };
