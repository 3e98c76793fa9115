import { existsSync } from 'node:fs';
import type { Collector } from '../collectors/define.ts';
import { checkGated, gatedDocuments } from '../intake/grants/check.ts';
import { gatedFolder } from '../intake/grants/gated.ts';
import { readEvidence } from '../ledger/records/store.ts';
import { checkContent } from '../loader/check.ts';
import { type Loaded, loadContent } from '../loader/load.ts';
import { printError } from '../loader/print.ts';
import { type CandorError, type Content, candorError } from '../schemas/index.ts';
import type { Terminal } from './command.ts';
import { collectorsBeside } from './place.ts';

/** Content that `candor check` has no word against, and the collectors that it may cite. */
export type ValidContent = { content: Content; collectors: ReadonlyMap<string, Collector> };

/** Reads and checks the content; prints every error and gives undefined when there is one. */
export async function validContent(folder: string, terminal: Terminal): Promise<ValidContent | undefined> {
  const collectors = await collectorsBeside(folder);
  const loaded = await loadContent(folder);
  const errors = checkContent(folder, loaded, { collectors, now: terminal.now() });
  printErrors(errors, terminal);
  return errors.length === 0 && loaded.content !== undefined ? { content: loaded.content, collectors } : undefined;
}

/**
 * What is wrong with the documents that are not public, as far as content could be read. `unseen`: how many files were not
 * looked at, because their folder is not here.
 */
export async function gatedErrors(folder: string, { content, locate }: Loaded, { environment }: Terminal) {
  if (content === undefined) return { errors: [], unseen: 0 };
  const gated = gatedFolder(folder, environment);
  const errors = await checkGated({ content: folder, gated, read: content, locate });
  return { errors, unseen: existsSync(gated) ? 0 : gatedDocuments(content).length };
}

/** Says how many gated files could not be looked at; nothing when all were. */
export function noteUnseen(unseen: number, { err }: Terminal): void {
  if (unseen > 0)
    err(
      `Not looked at: ${unseen === 1 ? '1 gated file' : `${unseen} gated files`}, whose folder is not on this machine.\n`,
    );
}

/** Prints errors to stderr, one after the other. */
export function printErrors(errors: readonly CandorError[], terminal: Terminal): void {
  for (const error of errors)
    terminal.err(`${printError(error, { colour: terminal.interactive, cwd: terminal.cwd })}\n\n`);
}

/** Throws BuildDemoInProduction when a source, or a record that would be published, is of a demonstration. */
export async function refuseDemo(folder: string, { sources }: Content): Promise<void> {
  const declared = sources.map(({ id, data }) => ({ source: id, environment: data.environment }));
  const { evidence } = await readEvidence(folder);
  const demo = [...declared, ...evidence].find(({ environment }) => environment === 'demo');
  if (demo !== undefined) throw candorError('BuildDemoInProduction', { source: demo.source });
}
