import { join } from 'node:path';
import { checkContent } from '../../loader/check.ts';
import { loadContent } from '../../loader/load.ts';
import { nearest } from '../../loader/nearest.ts';
import { closingComplaints } from '../../posture/access/complaints.ts';
import { candorError } from '../../schemas/index.ts';
import type { Terminal } from '../command.ts';
import { printErrors } from '../content.ts';
import { collectorsBeside } from '../place.ts';
import { writeClosed } from './file.ts';

/** Closes a review when every entry is decided, by somebody else than its holder. Gives the exit code. Throws ReviewUnknown, ReviewClosedAlready, ReviewNotWritten. */
export async function signOff(
  folder: string,
  id: string,
  { reviewer, json }: { reviewer: string; json: boolean },
  terminal: Terminal,
): Promise<number> {
  const loaded = await loadContent(folder);
  const errors = checkContent(folder, loaded, { collectors: await collectorsBeside(folder), now: terminal.now() });
  printErrors(errors, terminal);
  if (errors.length > 0 || loaded.content === undefined) return 2;
  const { accessReviews } = loaded.content;
  const entry = accessReviews.find((review) => review.id === id);
  if (entry === undefined)
    throw candorError('ReviewUnknown', {
      id,
      suggestion: nearest(
        id,
        accessReviews.map((review) => review.id),
      ),
    });
  const { data, file } = entry;
  if (data.closed !== undefined) throw candorError('ReviewClosedAlready', { id, at: data.closed.at });
  const complaints = closingComplaints(data, reviewer).map(({ path, error }) => error(loaded.locate(file, path)));
  if (complaints.length > 0) {
    printErrors(complaints, terminal);
    terminal.err('The review was not closed.\n');
    return 1;
  }
  const closed = await writeClosed(join(folder, file), data, terminal.now().toISOString(), reviewer);
  const decided = { keep: 0, change: 0, revoke: 0 };
  for (const { decision } of closed.entries) if (decision !== null) decided[decision] += 1;
  const at = closed.closed?.at ?? null;
  const text = `Closed ${id}: ${decided.keep} kept, ${decided.change} changed, ${decided.revoke} revoked. ${
    decided.change + decided.revoke > 0
      ? 'Take away what was decided; the next `candor collect` shows whether it is gone.'
      : 'Nothing is to be taken away.'
  }\n`;
  terminal.out(json ? `${JSON.stringify({ id, closedAt: at, decided }, null, 2)}\n` : text);
  return 0;
}
