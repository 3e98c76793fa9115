import type { SignalKind } from '../../../schemas/index.ts';
import type { Signal } from '../../vendors/signal.ts';

/**
 * What a thing is there for: the product that runs, its development (tests, builds, CI), or only because something else
 * asks for it. Where one signal has several uses, the first of these counts.
 */
export type Use = 'product' | 'development' | 'transitive';

/** A signal as a file holds it. */
export type Seen = Signal & { use: Use };

/** Reads the signals in the text of a file, at a path from the root. Throws NotReadable for a text that is not what its name says. */
export type Reader = (text: string, path: string) => Iterable<Seen>;

/** A file is not what its name says. The message is our own words, and follows "it". */
export class NotReadable extends Error {}

/** The keys of an object, and none of anything else. */
export function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

/** What lies under a key of an object; undefined for anything else. */
export function under(value: unknown, ...path: string[]): unknown {
  let at: unknown = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = Reflect.get(at, key);
  }
  return at;
}

/** The texts of a list, and none of anything else. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** JSON that is an object. Throws NotReadable, never quoting the text. */
export function jsonOf(text: string): object {
  const value = attempt(() => JSON.parse(text), 'is no valid JSON');
  if (typeof value !== 'object' || value === null) throw new NotReadable('holds no JSON object');
  return value;
}

/** What a parser gives. Its error is dropped, for it may quote the text. */
export function attempt(parse: () => unknown, otherwise: string): unknown {
  try {
    return parse();
  } catch {
    throw new NotReadable(otherwise);
  }
}

/** Each of the values as a signal. */
export function* each(kind: SignalKind, values: Iterable<string>, use: Use): Generator<Seen> {
  for (const value of values) yield { kind, value, use };
}
