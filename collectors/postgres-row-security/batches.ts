import { z } from 'zod';
import { type Acting, type PostgresSession, PostgresUnreadable } from '../clients/postgres.ts';

/**
 * One question about one relation: what follows `select n,`, in columns that are the same for all. `careful` asks the
 * same so that the first row which answers it is enough; it is used where the quick way failed.
 */
export type Probe = { id: number; select: string; careful?: () => string };

/** A probe's answer, or why there is none. */
export type Answer<Row> = { ok: true; row: Row } | { ok: false; failure: PostgresUnreadable };

/**
 * Asks many probes in few statements: `size` of them share one UNION ALL, each statement has a transaction of its own,
 * so the server's lock table never holds more than one batch. The server groups equal answers, so that little is sent
 * and equal answers are one object. A batch that fails is halved until the one that spoils it stands alone. Throws only
 * when the session is gone. The columns must have types that can be grouped by.
 */
export async function ask<Row extends z.ZodRawShape>(
  session: PostgresSession,
  probes: readonly Probe[],
  row: z.ZodObject<Row>,
  acting: Acting,
  size = 100,
): Promise<Map<number, Answer<z.infer<z.ZodObject<Row>>>>> {
  const answers = new Map<number, Answer<z.infer<z.ZodObject<Row>>>>();
  const grouped = z.object({ ns: z.string(), answer: row });
  const names = Object.keys(row.shape).map((name) => `"${name}"`);
  const list = names.join(', ');

  async function batch(part: readonly Probe[], within: Acting, again: boolean): Promise<void> {
    const union = part
      .map(({ select, careful }, n) => `select ${n}, ${again ? (careful?.() ?? select) : select}`)
      .join('\nunion all ');
    const text = `select string_agg(n::text, ',') as ns, ${list} from (\n${union}\n) q(n, ${list}) group by ${list}`;
    try {
      const rows = await session.read((query) => query(z.record(z.string(), z.unknown()), text), within);
      for (const { ns, ...answer } of rows) {
        const read = grouped.parse({ ns, answer });
        const shared = { ok: true, row: read.answer } as const;
        for (const n of read.ns.split(',')) {
          const probe = part[Number(n)];
          if (probe) answers.set(probe.id, shared);
        }
      }
    } catch (failure) {
      if (!(failure instanceof PostgresUnreadable) || failure.fatal) throw failure;
      const [only, ...more] = part;
      if (only && more.length === 0 && (again || only.careful === undefined)) {
        answers.set(only.id, { ok: false, failure });
        return;
      }
      const patience = impatient(within);
      if (only && more.length === 0) return batch(part, patience, true);
      const half = Math.ceil(part.length / 2);
      await batch(part.slice(0, half), patience, true);
      await batch(part.slice(half), patience, true);
    }
  }

  for (let start = 0; start < probes.length; start += size)
    await batch(probes.slice(start, start + size), acting, false);
  return answers;
}

/** Probes whose answers are equal, in the order in which they were first met. */
export function byAnswer<Item, Result>(
  items: readonly Item[],
  answerOf: (item: Item) => Result,
  keyOf: (answer: Result) => string,
): { answer: Result; items: Item[] }[] {
  const groups = new Map<string, { answer: Result; items: Item[] }>();
  for (const item of items) {
    const answer = answerOf(item);
    const key = keyOf(answer);
    const group = groups.get(key);
    if (group) group.items.push(item);
    else groups.set(key, { answer, items: [item] });
  }
  return [...groups.values()];
}

// One locked table must not cost a full wait at each halving.
function impatient(acting: Acting): Acting {
  const { lockMs, statementMs } = acting;
  return {
    ...acting,
    ...(lockMs === undefined ? {} : { lockMs: Math.max(50, Math.floor(lockMs / 2)) }),
    ...(statementMs === undefined ? {} : { statementMs: Math.max(1000, Math.floor(statementMs / 2)) }),
  };
}
