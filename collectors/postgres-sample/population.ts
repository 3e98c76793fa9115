import { z } from 'zod';
import { type Acting, openPostgres, type PostgresLimits, type Query } from '../clients/postgres.ts';
import { type CollectContext, SourceUnreadable } from '../define.ts';
import { filterWords } from '../sampling/declaration.ts';
import type { OpenPopulation, Sampler } from '../sampling/sampler.ts';
import { columnsOf, idQuery, itemQuery, PAGE, pageQuery, type Table } from './query.ts';
import type { Expect } from './schema.ts';
import { examineTable } from './table.ts';

/** A page may have to pass many rows that do not belong to the population. */
const limits: PostgresLimits = { connectMs: 10_000, statementMs: 600_000, lockMs: 5_000 };

/** Read as they are: no row hidden, no row sorted, times in UTC. */
const acting: Acting = {
  settings: {
    row_security: 'off',
    enable_sort: 'off',
    enable_incremental_sort: 'off',
    max_parallel_workers_per_gather: '0',
    TimeZone: 'UTC',
    DateStyle: 'ISO',
  },
};

/** Streams the keys of a table in the order of their index, a page at a time, in one snapshot that cannot write. */
export const sampler: Sampler<Expect> = {
  filters: ({ population }) => population.where.map(filterWords),
  query: (expect) => idQuery(expect),
  read: (context, _wanted, work) =>
    withSession(context, async (query) => {
      const table = await examineTable(query, context.expect);
      return work(populationOf(query, context.expect, table));
    }),
};

/** Runs `work` in one REPEATABLE READ READ ONLY transaction. Throws SourceUnreadable. */
export async function withSession<T>(
  { connection, signal }: CollectContext<Expect>,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  const { url } = connection;
  if (!url) throw new SourceUnreadable('configuration', 'The source names no connection: `url: $DATABASE_URL`.');
  const session = await openPostgres({ url, limits, signal });
  try {
    return await session.read(work, acting);
  } finally {
    await session.close();
  }
}

const Page = z.object({ ids: z.string().nullable(), count: z.int() });
const Values = z.object({ values: z.array(z.string().nullable()) });

function populationOf(query: Query, expect: Expect, table: Table): OpenPopulation {
  const { tested } = columnsOf(expect);
  const after = async (last: string | undefined): Promise<string[]> => {
    const [page] = await query(Page, pageQuery(expect, table, last === undefined), last === undefined ? [] : [last]);
    const ids = page?.ids?.split('\n') ?? [];
    if (ids.length !== page?.count) throw new SourceUnreadable('schema', 'Some id holds the end of a line.');
    return ids;
  };
  return {
    ids: async function* () {
      for (let next = after(undefined); ; ) {
        const ids = await next;
        const isLast = ids.length < PAGE;
        // The server reads on while these are hashed. Who asks for them sees what goes wrong; who gave up does not.
        if (!isLast) next = after(ids.at(-1));
        next.catch(() => undefined);
        if (ids.length > 0) yield ids;
        if (isLast) return;
      }
    },
    item: async ({ id }) => {
      const [row] = await query(Values, itemQuery(expect, table), [id]);
      return row && Object.fromEntries(tested.map((field, index) => [field, row.values[index] ?? null]));
    },
  };
}
