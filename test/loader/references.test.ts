import { expect, test } from 'vitest';
import { z } from 'zod';
import { references } from '../../loader/checks/references.ts';
import { contentTypes, Id } from '../../schemas/index.ts';
import { contentTypeNames } from '../../schemas/json-schema.ts';

/** Fields that hold an id and name nothing elsewhere, or are looked at by a check of their own. */
const free = [
  'claims category',
  'incidentPolicy severities.*.id',
  'incidentPolicy clocks.*.id',
  'disclosure clocks.*.id',
  'intake clocks.*.id',
  'organization clocks.*.id',
  'updates severity',
  // Of a list of its own, which nothing else names.
  'disclosure knownIssues.*.id',
  // Of the map of vendors; a wrong one leaves the vendor undeclared, which its observers say.
  'subprocessors vendors.*',
];

const pattern = z.toJSONSchema(Id).pattern;

function idsIn(node: unknown, root: Record<string, unknown>, path: string[]): string[] {
  if (Array.isArray(node)) return node.flatMap((part) => idsIn(part, root, path));
  if (typeof node !== 'object' || node === null) return [];
  const fields = Object.entries(node);
  if (fields.some(([key, value]) => key === 'pattern' && value === pattern)) return [path.join('.')];
  return fields.flatMap(([key, value]) => {
    if (key === '$ref' && typeof value === 'string') return idsIn(definition(root, value), root, path);
    if (key === 'properties')
      return Object.entries(Object(value)).flatMap(([name, child]) => idsIn(child, root, [...path, name]));
    if (key === 'items') return idsIn(value, root, [...path, '*']);
    return /^(oneOf|anyOf|allOf)$/.test(key) ? idsIn(value, root, path) : [];
  });
}

function definition(root: Record<string, unknown>, ref: string): unknown {
  return Object(root.$defs)[ref.replace('#/$defs/', '')];
}

test('every field that holds an id is checked against what it names', () => {
  const known = new Set([...references.map(({ type, at }) => `${type} ${at.join('.')}`), ...free]);
  const found = contentTypeNames.flatMap((type) => {
    const schema = z.toJSONSchema(contentTypes[type].schema);
    return [...new Set(idsIn(schema, { ...schema }, []))].map((path) => `${type} ${path}`);
  });
  expect(found.filter((field) => !known.has(field))).toEqual([]);
  expect([...known].filter((field) => !found.includes(field))).toEqual([]);
});
