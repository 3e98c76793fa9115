import type { Collector } from '../collectors/define.ts';
import { checkLoaded } from '../loader/check.ts';
import { loadContent } from '../loader/load.ts';
import { printError } from '../loader/print.ts';
import type { CandorError, Content } from '../schemas/index.ts';
import type { Terminal } from './command.ts';
import { collectorsBeside } from './place.ts';

/** Content that `candor check` has no word against, and the collectors that it may cite. */
export type ValidContent = { content: Content; collectors: ReadonlyMap<string, Collector> };

/** Reads and checks the content; prints every error and gives undefined when there is one. */
export async function validContent(folder: string, terminal: Terminal): Promise<ValidContent | undefined> {
  const collectors = await collectorsBeside(folder);
  const loaded = await loadContent(folder);
  const errors = checkLoaded(folder, loaded, { collectors, now: terminal.now() });
  printErrors(errors, terminal);
  return errors.length === 0 && loaded.content !== undefined ? { content: loaded.content, collectors } : undefined;
}

/** Prints errors to stderr, one after the other. */
export function printErrors(errors: readonly CandorError[], terminal: Terminal): void {
  for (const error of errors)
    terminal.err(`${printError(error, { colour: terminal.interactive, cwd: terminal.cwd })}\n\n`);
}
