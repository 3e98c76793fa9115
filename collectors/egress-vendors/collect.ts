import { type CollectContext, type Known, SourceUnreadable } from '../define.ts';
import { comparisonWith } from '../vendors/comparison.ts';
import { linesOf } from './log.ts';
import type { Expect, Raw } from './schema.ts';
import { Tally } from './tally.ts';

/** How often people hear how far it is. */
const LINES_A_MESSAGE = 500_000;

/** Reads a log to its end. Throws SourceUnreadable when it cannot be read, or is in another form than declared. */
export async function collect(context: CollectContext<Expect>, known: Known): Promise<Raw> {
  const { connection, expect, signal, progress } = context;
  const { file } = connection;
  if (file === undefined) throw new SourceUnreadable('configuration', 'The source names no `file` to read.');
  const { matcher, ...compared } = comparisonWith(known, expect);
  const tally = new Tally(matcher);
  for await (const line of linesOf(file, expect, signal)) {
    tally.add(line);
    if (tally.lines % LINES_A_MESSAGE === 0) progress(`${tally.lines} lines`);
  }
  if (tally.lines > 0 && tally.lines === tally.unreadable)
    throw new SourceUnreadable('schema', 'No line of the log has a host and a time where the mapping says.');
  return { ...compared, ...tally.result(), now: known.now };
}
