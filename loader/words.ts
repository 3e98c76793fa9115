import type { z } from 'zod';

const kinds: Record<string, string> = {
  string: 'must be text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be fields, each `name: value`',
  record: 'must be fields, each `name: value`',
};

const things: Record<string, string> = { string: 'characters', array: 'entries', set: 'entries', number: '' };

/**
 * What a field must be, as the end of an English sentence that begins with its name. Passed to zod's parse functions;
 * messages that a schema brings itself come first.
 */
export function words(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected] ?? `must be ${issue.expected}`;
    case 'invalid_value':
      return `must be ${choice(issue.values.map(String))}`;
    case 'too_small':
      if (issue.origin === 'string' && Number(issue.minimum) === 1) return 'must not be empty';
      if (issue.origin === 'array' && Number(issue.minimum) === 1) return 'needs at least one entry';
      return limit(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return limit(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.pattern === undefined ? `must be a valid ${issue.format}` : `must match ${issue.pattern}`;
    case 'unrecognized_keys':
      return `has unknown fields ${issue.keys.join(', ')}`;
    case 'invalid_key':
      return 'is not a name that is allowed here';
    case 'invalid_union':
      return 'has none of the forms that are allowed here';
    default:
      return 'is not allowed here';
  }
}

function limit(origin: string, how: string, bound: number | bigint): string {
  const unit = things[origin];
  return unit === undefined || unit === '' ? `must be ${how} ${bound}` : `must have ${how} ${bound} ${unit}`;
}

/** `a`, `a or b`, `a, b or c`. */
export function choice(options: readonly string[]): string {
  const last = options.at(-1) ?? '';
  return options.length < 2 ? last : `${options.slice(0, -1).join(', ')} or ${last}`;
}
