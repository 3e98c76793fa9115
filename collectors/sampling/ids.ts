import { candorError } from '../../schemas/index.ts';
import { SourceUnreadable } from '../define.ts';
import { nameOf, type SampleJob } from './job.ts';

/**
 * Streams the ids of a population, a line each, in the order that positions count in: what an auditor needs beside the salt
 * to draw again. Private. Throws SampleUnreadable, also when it is stopped.
 */
export async function listIds(job: SampleJob, out: (lines: string) => void): Promise<void> {
  const { signal } = job.context;
  try {
    await job.sampler.read(job.context, new Set(), async (population) => {
      for await (const ids of population.ids()) {
        if (signal.aborted) throw new SourceUnreadable('transient', 'It was stopped before all items were read.');
        out(`${ids.join('\n')}\n`);
      }
    });
  } catch (error) {
    if (!(error instanceof SourceUnreadable)) throw error;
    throw candorError('SampleUnreadable', { name: nameOf(job), problem: error.message });
  }
}
