import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CandorError, candorError, type FileDigest, type SiteManifest } from '../../schemas/index.ts';
import { fileDigest } from '../files/bytes.ts';
import { each } from '../files/each.ts';
import { quietly } from '../files/quiet.ts';
import { filesIn, publishedFolders } from '../publish.ts';
import { type Log, readLog } from '../reader.ts';
import { loggedRecords, readEvidence, recordName, recordNames } from '../records/store.ts';
import { releaseNumbers } from '../releases/store.ts';
import { DoesNotHold, ProvenFiles } from './files.ts';
import { verifyKeys } from './keys.ts';
import { verifyLog } from './log.ts';
import { readProofs, verifyProofs } from './proofs.ts';
import { requireAsLogged, verifyReleases } from './releases.ts';
import { verifySamples } from './samples.ts';

/** What is wrong with what a content folder has recorded: with the log and all that hangs on it, and with single records. */
export type Audit = { ledger: CandorError[]; evidence: CandorError[] };

/** No entry is of a time after this one: here it is not the clock that is judged. */
const END_OF_TIME = '9999-12-31T23:59:59.999Z';

/**
 * Whether what would be published is what was logged, before anybody signs it again: the whole log, its keys, versions
 * and samples with the code by which strangers verify the page, and each record. Throws LedgerUnfinished.
 */
export async function auditContent(content: string): Promise<Audit> {
  return quietly(content, () => auditOnce(content));
}

async function auditOnce(content: string): Promise<Audit> {
  try {
    const log = await readLog(content);
    const records = (await recordNames(content)).length;
    if (log === undefined)
      return { ledger: records === 0 ? [] : [candorError('LedgerMissing', { count: records })], evidence: [] };
    await verifyKept(content, log);
    const names = [...(await loggedRecords(content)).keys()].map(recordName);
    const { damaged, missing } = await readEvidence(content, names);
    return { ledger: [], evidence: [...damaged, ...missing].map(({ error }) => error) };
  } catch (error) {
    if (error instanceof DoesNotHold) return { ledger: [damagedAt(error)], evidence: [] };
    if (isDamage(error)) return { ledger: [error], evidence: [] };
    throw error;
  }
}

function isDamage(error: unknown): error is CandorError {
  return error instanceof Error && error.name === 'LedgerDamaged';
}

/** The file where it lies in the content folder. */
function damagedAt({ file, problem }: DoesNotHold): CandorError {
  const folder = publishedFolders.find(([, to]) => file.startsWith(`${to}/`));
  const path = folder === undefined ? file : `${folder[0]}${file.slice(folder[1].length)}`;
  return candorError('LedgerDamaged', { file: path, problem });
}

/** Proves log, keys, versions and samples of a content folder as if they were published. Throws DoesNotHold. */
async function verifyKept(content: string, log: Log): Promise<void> {
  const places = new Map<string, string>();
  for (const [from, to] of publishedFolders.filter(([, name]) => name !== 'evidence'))
    for (const path of await filesIn(join(content, from))) places.set(`${to}/${path}`, join(content, from, path));
  const read = async (path: string) => {
    const place = places.get(path);
    return place === undefined ? undefined : await readFile(place);
  };
  const listed: FileDigest[] = [];
  await each([...places], async ([path, place]) => {
    listed.push(fileDigest(path, await readFile(place)));
  });
  const { origin, size, root } = log.checkpoint;
  const manifest: SiteManifest = {
    schema: 'candor/manifest@1',
    origin,
    demo: false,
    builtAt: END_OF_TIME,
    expiresAt: END_OF_TIME,
    version: '',
    release: (await releaseNumbers(content)).at(-1) ?? null,
    log: { size, root: root.toString('hex') },
    files: listed,
  };
  const files = new ProvenFiles({ address: content, origin, read, list: undefined }, manifest, '');
  const proofs = await readProofs(files);
  const sizes = new Set(proofs.map((proof) => proof.size));
  const proven = await verifyLog(
    files,
    END_OF_TIME,
    sizes,
    async (version) => requireAsLogged(files, version),
    () => undefined,
  );
  await verifyKeys(files, proven);
  await verifyProofs(files, proofs, proven);
  await verifySamples(files, proven);
  await verifyReleases(files, proven, '1970-01-01T00:00:00.000Z');
}
