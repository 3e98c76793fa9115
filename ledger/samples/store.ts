import { hash } from 'node:crypto';
import { join } from 'node:path';
import {
  candorError,
  LogEntry,
  type PreviousEntry,
  type SampleCommitment,
  type SampleDraw,
} from '../../schemas/index.ts';
import { jsonOf, newestFirst, readLog, textOf } from '../reader.ts';
import { sampleFiles } from './files.ts';

/** A sample as the log tells it: the commitment, what became of it so far, and the places of both entries. */
export type Sample = {
  commitment: SampleCommitment;
  place: PreviousEntry;
  drawn: { draw: SampleDraw; place: PreviousEntry } | undefined;
};

/**
 * All samples of a content folder, in order of their numbers, from the signed log: one that lost its files is not
 * forgotten. Throws LedgerDamaged when a file is not there as it was logged.
 */
export async function readSamples(content: string): Promise<Sample[]> {
  const log = await readLog(content);
  if (log === undefined) return [];
  const draws = new Map<number, Sample['drawn']>();
  const samples: Sample[] = [];
  for await (const { index, bytes, hash: leaf } of newestFirst(content, log)) {
    const text = bytes.toString('utf8');
    // Most entries are none, and need not be parsed.
    const entry = text.includes('"candor/sample-') ? LogEntry.safeParse(jsonOf(text)) : undefined;
    if (!entry?.success) continue;
    const { data } = entry;
    const place = { index, digest: leaf.toString('hex') };
    if (data.schema === 'candor/sample-draw@1') {
      await requireFile(content, sampleFiles(data.number).draw, text);
      if (data.result !== null) await requireDigest(content, sampleFiles(data.number).picks, data.result.picks);
      draws.set(data.number, { draw: data, place });
    }
    if (data.schema !== 'candor/sample-commitment@1') continue;
    await requireFile(content, sampleFiles(data.number).commitment, text);
    samples.push({ commitment: data, place, drawn: draws.get(data.number) });
    if (data.number === 1) break;
  }
  return samples.reverse();
}

async function requireFile(content: string, file: string, text: string): Promise<void> {
  if ((await textOf(join(content, file))) !== text)
    throw candorError('LedgerDamaged', { file, problem: 'it is missing, or not what the log says it is.' });
}

async function requireDigest(content: string, file: string, digest: string): Promise<void> {
  const text = await textOf(join(content, file));
  if (text === undefined || hash('sha256', text) !== digest)
    throw candorError('LedgerDamaged', { file, problem: 'it is missing, or not the list that its draw names.' });
}
