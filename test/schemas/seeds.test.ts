import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Claim, ClaimStatus, durationMs, parseCheckRef, RetentionRule, Role, SlaClock } from '../../schemas/index.ts';
import { hasPath, isFields, least, over, pathsOf } from './seeds-instances.ts';
import { groupOf, homeSchemas, type Row, type Seed, seeds, table } from './seeds-table.ts';

const rows = Object.entries(table.rows);
const rowOf = (id: string): Row => {
  const row = table.rows[id];
  if (row === undefined) throw new Error(`no row for ${id}`);
  return row;
};
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

  test('what no schema carries yet is still refused; once it is carried it belongs under home', () => {
    const carried = rows.flatMap(([id, row]) =>
      Object.entries(row.missing)
        .filter(
          ([home, facts]) =>
            homeSchemas.get(home)?.safeParse(over(over(least[home], row.home[home] ?? {}), facts)).success,
        )
        .map(([home]) => `${id}: ${home}`),
    );
    expect(carried).toEqual([]);
  });
});

describe('facts that are easily lost', () => {
  const clockOf = (id: string): SlaClock => {
    const [, facts] = homesOf(rowOf(id)).find(([, { clocks }]) => clocks !== undefined) ?? [];
    return z.object({ clocks: z.tuple([SlaClock]) }).parse(facts).clocks[0];
  };

  test('four business hours of another time zone', () => {
    const { starts, within, counts, hours } = clockOf('smbchat-59');
    expect([starts, within, counts]).toEqual(['receipt', '4h', 'business']);
    const offset = new Intl.DateTimeFormat('en', { timeZone: hours?.timeZone ?? 'UTC', timeZoneName: 'longOffset' });
    expect(offset.format(new Date('2026-11-22T00:00:00Z'))).toContain('GMT+08:00');
  });

  test('72 hours that start when a breach is confirmed, not when it is reported', () => {
    expect(clockOf('bizbot-71')).toMatchObject({ starts: 'confirmation', within: '72h', counts: 'calendar' });
  });

  test('a post-mortem five business days after the end', () => {
    expect(clockOf('dialer-67')).toMatchObject({ starts: 'resolution', within: '5bd', counts: 'business' });
  });

  test('90 days and 30 more of backups are up to 120', () => {
    const rule = RetentionRule.parse(over(least.retention, rowOf('smbchat-52').home.retention));
    expect(durationMs(rule.atMost ?? '1d') + durationMs(rule.backups ?? '1d')).toBe(durationMs('120d'));
  });

  test('logs that are kept 90 days are kept neither shorter nor longer', () => {
    for (const id of ['bizbot-47', 'smbchat-72']) {
      const facts = rowOf(id).home.retention;
      expect(isFields(facts) && facts.atLeast === '90d' && 'atMost' in facts, id).toBe(true);
    }
  });

  test('four roles', () => {
    const roles = ['owner', 'admin', 'member', 'viewer'].map((title) =>
      Role.parse({ ...least.roles, title, kind: 'product' }),
    );
    expect(roles.map(({ kind }) => kind)).toEqual(['product', 'product', 'product', 'product']);
  });

  test('a vendor that is ours, one that can be refused, one that is off until chosen, and one that the customer connects', () => {
    const engagements = rows.map(([, row]) => row.home.subprocessors?.engagement);
    expect(new Set(engagements.filter((engagement) => engagement !== undefined))).toEqual(
      new Set(['required', 'opt-out', 'optional', 'customer-connected']),
    );
  });

  test('opposite intents for the same collector', () => {
    const modes = rows.flatMap(
      ([, { home }]) => JSON.stringify(home.sources ?? {}).match(/(?<="mode":")[a-z-]+/g) ?? [],
    );
    expect(new Set(modes)).toEqual(new Set(['service-only', 'policies', 'application']));
  });
});
