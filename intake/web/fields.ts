import type { z } from 'zod';

/**
 * The fields of a form as its schema wants them: `lists` are those that may be ticked more than once, and a field that was
 * left empty is left out. Fields that the schema does not know are not looked at.
 */
export function fieldsOf(
  form: URLSearchParams,
  schema: z.ZodObject,
  lists: readonly string[] = [],
): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = lists.includes(name) ? form.getAll(name) : (form.get(name) ?? '');
    if (typeof value !== 'string' || value.trim() !== '') fields[name] = value;
  }
  return fields;
}

/** What is wrong, by field: the first problem of each, in words for people. */
export function problemsOf({ issues }: z.ZodError): Record<string, string> {
  const problems = new Map<string, string>();
  for (const { path, code, message, ...rest } of issues) {
    const name = String(path[0] ?? '');
    const isMissing = code === 'invalid_type' && !('received' in rest);
    if (!problems.has(name)) problems.set(name, isMissing ? 'is needed' : message);
  }
  return Object.fromEntries(problems);
}
