import type { CollectContext, Diagnosis } from '../define.ts';
import { SourceUnreadable } from '../define.ts';
import type { Sampler } from './sampler.ts';

/** Tries what a commitment needs, as far as the first ids. */
export async function doctorOf<Expect>(
  sampler: Sampler<Expect>,
  context: CollectContext<Expect>,
): Promise<Diagnosis[]> {
  try {
    return await sampler.read(context, new Set(), async (population) => {
      for await (const ids of population.ids())
        if (ids.length > 0) return [{ level: 'ok', message: 'The population can be read, in the order of its key.' }];
      return [{ level: 'missing', message: 'The population is empty: look at its period and filters.' }];
    });
  } catch (error) {
    if (!(error instanceof SourceUnreadable)) throw error;
    return [{ level: error.kind === 'denied' ? 'missing' : 'error', message: error.message }];
  }
}
