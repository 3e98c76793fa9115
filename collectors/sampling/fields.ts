import { fieldsOf } from '../../posture/sampling/attributes.ts';
import type { DeclaredAttributes } from '../../schemas/index.ts';
import { SourceUnreadable } from '../define.ts';

/** The fields that any of the attributes looks at, each once. */
export function fieldsOfAll(attributes: DeclaredAttributes): string[] {
  return [...new Set(Object.values(attributes).flatMap(({ test }) => fieldsOf(test)))];
}

/** Throws SourceUnreadable for a declared field that the items do not have: each of them would deviate for no reason. */
export function requireFields(declared: readonly string[], known: ReadonlySet<string>, of: string): void {
  const missing = declared.find((field) => !known.has(field));
  if (missing !== undefined)
    throw new SourceUnreadable('configuration', `${of} has no \`${missing}\`, which is declared.`);
}
