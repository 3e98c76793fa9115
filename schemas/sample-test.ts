import { z } from 'zod';
import { Id } from './core/ids.ts';
import { Duration } from './core/time.ts';
import { SampleAttribute } from './sample.ts';

/** The name of a field of an item: a column, or what a collector names. */
export const FieldName = z.string().min(1).max(63).meta({ description: 'A field of an item, such as a column.' });

const field = { field: FieldName };
const Value = z.string().min(1).max(200);

/** Text of a regular expression (with the flag `u`) that is one. */
const Pattern = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => {
    try {
      return new RegExp(text, 'u') instanceof RegExp;
    } catch {
      return false;
    }
  }, 'must be a regular expression')
  .meta({ description: 'A regular expression (JavaScript, flag u) that some part of the text must match.' });

/** What an attribute looks for in the fields of an item. A value that is not there never meets it. */
export const AttributeTest = z
  .union(
    [
      z.strictObject({ ...field, present: z.literal(true) }),
      z.strictObject({ ...field, equals: Value }),
      z.strictObject({ ...field, oneOf: z.array(Value).min(1).max(50) }),
      z.strictObject({ ...field, differsFrom: FieldName }),
      z.strictObject({ ...field, atOrBefore: FieldName }),
      z.strictObject({ ...field, within: Duration, of: FieldName }),
      z.strictObject({ ...field, matches: Pattern }),
    ],
    {
      error:
        'must be a field with one test: present: true, equals, oneOf, differsFrom, atOrBefore, within and of, or matches',
    },
  )
  .meta({
    description:
      'What a field must be: present: true; equals a text; oneOf several; differsFrom another field (names compare without case); atOrBefore another field; within a length of time of another field, and not before it; matches a pattern.',
  });
export type AttributeTest = z.infer<typeof AttributeTest>;

/** An attribute as it is declared: its public title, and its test. */
export const DeclaredAttribute = z
  .strictObject({ title: SampleAttribute.shape.title, test: AttributeTest })
  .meta({ description: 'One thing that each drawn item is tested for; the title is published, the test is not.' });
export type DeclaredAttribute = z.infer<typeof DeclaredAttribute>;

/** Attributes by their ids, which are published. */
export const DeclaredAttributes = z
  .record(Id, DeclaredAttribute)
  .refine((attributes) => {
    const { length } = Object.keys(attributes);
    return length >= 1 && length <= 20;
  }, 'must hold 1 to 20 attributes')
  .meta({ description: 'What each drawn item is tested for, by an id of yours.' });
export type DeclaredAttributes = z.infer<typeof DeclaredAttributes>;
