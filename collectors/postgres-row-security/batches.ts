import { z } from 'zod';
import { type Acting, type PostgresSession, PostgresUnreadable } from '../clients/postgres.ts';

/** One question about one relation: the select list that answers it, in columns that are the same for all. */
export type Probe = { id: number; select: string };

/** A probe's answer, or why there is none. */
export type Answer<Row> = { ok: true; row: Row } | { ok: false; failure: PostgresUnreadable };

/**
 * Asks many probes in few statements: `size` of them share one UNION ALL, each statement has a transaction of its own,
 * so the server's lock table never holds more than one batch. A batch that fails is halved until the one that spoils it
 * stands alone. Throws only when the session is gone.
 */
export async function ask<Row extends z.ZodRawShape>(
  session: PostgresSession,
  probes: readonly Probe[],
  row: z.ZodObject<Row>,
  acting: Acting,
  size = 100,
): Promise<Map<number, Answer<z.infer<z.ZodObject<Row>>>>> {
  const answers = new Map<number, Answer<z.infer<z.ZodObject<Row>>>>();
  const numbered = z.object({ n: z.int(), answer: row });
  const names = Object.keys(row.shape);
  const fields = names.map((name) => `'${name}', "${name}"`).join(', ');
  const columns = ['n', ...names.map((name) => `"${name}"`)].join(', ');

  async function batch(part: readonly Probe[], within: Acting): Promise<void> {
    const union = part.map((probe, n) => `select ${n}, ${probe.select}`).join('\nunion all ');
    const text = `select n, json_build_object(${fields}) as answer from (\n${union}\n) q(${columns})`;
    try {
      for (const { n, answer } of await session.read((query) => query(numbered, text), within)) {
        const probe = part[n];
        if (probe) answers.set(probe.id, { ok: true, row: answer });
      }
    } catch (failure) {
      if (!(failure instanceof PostgresUnreadable) || failure.fatal) throw failure;
      const [only, ...more] = part;
      if (only && more.length === 0) {
        answers.set(only.id, { ok: false, failure });
        return;
      }
      const half = Math.ceil(part.length / 2);
      const patience = impatient(within);
      await batch(part.slice(0, half), patience);
      await batch(part.slice(half), patience);
    }
  }

  for (let start = 0; start < probes.length; start += size) await batch(probes.slice(start, start + size), acting);
  return answers;
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
