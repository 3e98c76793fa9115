import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { candorError, Id, Method, SourceKind } from '../schemas/index.ts';
import type { Collector } from './define.ts';

/** The collectors that come with candor: each folder beside this file that holds a `collector.ts`. */
const builtIn = import.meta.dirname;

const isZod = z.custom<z.ZodType>((value) => value instanceof z.ZodType, 'must be a zod schema');
const isFunction = z.custom<(...parameters: never[]) => unknown>(
  (value) => typeof value === 'function',
  'must be a function',
);

/** What a module must export by default to be a collector. Adopters’ collectors come through here too. */
const Shape = z.object({
  id: Id,
  title: z.string().min(1),
  topic: Id,
  source: SourceKind,
  method: Method,
  permissions: z.array(z.string().min(1)),
  expect: isZod,
  raw: isZod,
  facts: isZod,
  checks: z.record(Id, z.object({ title: z.string().min(1), statement: z.string().min(1) })),
  reproduce: isFunction,
  collect: isFunction,
  assess: isFunction,
  principals: isFunction.optional(),
  doctor: isFunction.optional(),
  setup: isFunction.optional(),
  sample: z.object({ filters: isFunction, query: isFunction, read: isFunction }).optional(),
});

function isCollector(value: unknown): value is Collector {
  return Shape.safeParse(value).success;
}

/**
 * All collectors by id: candor’s own and, when `folder` is given and exists, an adopter’s. The folders are the list.
 * Throws CollectorInvalid for a folder whose collector cannot be used.
 */
export async function loadCollectors(folder?: string): Promise<ReadonlyMap<string, Collector>> {
  const collectors = new Map<string, Collector>();
  for (const root of folder === undefined ? [builtIn] : [builtIn, folder])
    for (const id of await foldersIn(root)) {
      const collector = await loadCollector(root, id);
      if (collector === undefined) continue;
      if (collectors.has(id))
        throw candorError('CollectorInvalid', { collector: id, problem: 'candor already has one of this name.' });
      collectors.set(id, collector);
    }
  return collectors;
}

async function loadCollector(root: string, id: string): Promise<Collector | undefined> {
  const names = await readdir(join(root, id));
  const file = ['collector.ts', 'collector.js', 'collector.mjs'].find((name) => names.includes(name));
  if (file === undefined) return undefined;
  const collector = await defaultExport(join(root, id, file), id);
  if (!isCollector(collector)) {
    const issue = Shape.safeParse(collector).error?.issues[0];
    const problem = issue ? `${issue.path.join('.') || 'its default export'}: ${issue.message}.` : 'no default export.';
    throw candorError('CollectorInvalid', { collector: id, problem });
  }
  if (collector.id !== id)
    throw candorError('CollectorInvalid', { collector: id, problem: `it calls itself \`${collector.id}\`.` });
  return collector;
}

async function defaultExport(file: string, id: string): Promise<unknown> {
  try {
    const loaded: { default?: unknown } = await import(pathToFileURL(file).href);
    return loaded.default;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw candorError('CollectorInvalid', { collector: id, problem: `it cannot be loaded (${reason}).` });
  }
}

async function foldersIn(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return (
      entries
        // A name that begins with an underscore is no id: `_template` is there to be copied.
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
        .map(({ name }) => name)
        .sort()
    );
  } catch {
    return [];
  }
}
