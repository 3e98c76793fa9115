import type { Item } from '../../posture/sampling/attributes.ts';
import { PopulationCommitment } from '../../posture/sampling/commit.ts';
import type { StreamedPopulation } from '../../schemas/index.ts';
import { SourceUnreadable } from '../define.ts';
import type { OpenPopulation } from './sampler.ts';

/** A drawn item: its place, its salted id with the proof of it, and its fields. Fields are private. */
export type DrawnItem = { position: number; leaf: Buffer; proof: Buffer[]; item: Item | undefined };

/** A population that was streamed once, with the items at the wanted positions. */
export type Streamed = { population: StreamedPopulation; items: DrawnItem[] };

/**
 * Streams the ids once and commits to them; then reads the fields of the wanted items. Holds one batch of ids, and what
 * was wanted; nothing is sorted. Throws SourceUnreadable.
 */
export async function stream(
  open: OpenPopulation,
  salt: Uint8Array,
  wanted: ReadonlySet<number>,
  { now, progress, signal }: { now: () => Date; progress: (message: string) => void; signal: AbortSignal },
): Promise<Streamed> {
  const startedAt = now().toISOString();
  const commitment = new PopulationCommitment(salt, wanted);
  const ids = new Map<number, string>();
  for await (const batch of open.ids()) {
    if (signal.aborted) throw new SourceUnreadable('transient', 'It was stopped before all items were read.');
    for (const id of batch) {
      add(commitment, id);
      if (wanted.has(commitment.size)) ids.set(commitment.size, id);
    }
    progress(`${commitment.size} items`);
  }
  const { root, items: proven } = commitment.end();
  const items: DrawnItem[] = [];
  for (const { position, leaf, proof } of proven)
    items.push({ position, leaf, proof, item: await open.item({ id: ids.get(position) ?? '', position }) });
  const endedAt = now().toISOString();
  return { population: { count: commitment.size, root: root.toString('hex'), startedAt, endedAt }, items };
}

/** An auditor gets the ids a line each, so none may hold the end of one. */
function add(commitment: PopulationCommitment, id: string): void {
  if (id.includes('\n') || id.includes('\r'))
    throw new SourceUnreadable('schema', `The id of item ${commitment.size + 1} holds the end of a line.`);
  try {
    commitment.add(id);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SourceUnreadable(
      'schema',
      `The id of item ${commitment.size + 1} is empty, too long, or not well-formed text.`,
    );
  }
}
