import { seedText } from '../../posture/sampling/beacon.ts';
import { drawDistinct } from '../../posture/sampling/draw.ts';
import {
  type Instant,
  type PreviousEntry,
  type SampleCommitment,
  type SampleDraw,
  SamplePicks,
} from '../../schemas/index.ts';
import { jsonBytes } from '../files/bytes.ts';
import { rootFromInclusion } from '../log/merkle.ts';
import { jsonOf } from '../reader.ts';
import { publishedSampleFiles } from '../samples/files.ts';
import { COMMITMENT_STATEMENT, DRAW_STATEMENT } from '../samples/keep.ts';
import { fails, leafOf, type ProvenFiles, requireSubjects } from './files.ts';
import type { ProvenLog } from './log.ts';
import { openBundleAt } from './proofs.ts';

/** The page about samples, which each build makes anew. */
const rendered = 'audit-samples/index.html';

/**
 * That all samples in the log are published with their proofs and signatures and nothing is added to them, and that each
 * drawn item is the one that the seed leads to and is in the population that was committed to; what the entries say was
 * proven with the log. Throws DoesNotHold.
 */
export async function verifySamples(files: ProvenFiles, log: ProvenLog): Promise<void> {
  const expected = new Set([rendered]);
  for (const { commitment, place, drawn } of log.history.samples) {
    const paths = publishedSampleFiles(commitment.number);
    const { commitmentProof: proof, commitmentBundle: bundle } = paths;
    const made = { ...commitment, place, type: COMMITMENT_STATEMENT, proof, bundle };
    await verifyEntry(files, log, made, [paths.commitment], expected);
    if (drawn === undefined) continue;
    const { draw } = drawn;
    const subjects = draw.result === null ? [paths.draw] : [paths.draw, paths.picks];
    const done = {
      ...draw,
      place: drawn.place,
      type: DRAW_STATEMENT,
      proof: paths.drawProof,
      bundle: paths.drawBundle,
    };
    await verifyEntry(files, log, done, subjects, expected);
    if (draw.result !== null) await verifyPicks(files, paths.picks, commitment, draw, draw.result);
  }
  for (const path of files.paths(/^audit-samples\//))
    if (!expected.has(path)) throw fails(path, 'it belongs to no sample in the log.');
}

type SignedEntry = { number: number; at: Instant; place: PreviousEntry; type: string; proof: string; bundle: string };

/** That an entry is published as it was logged, with its proof, and signed with what belongs to it. */
async function verifyEntry(
  files: ProvenFiles,
  log: ProvenLog,
  { number, at, place, type, proof, bundle }: SignedEntry,
  subjects: readonly string[],
  expected: Set<string>,
): Promise<void> {
  for (const path of [...subjects, proof, bundle]) {
    expected.add(path);
    if (files.digestOf(path) === undefined) throw fails(path, 'it is missing; the log has this sample.');
  }
  const [entry = ''] = subjects;
  if ((await leafOf(files, entry)).toString('hex') !== place.digest)
    throw fails(entry, `it is not the sample as it was logged (entry ${place.index}).`);
  const statement = await openBundleAt(files, bundle, log.history.chain, at);
  const named = subjects.map((path) => [path, files.digestOf(path) ?? ''] as const);
  requireSubjects(statement, type, named, bundle);
  const { predicate } = statement;
  if (
    predicate.origin !== log.checkpoint.origin ||
    predicate.index !== place.index ||
    predicate.number !== number ||
    predicate.at !== at
  )
    throw fails(bundle, 'it speaks of another entry of the log.');
}

/** That what was drawn is what the seed leads to, all of it and nothing else, and adds up to the result. */
async function verifyPicks(
  files: ProvenFiles,
  path: string,
  { number, population, attributes, size }: SampleCommitment,
  { origin, seed }: SampleDraw,
  result: Exclude<SampleDraw['result'], null>,
): Promise<void> {
  if (files.digestOf(path) !== result.picks) throw fails(path, 'it is not the list that its draw names.');
  const bytes = await files.read(path);
  const parsed = SamplePicks.safeParse(jsonOf(bytes.toString('utf8')));
  if (!parsed.success || !jsonBytes(parsed.data).equals(bytes))
    throw fails(path, 'it is no list of drawn items as this version knows it.');
  const { picks } = parsed.data;
  if (parsed.data.origin !== origin || parsed.data.number !== number) throw fails(path, 'it is of another sample.');
  if (picks.length !== size) throw fails(path, `it lists ${picks.length} items, and ${size} were drawn.`);
  const drawn = drawDistinct(seedText(seed), population.count);
  const root = Buffer.from(population.root, 'hex');
  const ids = attributes.map(({ id }) => id).sort();
  for (const pick of picks) {
    const next = drawn.next().value;
    if (next?.draw !== pick.draw || next.position !== pick.position)
      throw fails(
        path,
        `the seed does not lead to position ${pick.position}; an item was put in the place of another.`,
      );
    const proof = pick.proof.map((hash) => Buffer.from(hash, 'base64'));
    const isProper = pick.proof.every((hash, index) => proof[index]?.toString('base64') === hash);
    if (
      !isProper ||
      rootFromInclusion(Buffer.from(pick.item, 'hex'), pick.position - 1, population.count, proof)?.equals(root) !==
        true
    )
      throw fails(path, `the item at position ${pick.position} is not in the population that was committed to.`);
    if (Object.keys(pick.outcomes).sort().join() !== ids.join())
      throw fails(path, `the item at position ${pick.position} was not tested for what was planned.`);
  }
  for (const { id, deviations, unavailable } of result.attributes) {
    const outcomes = picks.map((pick) => pick.outcomes[id]);
    const count = (outcome: string) => outcomes.filter((each) => each === outcome).length;
    if (count('unavailable') !== unavailable || count('deviation') + unavailable !== deviations)
      throw fails(path, `its outcomes for ${id} are not those of its draw.`);
  }
  const missed = picks.filter(({ outcomes }) => Object.values(outcomes).some((outcome) => outcome !== 'met')).length;
  if (missed !== result.deviations) throw fails(path, 'its deviations are not those of its draw.');
}
