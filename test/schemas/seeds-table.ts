import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { contentTypes, DpaRequest, Id, SourceKind, VulnerabilityReport } from '../../schemas/index.ts';

const folder = new URL('../fixtures/seeds/', import.meta.url);
const text = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

/** A statement of one of the five pages, restated. */
export const Seed = z.object({
  id: Id,
  section: z.string(),
  claim: z.string(),
  category: Id,
  status_on_page: z.string(),
  evidence_kind: z.string(),
});
export type Seed = z.infer<typeof Seed>;

export const seeds: Seed[] = text('claims.jsonl')
  .trim()
  .split('\n')
  .map((line) => Seed.parse(JSON.parse(line)));

const Groups = z.record(z.string(), z.object({ claims: z.array(Id) }));

/** The first grouping of the seeds: the group of each id. */
export const groupOf: ReadonlyMap<string, string> = new Map(
  Object.entries(Groups.parse(JSON.parse(text('claim-collectors.json')))).flatMap(([group, { claims }]) =>
    claims.map((id): [string, string] => [id, group]),
  ),
);

const Issue = z.union([z.int().min(1).max(5), z.literal('later')]);
const Fields = z.record(z.string(), z.json());
const Homes = z.record(z.string(), Fields).default({});

/** One row of homes.yaml. */
export const Row = z.strictObject({
  by: Id,
  check: Id.optional(),
  also: z.array(Id).default([]),
  intrusive: z.boolean().optional(),
  issue: Issue.optional(),
  home: Homes,
});
export type Row = z.infer<typeof Row>;

const Table = z.strictObject({
  collectors: z.record(
    Id,
    z.strictObject({
      kind: SourceKind,
      groups: z.array(z.string()).min(1),
      issue: Issue,
      intrusive: z.boolean().default(false),
      exists: z.boolean().default(false),
    }),
  ),
  registers: z.record(Id, z.strictObject({ groups: z.array(z.string()).min(1), issue: Issue })),
  rows: z.record(Id, Row),
});

export const table: z.infer<typeof Table> = Table.parse(parse(text('homes.yaml'), { uniqueKeys: true }));

/** The schema behind each home: every content type, and the two records of the intake. */
export const homeSchemas: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ...Object.entries(contentTypes).map(([name, { schema }]): [string, z.ZodType] => [name, schema]),
  ['dpaRequest', DpaRequest],
  ['vulnerabilityReport', VulnerabilityReport],
]);

/** The row of an id. Throws for an id that has none. */
export function rowOf(id: string): Row {
  const row = table.rows[id];
  if (row === undefined) throw new Error(`no row for ${id}`);
  return row;
}
