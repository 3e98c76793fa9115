import type { z } from 'zod';
import { type CandorError, candorError, type Location } from '../schemas/index.ts';
import { knownFields } from './known-fields.ts';
import { nearest } from './nearest.ts';
import { isFields, type Path, pathText, valueAt } from './position.ts';
import { choice, words } from './words.ts';

/** Where the parts of a value stand. A key or value that is not there has the place of its parent. */
type Locate = (path: Path, part: 'key' | 'value') => Location;

/** What is parsed: a value, the schema for it, what one such thing is called, and where it stands in its file. */
export type Parsed<T> = { schema: z.ZodType<T>; value: unknown; type: string; locate: Locate; prefix?: Path };

/** Parses strictly and says in the catalogue's words what is wrong, each at its place. */
export function parseStrict<T>(
  subject: Parsed<T>,
): { data: T; errors: [] } | { data: undefined; errors: CandorError[] } {
  const result = subject.schema.safeParse(subject.value, { error: words });
  if (result.success) return { data: result.data, errors: [] };
  return { data: undefined, errors: result.error.issues.flatMap((issue) => translate(issue, [], subject)) };
}

function translate(issue: z.core.$ZodIssue, above: Path, subject: Parsed<unknown>): CandorError[] {
  const path = [...above, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, subject));
  const value = valueAt(subject.value, path);
  if (issue.code === 'invalid_union') {
    const branch = intended(issue.errors);
    if (branch !== undefined) return branch.flatMap((inner) => translate(inner, path, subject));
  }
  if (value === undefined && issue.code !== 'custom') return missing(path, subject);
  const part = issue.code === 'invalid_key' ? 'key' : 'value';
  const whole = [...(subject.prefix ?? []), ...path];
  const name = part === 'key' ? String(path.at(-1)) : pathText(whole);
  const parameters = { path: name === '' ? subject.type : name, ...explain(issue, value) };
  return [candorError('ContentInvalid', parameters, subject.locate(whole, part))];
}

function unknownKey(key: string, path: Path, subject: Parsed<unknown>): CandorError {
  const { schema, value, type, locate, prefix = [] } = subject;
  const at = [...prefix, ...path];
  const owner = path.length === 0 ? `a ${type}`.replace(/^a (?=[aeio])/, 'an ') : `\`${pathText(at)}\``;
  const known = knownFields(schema, value, path);
  const parameters = { key, owner, suggestion: meant(key, path, subject), known };
  return candorError('ContentUnknownKey', parameters, locate([...at, key], 'key'));
}

/** The field that an unknown key was probably meant to be; never one that is there already. */
function meant(key: string, path: Path, { schema, value }: Parsed<unknown>): string | undefined {
  const given = valueAt(value, path);
  const taken = (name: string) => isFields(given) && Object.hasOwn(given, name);
  return nearest(
    key,
    knownFields(schema, value, path).filter((name) => !taken(name)),
  );
}

/** A missing field is not reported when a misspelt one beside it was probably meant to be it. */
function missing(path: Path, subject: Parsed<unknown>): CandorError[] {
  const { type, locate, value, schema, prefix = [] } = subject;
  const key = pathText(path.slice(-1));
  const siblings = valueAt(value, path.slice(0, -1));
  const known = new Set(knownFields(schema, value, path.slice(0, -1)));
  const unknown = isFields(siblings) ? Object.keys(siblings).filter((name) => !known.has(name)) : [];
  if (unknown.some((name) => meant(name, path.slice(0, -1), subject) === key)) return [];
  const parent = [...prefix, ...path.slice(0, -1)];
  const within = parent.length === 0 ? undefined : pathText(parent);
  const owner = path.length <= 1 ? `every ${type}` : `\`${within}\``;
  return [candorError('ContentRequired', { key, owner, within }, locate(parent, 'key'))];
}

type Explanation = { problem: string; suggestion?: string | undefined; hint?: string | undefined };

function explain(issue: z.core.$ZodIssue, value: unknown): Explanation {
  if (value === null && issue.code !== 'custom') {
    return { problem: 'has no value', hint: 'write one, or delete the line.' };
  }
  switch (issue.code) {
    case 'invalid_value':
      return oneOf(issue.values.map(String), value);
    case 'invalid_union':
      if ('options' in issue && Array.isArray(issue.options)) return oneOf(issue.options.map(String), value);
      return { problem: alternatives(issue.errors) };
    case 'invalid_key':
      return { problem: alternatives([issue.issues]) };
    case 'invalid_type':
      if (issue.expected === 'string' && typeof value !== 'object') {
        return { problem: issue.message, hint: 'put the value in quotes.' };
      }
      if (issue.expected === 'array' && typeof value === 'string') {
        return { problem: issue.message, hint: 'put it in brackets: `[…]`.' };
      }
      return { problem: issue.message };
    default:
      return { problem: issue.message };
  }
}

function oneOf(options: string[], value: unknown): Explanation {
  const suggestion = typeof value === 'string' ? nearest(value, options) : undefined;
  return { problem: `must be ${choice(options)}`, suggestion, hint: 'write one of these.' };
}

/** The one branch of a union whose kind of value was given, when there is exactly one; its own problems say more. */
function intended(branches: z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const deep = branches.filter((issues) =>
    issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys'),
  );
  return deep.length === 1 ? deep[0] : undefined;
}

/** Joins what each branch asks for: `must be an e-mail address or a web address`. */
function alternatives(branches: z.core.$ZodIssue[][]): string {
  const messages = [...new Set(branches.flatMap((issues) => issues.slice(0, 1).map((issue) => issue.message)))];
  const [first = 'is not allowed here', ...rest] = messages;
  const opening = /^must (?:be |match |have )?/.exec(first)?.[0] ?? '';
  return choice([
    first,
    ...rest.map((text) => (opening !== '' && text.startsWith(opening) ? text.slice(opening.length) : text)),
  ]);
}
