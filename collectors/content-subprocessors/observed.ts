import type { Watched } from '../../posture/subprocessor-facts.ts';
import type { Finding, Id } from '../../schemas/index.ts';
import { standingOn } from '../vendors/assess.ts';
import { daysBetween } from './days.ts';
import type { Expect, Listed, Observer, Raw } from './schema.ts';

const missing: Readonly<Record<Exclude<Observer['standing'], 'counts'>, string>> = {
  never: 'It has never looked.',
  stale: 'It looked too long ago.',
  changed: 'What it is told to expect has changed since it looked.',
  unreadable: 'Its last look failed.',
  partial: 'It saw only a part.',
};

/** One finding for each observer that is declared: whether its last look counts. */
export function everyObserverHasLooked({ observers }: Raw): Finding[] {
  const check = 'every-observer-has-looked';
  if (observers.length === 0) return [noObserver(check)];
  return observers.map(({ name, standing }) => ({
    check,
    subject: name,
    ...(standing === 'counts'
      ? { outcome: 'passed' as const, reason: 'It looked at everything, and lately enough.' }
      : { outcome: 'inconclusive' as const, reason: missing[standing] }),
  }));
}

/** One finding for each vendor that any observer sees: whether it is on the list, over all observers. */
export function everySeenVendorIsDeclared(raw: Raw): Finding[] {
  const check = 'every-seen-vendor-is-declared';
  const seen = Map.groupBy(
    raw.observers.flatMap((observer) => observer.seen.map((vendor) => ({ ...vendor, by: observer.name }))),
    ({ id }) => id,
  );
  const findings = [...seen].map(([id, sightings]): Finding => {
    const [first] = sightings;
    const about = { check, subject: first?.name ?? id };
    const by = `Seen by ${inWords(sightings.map((sighting) => sighting.by))}`;
    const standings = raw.list
      .filter(({ vendor }) => vendor.vendors.includes(id))
      .map(({ vendor }) => standingOn(raw.today, vendor));
    if (standings.some(({ inUse }) => inUse)) return { ...about, outcome: 'passed', reason: `${by}, and declared.` };
    for (const standing of standings)
      if (!standing.inUse) return { ...about, outcome: 'failed', reason: `${by}, but ${standing.problem}.` };
    const unexcused = sightings.filter(({ excuse }) => excuse === null).map((sighting) => sighting.by);
    if (unexcused.length === 0)
      return { ...about, outcome: 'not-applicable', reason: `${by}. No subprocessor: ${first?.excuse}` };
    return {
      ...about,
      outcome: 'failed',
      reason: `Seen by ${inWords(unexcused)}, and not on the list of subprocessors (${id} in the map of vendors).`,
    };
  });
  const nothing: Finding[] =
    findings.length === 0 && raw.observers.some(({ standing }) => standing === 'counts')
      ? [{ check, subject: 'No vendor', outcome: 'passed', reason: 'The observers that looked saw no vendor.' }]
      : [];
  return [...findings, ...nothing, ...unnamedBy(check, raw), ...unseenBy(check, raw)];
}

/** One finding for each vendor that is declared to be in use: whether any observer has seen it lately. */
export function everyDeclaredVendorIsSeen(raw: Raw, watched: Watched, { seenWithinDays }: Expect): Finding[] {
  const check = 'every-declared-vendor-is-seen';
  const all = raw.observers.length > 0 && raw.observers.every(({ standing }) => standing === 'counts');
  return raw.list.flatMap((listed): Finding[] => {
    const { since, until, subprocessor: id } = listed.vendor;
    if (until !== undefined && until < raw.today) return [];
    const about = { check, subject: listed.name };
    const by = seenBy(listed, raw);
    if (by.length > 0) return [{ ...about, outcome: 'passed', reason: `Seen by ${inWords(by)}.` }];
    if (listed.unobservable !== undefined)
      return [{ ...about, outcome: 'not-applicable', reason: `Cannot be seen: ${listed.unobservable}`.slice(0, 600) }];
    if (since > raw.today) return [{ ...about, outcome: 'not-applicable', reason: `In use only from ${since}.` }];
    const last = watched.seenBefore.get(id);
    if (last !== undefined && daysBetween(last, raw.today) <= seenWithinDays)
      return [{ ...about, outcome: 'passed', reason: `Last seen on ${last}.` }];
    const start = [watched.watchedSince ?? raw.today, since].sort().at(-1) ?? raw.today;
    if (!all) return [{ ...about, outcome: 'inconclusive', reason: 'Not seen; but not every observer has looked.' }];
    if (daysBetween(start, raw.today) < seenWithinDays) {
      const reason = `Not seen since the observers began on ${start}; after ${seenWithinDays} days it counts as never seen.`;
      return [{ ...about, outcome: 'inconclusive', reason }];
    }
    const reason =
      last === undefined
        ? `Declared, but never seen, though the observers have looked for ${seenWithinDays} days or more.`
        : `Declared, but last seen on ${last}, more than ${seenWithinDays} days ago.`;
    return [{ ...about, outcome: 'failed', reason }];
  });
}

/** What is known of the list after this run; the next one starts from it. */
export function watchedAfter(raw: Raw): Watched {
  const { before, list, observers, today } = raw;
  const seen = new Set(
    list.filter((listed) => seenBy(listed, raw).length > 0).map(({ vendor }) => vendor.subprocessor),
  );
  const ids = new Set(list.map(({ vendor }) => vendor.subprocessor));
  const earlier = new Map(before.seenBefore.map(({ id, on }) => [id, on]));
  if (before.on !== null) for (const id of before.seen) earlier.set(id, before.on);
  const known = new Map(list.map(({ vendor }): [Id, Id[]] => [vendor.subprocessor, vendor.vendors]));
  const isWatched = observers.some(({ standing }) => standing === 'counts');
  return {
    watchedSince: isWatched ? (before.watchedSince ?? today) : null,
    seen,
    seenBefore: new Map([...earlier].filter(([id]) => ids.has(id) && !seen.has(id))),
    known,
  };
}

/** The observers that see a subprocessor. */
export function seenBy({ vendor }: Listed, { observers }: Raw): string[] {
  return observers.filter(({ seen }) => seen.some(({ id }) => vendor.vendors.includes(id))).map(({ name }) => name);
}

/** A host that nobody can name may be a vendor’s that nobody declared. */
function unnamedBy(check: string, { observers }: Raw): Finding[] {
  return observers.flatMap(({ name, sawUnknownHosts }): Finding[] =>
    sawUnknownHosts
      ? [
          {
            check,
            subject: name,
            outcome: 'inconclusive',
            reason: 'It saw hosts that nobody can name; whose they are is unknown.',
          },
        ]
      : [],
  );
}

function unseenBy(check: string, { observers }: Raw): Finding[] {
  if (observers.length === 0) return [noObserver(check)];
  return observers.flatMap(({ name, standing }): Finding[] =>
    standing === 'counts' ? [] : [{ check, subject: name, outcome: 'inconclusive', reason: missing[standing] }],
  );
}

function noObserver(check: string): Finding {
  return { check, subject: 'Observers', outcome: 'inconclusive', reason: 'No source is observed for vendors.' };
}

function inWords(names: readonly string[]): string {
  const [first, second] = names;
  if (second === undefined) return first ?? 'nobody';
  return names.length === 2 ? `${first} and ${second}` : `${first}, ${second} and ${names.length - 2} more`;
}
