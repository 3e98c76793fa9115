import { join } from 'node:path';
import { candorError } from '../../schemas/index.ts';
import { textOf } from '../reader.ts';
import { HEAD, isUnfinished } from './commit.ts';
import { isLocked } from './lock.ts';

/** How often a reader looks again while somebody writes. */
const TRIES = 100;
const PAUSE_MS = 50;

/**
 * What `read` gives, or throws, of a content folder that nobody changed meanwhile; it is called again when somebody did.
 * Throws LedgerUnfinished when there is no quiet moment, and when a change was cut off.
 */
export async function quietly<T>(content: string, read: () => Promise<T>): Promise<T> {
  const head = join(content, HEAD);
  for (let attempt = 0, cutOff = 0; attempt < TRIES && cutOff < 3; attempt += 1) {
    // A writer puts its journal, then the checkpoint, then removes the journal: so the checkpoint is read first before,
    // and last after, and who wrote in between has left one or the other.
    const before = await textOf(head);
    if (isUnfinished(content)) cutOff = (await isLocked(content)) ? 0 : cutOff + 1;
    else {
      const outcome = await read().then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      if (!isUnfinished(content) && (await textOf(head)) === before) {
        if ('error' in outcome) throw outcome.error;
        return outcome.value;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw candorError('LedgerUnfinished', { folder: content });
}
