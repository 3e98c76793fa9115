import { declaredRecords, type KeptRecord, readEvidence } from '../ledger/records/store.ts';
import { derive } from '../posture/derive.ts';
import type { Content, Evidence, Trust } from '../schemas/index.ts';
import { loadContent } from './load.ts';

/**
 * Reads a content folder and derives everything that is shown, for the moment `now`. Throws the first content error;
 * `candor check` lists them all.
 */
export async function readTrust(
  folder: string,
  now: Date,
): Promise<{ content: Content; trust: Trust; evidence: Evidence[]; kept: ReadonlyMap<string, KeptRecord> }> {
  const { content, errors } = await loadContent(folder);
  if (content === undefined) throw errors[0] ?? new Error(`no content in ${folder}`);
  const { evidence, damaged, missing, kept } = await readEvidence(folder, declaredRecords(content));
  return { content, trust: derive(content, evidence, [...damaged, ...missing], now.toISOString()), evidence, kept };
}
