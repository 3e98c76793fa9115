import { z } from 'zod';
import type { JsonSchema } from '../schemas/json-schema.ts';
import { isFields, type Path, valueAt } from './position.ts';

type Node = JsonSchema | boolean | undefined;

const drawn = new WeakMap<z.ZodType, JsonSchema>();

/** The names that a schema knows at a path of a value; of a union, those of the branches that its discriminator leaves. */
export function knownFields(schema: z.ZodType, value: unknown, path: Path): string[] {
  const root = drawn.get(schema) ?? z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  drawn.set(schema, root);
  let nodes = branches(root, root, value);
  path.forEach((step, depth) => {
    const here = valueAt(value, path.slice(0, depth + 1));
    nodes = nodes.flatMap((node) => branches(child(node, step), root, here));
  });
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

function child(node: JsonSchema, step: string | number): Node {
  if (typeof step === 'string') return node.properties?.[step] ?? node.additionalProperties;
  return Array.isArray(node.items) ? node.items[step] : node.items;
}

/** Follows references and opens unions; leaves out branches whose fixed fields say something else than the value. */
function branches(node: Node, root: JsonSchema, value: unknown): JsonSchema[] {
  if (node === undefined || typeof node === 'boolean') return [];
  const name = node.$ref?.replace(/^#\/\$defs\//, '');
  if (name !== undefined) return branches(name === '#' ? root : root.$defs?.[name], root, value);
  const parts = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])];
  if (parts.length === 0) return [node];
  return parts.flatMap((part) => branches(part, root, value)).filter((part) => agrees(part, value));
}

function agrees(node: JsonSchema, value: unknown): boolean {
  if (!isFields(value)) return true;
  return Object.entries(node.properties ?? {}).every(
    ([name, field]) => typeof field === 'boolean' || field.const === undefined || field.const === value[name],
  );
}
