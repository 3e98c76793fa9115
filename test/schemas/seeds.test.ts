import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Claim, ClaimStatus, parseCheckRef, Source } from '../../schemas/index.ts';
import { hasPath, least, over, pathsOf } from './seeds-instances.ts';
import { groupOf, homeSchemas, type Row, rowOf, type Seed, seeds, table } from './seeds-table.ts';

const rows = Object.entries(table.rows);
const homesOf = (row: Row) => Object.entries(row.home);
const jsonSchemas = new Map([...homeSchemas].map(([name, schema]) => [name, z.toJSONSchema(schema, { io: 'input' })]));

/** The claim that a row becomes: the restated sentence, resting on what the table names. */
function claimOf(seed: Seed, row: Row): unknown {
  const status = ClaimStatus.parse(seed.status_on_page);
  const backing = (by: string) => {
    if (by === 'attestations') return { attestations: [seed.id] };
    return by in table.collectors
      ? { evidence: [`system/${by}#${by === row.by ? (row.check ?? seed.id) : seed.id}`] }
      : {};
  };
  const planned = status === 'planned' || status === 'in-progress' ? { roadmap: seed.id } : {};
  const base = { title: seed.claim, status, category: seed.category, ...planned };
  return [...[row.by, ...row.also].map(backing), row.home.claims].reduce<unknown>(
    (claim, part) => (part === undefined ? claim : over(claim, part)),
    base,
  );
}

describe('the 334 facts of the five pages', () => {
  test('each has exactly one row in the table', () => {
    expect(seeds).toHaveLength(334);
    expect(rows.map(([id]) => id).sort()).toEqual(seeds.map(({ id }) => id).sort());
  });

  test('each has a status that we have a word for', () => {
    const counts: Record<string, number> = {};
    for (const { status_on_page } of seeds) {
      const status = ClaimStatus.parse(status_on_page);
      counts[status] = (counts[status] ?? 0) + 1;
    }
    expect(counts).toEqual({ 'in-place': 316, 'not-available': 11, planned: 5, 'in-progress': 2 });
  });

  test('each is backed by a collector or a register that the table knows, of the group it was sorted into', () => {
    const backings = new Map(Object.entries({ ...table.collectors, ...table.registers }));
    const wrong = rows.filter(([id, row]) => {
      const groups = backings.get(row.by)?.groups ?? [];
      return !groups.includes(groupOf.get(id) ?? '') || row.also.some((by) => !backings.has(by));
    });
    expect(wrong.map(([id]) => id)).toEqual([]);
    const used = new Set(rows.flatMap(([, row]) => [row.by, ...row.also]));
    expect([...backings.keys()].filter((id) => !used.has(id))).toEqual([]);
  });

  test('each that a collector of ours checks today names the check, and only those do', () => {
    const exists = (row: Row) => table.collectors[row.by]?.exists === true;
    expect(rows.filter(([, row]) => exists(row) !== (row.check !== undefined)).map(([id]) => id)).toEqual([]);
    const folders = readdirSync(new URL('../../collectors/', import.meta.url));
    const missing = Object.entries(table.collectors).filter(([id, { exists }]) => exists && !folders.includes(id));
    expect(missing.map(([id]) => id)).toEqual([]);
  });

  test('each that a collector checks has a source to be declared; what writes or loads runs on no production source', () => {
    const refused = rows.flatMap(([id, row]) => {
      const collector = table.collectors[row.by];
      if (collector === undefined) return [];
      const allowIntrusive = row.intrusive ?? collector.intrusive;
      const source = {
        kind: collector.kind,
        title: id,
        environment: allowIntrusive ? 'staging' : 'production',
        allowIntrusive,
      };
      return Source.safeParse({ ...source, collect: { [row.by]: {} } }).success ? [] : [id];
    });
    expect(refused).toEqual([]);
  });

  test('each can be written as a claim', () => {
    const refused = seeds.flatMap((seed) => {
      const parsed = Claim.safeParse(claimOf(seed, rowOf(seed.id)));
      if (!parsed.success) return [`${seed.id}: ${z.prettifyError(parsed.error)}`];
      for (const ref of parsed.data.evidence) parseCheckRef(ref);
      const { evidence, attestations, claims } = parsed.data;
      return evidence.length + attestations.length + claims.length > 0 ? [] : [`${seed.id}: rests on nothing`];
    });
    expect(refused).toEqual([]);
  });

  test('each field that the table names exists in its schema', () => {
    const wrong = rows.flatMap(([id, row]) =>
      homesOf(row).flatMap(([home, facts]) =>
        pathsOf(facts)
          .filter((path) => !hasPath(jsonSchemas.get(home), path))
          .map((path) => `${id}: ${home} ${path.join('.')}`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test('each value that the table names is taken and kept by its schema', () => {
    const lost = rows.flatMap(([id, row]) =>
      homesOf(row).flatMap(([home, facts]) => {
        const parsed = homeSchemas.get(home)?.safeParse(over(least[home], facts));
        if (!parsed?.success) return [`${id}: ${home}: ${parsed ? z.prettifyError(parsed.error) : 'no such type'}`];
        expect(parsed.data, id).toMatchObject(facts);
        return [];
      }),
    );
    expect(lost).toEqual([]);
  });
});
