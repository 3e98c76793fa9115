import { z } from 'zod';
import { Id, SignalKind } from '../../schemas/index.ts';
import type { Matcher } from './matcher.ts';
import { normalize, type Signal } from './signal.ts';

const order = SignalKind.options;

/** A vendor that was seen, and the patterns of the map that told, in the order of the kinds. */
export const ObservedVendor = z.strictObject({
  id: Id,
  name: z.string(),
  told: z.array(z.strictObject({ kind: SignalKind, pattern: z.string(), count: z.int().positive() })).min(1),
});
export type ObservedVendor = z.infer<typeof ObservedVendor>;

/** Signals sorted by what they are. Only `unknown` holds values as they were seen: they may be private. */
export type Observation = {
  /** By id. */
  vendors: ObservedVendor[];
  /** How many signals are the company’s own. */
  own: number;
  /** Patterns that are known to be no vendor’s, with the reason. */
  none: { pattern: string; reason: string; count: number }[];
  /** Each once, by kind and value. */
  unknown: Signal[];
  /** How many signals there were in all. */
  total: number;
};

/** What signals tell: the vendors that were seen, and the signals that are left over. Each signal counts once. */
export function vendorsOf(signals: Iterable<Signal>, matcher: Matcher): Observation {
  const seen = new Map<Id, ObservedVendor>();
  const none = new Map<string, Observation['none'][number]>();
  const unknown = new Map<string, Signal>();
  let own = 0;
  let total = 0;
  for (const signal of signals) {
    total += 1;
    const found = matcher.recognize(signal);
    if (found.is === 'own') own += 1;
    else if (found.is === 'unknown') {
      const value = normalize(signal);
      unknown.set(`${signal.kind} ${value}`, { kind: signal.kind, value });
    } else if (found.is === 'none') {
      const { pattern, reason } = found;
      none.set(pattern, { pattern, reason, count: (none.get(pattern)?.count ?? 0) + 1 });
    } else
      for (const { id, name } of found.vendors) {
        const vendor = seen.get(id) ?? { id, name, told: [] };
        const told = vendor.told.find(({ kind, pattern }) => kind === signal.kind && pattern === found.pattern);
        if (told === undefined) vendor.told.push({ kind: signal.kind, pattern: found.pattern, count: 1 });
        else told.count += 1;
        seen.set(id, vendor);
      }
  }
  const vendors = [...seen.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  // Not by count: the order is published, and must not change where only the number of files did.
  for (const { told } of vendors)
    told.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (a.pattern < b.pattern ? -1 : 1));
  return { vendors, own, none: [...none.values()], unknown: [...unknown.values()], total };
}
