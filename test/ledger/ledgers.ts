import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKeys, type PrivateKeys, parseKeys } from '../../ledger/keys/private.ts';
import { keep } from '../../ledger/records/keep.ts';
import type { UnsealedEvidence } from '../../ledger/records/seal.ts';
import { readEvidence } from '../../ledger/records/store.ts';
import { type Ledger, type LedgerOptions, type NewEntry, openLedger } from '../../ledger/writer.ts';
import { canonicalJson } from '../../posture/digest.ts';
import type { Evidence, Retirement } from '../../schemas/index.ts';
import { at, T0 } from '../posture/worlds.ts';

/** The name of every log in these tests. */
export const ORIGIN = 'trust.quill.example/log';

/** A content folder, a memory and keys, all thrown away in the end. */
export type Place = {
  root: string;
  content: string;
  state: string;
  pem: string;
  keys: PrivateKeys;
  remove: () => Promise<void>;
};

/** Makes one. */
export async function makePlace(): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'candor-ledger-'));
  const pem = makeKeys();
  return {
    root,
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
  const { kept, newest } = await readEvidence(ledger.content, [name]);
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

/** Entries that are of no record, made `ms` after the first ones. */
export function fillers(round: number, count: number, ms = 0): NewEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const entry: Retirement = {
      schema: 'candor/retirement@1',
      source: 'filler',
      collector: `c-${round}-${index}`,
      at: at(T0 + ms),
      reason: 'It fills the log.',
      previous: { index: 0, digest: '0'.repeat(64) },
    };
    return { entry, bytes: Buffer.from(`${canonicalJson(entry)}\n`), files: () => [] };
  });
}
