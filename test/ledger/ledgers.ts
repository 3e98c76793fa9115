import { hash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { noteVerifiers } from '../../ledger/keys/chain.ts';
import { makeKeys, type PrivateKeys, parseKeys } from '../../ledger/keys/private.ts';
import { openCheckpoint } from '../../ledger/log/checkpoint.ts';
import { leafHash, rootFromInclusion } from '../../ledger/log/merkle.ts';
import { parseProof } from '../../ledger/log/proof.ts';
import { hashTiles } from '../../ledger/log/tiles.ts';
import { newestFirst, readLog } from '../../ledger/reader.ts';
import { keep } from '../../ledger/records/keep.ts';
import type { UnsealedEvidence } from '../../ledger/records/seal.ts';
import { readEvidence, recordFiles } from '../../ledger/records/store.ts';
import { openStatement } from '../../ledger/statement.ts';
import { type Ledger, type LedgerOptions, openLedger } from '../../ledger/writer.ts';
import type { Evidence } from '../../schemas/index.ts';
import { at, T0 } from '../posture/worlds.ts';

/** The name of every log in these tests. */
export const ORIGIN = 'trust.quill.example/log';

/** A content folder, a memory and keys, all thrown away in the end. */
export type Place = { content: string; state: string; pem: string; keys: PrivateKeys; remove: () => Promise<void> };

/** Makes one. */
export async function makePlace(): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'candor-ledger-'));
  const pem = makeKeys();
  return {
    content: join(root, 'content'),
    state: join(root, 'state'),
    pem,
    keys: parseKeys(pem),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** Opens the log of a place. */
export function open(place: Place, options: Partial<LedgerOptions> = {}): Promise<Ledger> {
  const { content, state, keys } = place;
  return openLedger({ content, state, keys, origin: ORIGIN, now: () => new Date(T0), ...options });
}

/** Works with the log of a place open, and closes it whatever happens. */
export async function within<T>(
  place: Place,
  work: (ledger: Ledger) => Promise<T>,
  options: Partial<LedgerOptions> = {},
): Promise<T> {
  const ledger = await open(place, options);
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

/** Keeps what a run found, after whatever the place says of that record. */
export async function keepIn(ledger: Ledger, found: Omit<UnsealedEvidence, 'previous'>): Promise<Evidence> {
  const name = { source: found.source, collector: found.collector.id };
  const key = `${name.source}/${name.collector}`;
  const { damaged, kept, newest } = await readEvidence(ledger.content, [name]);
  expect(damaged).toEqual([]);
  return keep(ledger, found, kept.get(key), newest.get(key));
}

/** The same run, but at another time. */
export function later<T extends Omit<UnsealedEvidence, 'previous'>>(found: T, ms: number): T {
  const run = { ...found.run, startedAt: at(T0 + ms), endedAt: at(T0 + ms) };
  const checks = found.checks.map((check) => ({
    ...check,
    observedAt: at(T0 + ms),
    lastPassedAt: at(T0 + ms),
    validUntil: at(T0 + ms + 48 * 3_600_000),
  }));
  return { ...found, run, checks, collectedAt: at(T0 + ms), validUntil: at(T0 + ms + 48 * 3_600_000) };
}

/**
 * Reads a place as somebody who believes nothing: every tile and entry by the signed root, every record, heartbeat and
 * key by its leaf and its proof, every bundle by its signature and digests; and nothing else lies there.
 */
export async function whole(content: string): Promise<{ size: number; evidence: Evidence[]; files: string[] }> {
  const log = await readLog(content);
  if (log === undefined) throw new Error('there is no log');
  const { size } = log.checkpoint;
  for (const tile of hashTiles(size)) await log.readTile(tile);
  const leaves = new Map<string, number>();
  for await (const { index, hash: leaf } of newestFirst(content, log)) leaves.set(leaf.toString('hex'), index);
  expect(leaves.size).toBe(size);
  const read = (path: string) => readFile(join(content, path));
  const proven = async (file: string, proofFile: string) => {
    const leaf = leafHash(await read(file));
    const proof = parseProof((await read(proofFile)).toString());
    if (proof === undefined) throw new Error(`${proofFile} is no proof`);
    expect(proof.index, file).toBe(leaves.get(leaf.toString('hex')));
    const opened = openCheckpoint(proof.checkpoint, noteVerifiers(log.chain));
    if ('flaw' in opened) throw new Error(`${proofFile}: ${opened.flaw}`);
    const { checkpoint } = opened;
    expect(rootFromInclusion(leaf, proof.index, checkpoint.size, proof.hashes), proofFile).toEqual(checkpoint.root);
  };
  const { evidence, damaged } = await readEvidence(content);
  expect(damaged).toEqual([]);
  const files = await filesIn(content);
  for (const { source, collector } of evidence) {
    const names = recordFiles(source, collector.id);
    const beats = files.includes(names.heartbeat);
    expect(files.includes(names.heartbeatProof)).toBe(beats);
    await proven(names.record, names.proof);
    if (beats) await proven(names.heartbeat, names.heartbeatProof);
    const opened = openStatement(
      (await read(names.bundle)).toString(),
      log.chain.map(({ publicKey }) => publicKey),
    );
    if ('flaw' in opened) throw new Error(opened.flaw);
    const subjects = [names.record, ...(beats ? [names.heartbeat] : [])];
    expect(opened.statement.subject).toEqual(
      await Promise.all(subjects.map(async (name) => ({ name, digest: { sha256: hash('sha256', await read(name)) } }))),
    );
  }
  for (const key of files.filter((file) => /^ledger\/keys\/.*\.json$/.test(file)))
    await proven(key, key.replace(/json$/, 'tlog-proof'));
  expect(files.filter((file) => /(^|\/)\./.test(file))).toEqual([]);
  return { size, evidence, files };
}

/** All files of a folder by their path, and all folders that are empty. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => ({ path: join(entry.parentPath, entry.name).slice(folder.length + 1), entry }));
  return paths
    .filter(({ path, entry }) => !entry.isDirectory() || !paths.some((other) => other.path.startsWith(`${path}/`)))
    .map(({ path }) => path)
    .sort();
}
