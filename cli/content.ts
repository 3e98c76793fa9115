import type { Collector } from '../collectors/define.ts';
import { checkContent } from '../loader/check.ts';
import { loadContent } from '../loader/load.ts';
import { printError } from '../loader/print.ts';
import type { CandorError, Content } from '../schemas/index.ts';
import type { Terminal } from './command.ts';
import { collectorsBeside } from './place.ts';

/** Content that `candor check` has no word against, and the collectors that it may cite. */
export type ValidContent = { content: Content; collectors: ReadonlyMap<string, Collector> };

/** Checks and reads the content; prints every error and gives undefined when there is one. */
export async function validContent(folder: string, terminal: Terminal): Promise<ValidContent | undefined> {
  const collectors = await collectorsBeside(folder);
  const errors = await checkContent(folder, { collectors, now: terminal.now() });
  if (errors.length > 0) {
    printErrors(errors, terminal);
    return undefined;
  }
  const { content } = await loadContent(folder);
  return content === undefined ? undefined : { content, collectors };
}

/** Prints errors to stderr, one after the other. */
export function printErrors(errors: readonly CandorError[], terminal: Terminal): void {
  for (const error of errors) terminal.err(`${printError(error, { colour: terminal.interactive })}\n\n`);
}
