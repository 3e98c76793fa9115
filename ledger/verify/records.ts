import { renew } from '../../posture/heartbeat.ts';
import { Evidence, Heartbeat } from '../../schemas/index.ts';
import { jsonOf } from '../reader.ts';
import { recordFiles } from '../records/files.ts';
import { fails, leafOf, type ProvenFiles, requireSubjects } from './files.ts';
import type { RecordHead } from './history.ts';
import type { ProvenLog } from './log.ts';
import { openBundleAt } from './proofs.ts';

/**
 * That the published evidence is exactly what the log says is newest: no record left out, put back or added, each with
 * its signature and proof. Gives what the records say now, by `<source>/<collector>`. Throws DoesNotHold.
 */
export async function verifyRecords(files: ProvenFiles, log: ProvenLog): Promise<Map<string, Evidence>> {
  const expected = new Set<string>();
  const records = new Map<string, Evidence>();
  for (const [name, head] of log.history.records) {
    const [source = '', collector = ''] = name.split('/');
    const paths = recordFiles(source, collector);
    const renewed = head.newest.index !== head.whole.index;
    for (const path of [paths.record, paths.proof, paths.bundle]) expected.add(path);
    if (renewed) for (const path of [paths.heartbeat, paths.heartbeatProof]) expected.add(path);
    for (const path of expected)
      if (files.digestOf(path) === undefined)
        throw fails(path, 'it is missing; the log says that it is the newest of its record.');
    records.set(name, await verifyRecord(files, log, head, paths, renewed));
  }
  for (const path of files.paths(/^evidence\/.*\.(json|tlog-proof)$/))
    if (!expected.has(path)) throw fails(path, 'it is evidence that the log does not have, or not any more.');
  return records;
}

async function verifyRecord(
  files: ProvenFiles,
  log: ProvenLog,
  head: RecordHead,
  paths: ReturnType<typeof recordFiles>,
  renewed: boolean,
): Promise<Evidence> {
  const bytes = await files.read(paths.record);
  if ((await leafOf(files, paths.record)).toString('hex') !== head.whole.digest)
    throw fails(paths.record, `it is not the newest record in the log, which is entry ${head.whole.index}.`);
  const record = Evidence.parse(jsonOf(bytes.toString('utf8')));
  const subjects: [string, string][] = [[paths.record, files.digestOf(paths.record) ?? '']];
  let current = record;
  if (renewed) {
    const heartbeat = await files.read(paths.heartbeat);
    if ((await leafOf(files, paths.heartbeat)).toString('hex') !== head.newest.digest)
      throw fails(paths.heartbeat, `it is not the newest heartbeat in the log, which is entry ${head.newest.index}.`);
    current = renew(record, Heartbeat.parse(jsonOf(heartbeat.toString('utf8'))));
    subjects.push([paths.heartbeat, files.digestOf(paths.heartbeat) ?? '']);
  }
  const statement = await openBundleAt(files, paths.bundle, log.history.chain, head.collectedAt);
  requireSubjects(statement, 'urn:candor:evidence:1', subjects, paths.bundle);
  const { origin, index, collectedAt } = statement.predicate;
  if (origin !== log.checkpoint.origin || index !== head.newest.index || collectedAt !== head.collectedAt)
    throw fails(paths.bundle, 'it speaks of another entry of the log.');
  return current;
}
