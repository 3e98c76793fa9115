import type { Item } from '../../posture/sampling/attributes.ts';
import type { CollectContext } from '../define.ts';

/** A population that is open for reading; where the source can, all of it in one snapshot. */
export type OpenPopulation = {
  /** The ids in the order of their key, some at a time; each is there once. Throws SourceUnreadable. */
  ids: () => AsyncIterable<readonly string[]>;
  /**
   * The fields of an item that was wanted, once all ids were read; undefined when it is not there any more. Throws
   * SourceUnreadable for any other reason not to know.
   */
  item: (wanted: { id: string; position: number }) => Promise<Item | undefined>;
};

/** How a collector reads the population that samples are drawn from. */
export type Sampler<Expect> = {
  /** Which items belong to it, in words that are published. */
  filters: (expect: Expect) => string[];
  /** What exactly is asked for, as text: its digest is published. */
  query: (expect: Expect) => string;
  /**
   * Opens the population for `work` and closes it, whatever happens. `wanted` are the positions (from 1) whose fields will
   * be asked for. Throws SourceUnreadable when it cannot be read whole, or lacks a field that is declared.
   */
  read: <T>(
    context: CollectContext<Expect>,
    wanted: ReadonlySet<number>,
    work: (population: OpenPopulation) => Promise<T>,
  ) => Promise<T>;
};
