import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { noteVerifiers } from '../../ledger/keys/chain.ts';
import { openCheckpoint } from '../../ledger/log/checkpoint.ts';
import { leafHash, rootFromInclusion } from '../../ledger/log/merkle.ts';
import { parseProof } from '../../ledger/log/proof.ts';
import { hashTiles } from '../../ledger/log/tiles.ts';
import { newestFirst, readLog } from '../../ledger/reader.ts';
import { recordFiles } from '../../ledger/records/files.ts';
import { readEvidence } from '../../ledger/records/store.ts';
import { openStatement } from '../../ledger/statement.ts';
import type { Evidence } from '../../schemas/index.ts';

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
