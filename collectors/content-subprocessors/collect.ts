import { z } from 'zod';
import { expectDigest } from '../../posture/digest.ts';
import { watchedIn } from '../../posture/subprocessor-facts.ts';
import { after } from '../../posture/time.ts';
import { sawUnknownHosts, vendorsIn } from '../../posture/vendor-facts.ts';
import { type Collection, type Evidence, Id, type Source } from '../../schemas/index.ts';
import type { Known } from '../define.ts';
import { dayOf, declaredVendors } from '../vendors/declared.ts';
import { createMatcher } from '../vendors/matcher.ts';
import type { Observer, Raw } from './schema.ts';

/** Reads what the company declares, what the observers’ records say, and what this record said before. No connection is made. */
export function collect({ now, content, evidence, source }: Known): Raw {
  const { vendors } = createMatcher({ content });
  const names = new Map(vendors.map(({ id, name }) => [id, name]));
  const declared = declaredVendors(content, vendors);
  const records = new Map(evidence.map((record) => [`${record.source}/${record.collector.id}`, record]));
  const own = records.get(`${source}/content-subprocessors`);
  const before = watchedIn(own?.facts);
  // After a time in which nothing was compared, nobody knows whether anybody looked: the days are counted anew.
  const isUnbroken = own !== undefined && Date.parse(now) <= Date.parse(after(own.collectedAt, own.validFor));
  return {
    today: dayOf(now),
    list: content.subprocessors.map(({ data }, index) => {
      const { name, engagement, dpa, vettedOn, certifications, notices, unobservable } = data;
      const vendor = declared[index];
      if (vendor === undefined) throw new TypeError('the list and its vendors differ in length');
      return { name, engagement, dpa, vettedOn, certifications, notices, unobservable, vendor };
    }),
    observers: content.sources.flatMap(({ id, data }) =>
      Object.entries(data.collect)
        .filter(([collector]) => collector.endsWith('-vendors'))
        .map(([collector, collection]) => {
          const record = records.get(`${id}/${collector}`);
          return observer(`${id}/${collector}`, record, collection, data, names, now);
        }),
    ),
    before: {
      on: own === undefined ? null : dayOf(own.collectedAt),
      watchedSince: isUnbroken ? before.watchedSince : null,
      seen: [...before.seen],
      seenBefore: [...before.seenBefore].map(([id, on]) => ({ id, on })),
    },
  };
}

const Excuses = z.object({ notSubprocessors: z.record(Id, z.string()).default({}) });

function observer(
  name: string,
  record: Evidence | undefined,
  collection: Collection,
  { environment }: Source,
  names: ReadonlyMap<string, string>,
  now: string,
): Observer {
  const nothing = { name, sawUnknownHosts: false, seen: [] };
  if (record === undefined) return { ...nothing, standing: 'never' };
  const found = vendorsIn(record.facts);
  if (found === undefined) return { ...nothing, standing: 'unreadable' };
  const isSame = record.environment === environment && record.collector.expectDigest === expectDigest(collection);
  if (!isSame) return { ...nothing, standing: 'changed' };
  if (Date.parse(now) > Date.parse(after(record.collectedAt, collection.validFor)))
    return { ...nothing, standing: 'stale' };
  const { notSubprocessors } = Excuses.parse(collection.expect);
  const isWhole = record.population?.complete === true && found.complete;
  return {
    name,
    standing: isWhole ? 'counts' : 'partial',
    sawUnknownHosts: sawUnknownHosts(record),
    seen: found.vendors.map(({ id }) => ({
      id,
      name: names.get(id) ?? id,
      excuse: notSubprocessors[id] ?? null,
    })),
  };
}
