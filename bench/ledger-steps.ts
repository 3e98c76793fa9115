import { hash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { makeKeys, parseKeys } from '../ledger/keys/private.ts';
import { leafHash } from '../ledger/log/merkle.ts';
import { copyPublished, signSite } from '../ledger/publish.ts';
import { keep } from '../ledger/records/keep.ts';
import { readEvidence } from '../ledger/records/store.ts';
import { openManifest } from '../ledger/verify/files.ts';
import { verifyLog } from '../ledger/verify/log.ts';
import { openPublished } from '../ledger/verify/published.ts';
import { type NewEntry, openLedger } from '../ledger/writer.ts';
import { canonicalJson } from '../posture/digest.ts';
import type { Heartbeat, PreviousEntry } from '../schemas/index.ts';
import { unsealed } from '../test/ledger/records.ts';
import { T0 } from '../test/posture/worlds.ts';

/** Entries that are appended as one change. */
const BATCH = 10_000;
/** After all entries, a second apart from each other. */
const END = T0 + 10 ** 10;
const origin = 'bench.example.com/log';
const at = (index: number) => new Date(T0 + 1000 * index).toISOString();

/** Milliseconds of a work. */
async function msOf(work: () => Promise<unknown> | unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** A run that changed nothing, a second after the one before it. */
export function heartbeat(index: number, record: string, previous: PreviousEntry): NewEntry {
  const entry: Heartbeat = {
    schema: 'candor/heartbeat@1',
    source: 'app-db',
    collector: 'rows',
    record,
    commit: 'c'.repeat(40),
    run: { startedAt: at(index), endedAt: at(index), trigger: 'schedule' },
    collectedAt: at(index),
    previous,
  };
  return { entry, bytes: Buffer.from(`${canonicalJson(entry)}\n`), files: () => [] };
}

/** Makes a log of two keys, a record and heartbeats; counts only the time in which it appends. */
export async function append(size: number, content: string, pem: string): Promise<number> {
  const keys = parseKeys(pem);
  let newest = T0;
  const ledger = await openLedger({ content, origin, keys, now: () => new Date(newest), state: undefined });
  const { id } = await keep(ledger, unsealed(10), undefined, undefined);
  let previous = (await readEvidence(content)).newest.get('app-db/rows');
  let ms = 0;
  while (ledger.head().size < size) {
    const first = ledger.head().size;
    const entries: NewEntry[] = [];
    for (let index = first; index < Math.min(size, first + BATCH) && previous !== undefined; index += 1) {
      const next = heartbeat(index, id, previous);
      previous = { index, digest: leafHash(next.bytes).toString('hex') };
      entries.push(next);
    }
    newest = T0 + 1000 * (first + entries.length);
    ms += await msOf(() => ledger.append(entries));
  }
  await ledger.close();
  return ms;
}

/** Opens the log and appends one heartbeat, as a collection does; a few times, and gives the mean. */
export async function appendOne(content: string, pem: string): Promise<number> {
  const keys = parseKeys(pem);
  const previous = { index: 0, digest: '0'.repeat(64) };
  const ms = await msOf(async () => {
    for (let round = 0; round < 20; round += 1) {
      const ledger = await openLedger({ content, origin, keys, now: () => new Date(END), state: undefined });
      await ledger.append([heartbeat(ledger.head().size, 'a'.repeat(64), previous)]);
      await ledger.close();
    }
  });
  return ms / 20;
}

/** Copies a log into a site, lists the digest of each file and signs the list. */
export function publish(content: string, site: string, pem: string): Promise<number> {
  return msOf(async () => {
    await mkdir(site, { recursive: true });
    await copyPublished(content, site);
    const keys = parseKeys(pem);
    const ledger = await openLedger({ content, origin, keys, now: () => new Date(END), state: undefined });
    const log = ledger.head();
    await ledger.close();
    const [privateKey] = keys.statement;
    if (privateKey === undefined) throw new Error('there is a key for statements');
    const [builtAt, expiresAt] = [new Date(END).toISOString(), new Date(END + 3_600_000).toISOString()];
    const manifest = { schema: 'candor/manifest@1', origin, demo: true, builtAt, expiresAt, version: '0' } as const;
    await signSite(site, { ...manifest, release: null, log }, privateKey);
  });
}

/** Reads the published log as `candor verify` does: each file by its digest, each entry, tile and root. */
export function verify(site: string): Promise<number> {
  return msOf(async () => {
    const now = new Date(END).toISOString();
    const files = await openManifest(openPublished(site, '/'), now);
    await verifyLog(
      files,
      now,
      new Set(),
      async () => undefined,
      () => undefined,
    );
  });
}

/** The SHA-256 calls that a tree of this size needs, as fast as Node can be asked: one a leaf, and one less for nodes. */
export function hashes(size: number): Promise<number> {
  const [leaf, node] = [Buffer.alloc(1 + leafBytes), Buffer.alloc(65)];
  return msOf(() => {
    for (let index = 0; index < size; index += 1) {
      leaf.writeUInt32BE(index, 1);
      hash('sha256', leaf, 'binary');
      node.writeUInt32BE(index, 1);
      if (index > 0) hash('sha256', node, 'binary');
    }
  });
}

/** The bytes of a heartbeat here. */
export const leafBytes = heartbeat(500_000, 'a'.repeat(64), { index: 499_999, digest: 'b'.repeat(64) }).bytes.length;

/** Keys for a log that is thrown away. */
export const throwaway = makeKeys;
