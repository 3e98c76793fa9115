import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../posture/digest.ts';
import { type CandorError, candorError, Evidence } from '../schemas/index.ts';
import { codeOf } from './error-code.ts';
import { flawOf } from './seal.ts';

/** A record that was found but cannot be trusted. */
export type DamagedRecord = { source: string; collector: string; reason: string; error: CandorError };

/** Everything that is recorded in a content folder. */
export type Recorded = { evidence: Evidence[]; damaged: DamagedRecord[] };

/** Where the record of one collector on one source lies. */
export function evidenceFile(content: string, source: string, collector: string): string {
  return join(content, 'evidence', source, `${collector}.json`);
}

/** Reads every record; what cannot be trusted is named, never skipped. A folder that is not there holds nothing. */
export async function readEvidence(content: string): Promise<Recorded> {
  const recorded: Recorded = { evidence: [], damaged: [] };
  const root = join(content, 'evidence');
  for (const source of await list(root, true)) {
    for (const name of await list(join(root, source), false)) {
      if (!name.endsWith('.json') || name.startsWith('.')) continue;
      const collector = name.slice(0, -'.json'.length);
      const result = await readRecord(content, source, collector);
      if (result === undefined) continue;
      if ('reason' in result) recorded.damaged.push(result);
      else recorded.evidence.push(result);
    }
  }
  return recorded;
}

/** Reads one record: the evidence, what is wrong with it, or undefined when there is none. */
export async function readRecord(
  content: string,
  source: string,
  collector: string,
): Promise<Evidence | DamagedRecord | undefined> {
  const file = evidenceFile(content, source, collector);
  const damaged = (reason: string): DamagedRecord => ({
    source,
    collector,
    reason,
    error: candorError('EvidenceDamaged', { problem: reason }, { file, line: 1, column: 1 }),
  });
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    return damaged(`it cannot be read (${codeOf(error) ?? 'unknown reason'}).`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return damaged('it is not JSON; it was cut off or changed.');
  }
  const flaw = flawOf(value, source, collector);
  return flaw === undefined ? Evidence.parse(value) : damaged(flaw);
}

/**
 * Writes one record in the place of the one before, so that a reader and a crash see either the old or the new one
 * whole: to a temporary file, synced, renamed, and the folder synced. Throws EvidenceNotWritten and leaves the old one.
 */
export async function writeRecord(content: string, record: Evidence): Promise<string> {
  const file = evidenceFile(content, record.source, record.collector.id);
  const temporary = join(dirname(file), `.${record.collector.id}.${process.pid}.${randomBytes(4).toString('hex')}`);
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(temporary, 'wx', 0o644);
    try {
      await handle.writeFile(`${canonicalJson(record)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw candorError('EvidenceNotWritten', { problem: codeOf(error) ?? 'unknown reason' });
  }
  return file;
}

/** Removes what killed writers left half-written. Only for who holds the lock. */
export async function removeLeftovers(content: string): Promise<void> {
  const root = join(content, 'evidence');
  for (const source of await list(root, true))
    for (const name of await list(join(root, source), false))
      if (name.startsWith('.')) await rm(join(root, source, name), { force: true });
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder; there the rename is all there is.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function list(folder: string, folders: boolean): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() === folders)
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
