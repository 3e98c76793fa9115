import { z } from 'zod';
import { DateOn, type Id } from '../schemas/index.ts';
import { CHARACTERS, packed, TEXTS } from './vendor-facts.ts';

const words = z.array(z.string().max(CHARACTERS)).max(TEXTS);

/**
 * What the comparison of the list with all observers publishes besides its findings. It is also the memory of the next
 * run, which starts from it. Ids stand in texts with spaces between them.
 */
export const SubprocessorFacts = z.strictObject({
  /** The observers whose looks counted: `product-pages/browser-vendors`. */
  observers: words,
  /** Since when at least one observer has counted, without a run in between in which none did. */
  watchedSince: DateOn.nullable(),
  /** Subprocessors that an observer sees now. */
  seen: words,
  /** Those that were seen, and on which day last: `tallybook@2026-11-03`. */
  seenBefore: words,
  /** What subprocessors are in the map of vendors, where it is not their own id: `our-mail=postmark,sendgrid`. */
  known: words,
  declared: z.int().nonnegative(),
  undeclared: z.int().nonnegative(),
});
export type SubprocessorFacts = z.infer<typeof SubprocessorFacts>;

/** The same, to calculate with. */
export type Watched = {
  watchedSince: DateOn | null;
  seen: ReadonlySet<Id>;
  seenBefore: ReadonlyMap<Id, DateOn>;
  known: ReadonlyMap<Id, readonly Id[]>;
};

/** Reads the facts of a record back; nothing is known where they have another shape, as after an error. */
export function watchedIn(facts: unknown): Watched {
  const parsed = SubprocessorFacts.safeParse(facts);
  if (!parsed.success) return { watchedSince: null, seen: new Set(), seenBefore: new Map(), known: new Map() };
  const { watchedSince, seen, seenBefore, known } = parsed.data;
  return {
    watchedSince,
    seen: new Set(split(seen)),
    seenBefore: new Map(split(seenBefore).map((word) => pair(word, '@'))),
    known: new Map(split(known).map((word) => [pair(word, '=')[0], pair(word, '=')[1].split(',')])),
  };
}

/** Writes them. What does not fit is left out; the next run then knows less, and says so by what it cannot judge. */
export function watchedFacts({ watchedSince, seen, seenBefore, known }: Watched) {
  return {
    watchedSince,
    seen: packed([...seen].sort()),
    seenBefore: packed([...seenBefore].map(([id, day]) => `${id}@${day}`).sort()),
    known: packed([...known].filter(([id, ids]) => ids.join() !== id).map(([id, ids]) => `${id}=${ids.join(',')}`)),
  };
}

function split(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(' '));
}

function pair(word: string, sign: string): [string, string] {
  const at = word.indexOf(sign);
  return [word.slice(0, at), word.slice(at + 1)];
}
