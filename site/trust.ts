import { build, folder } from 'virtual:candor/content';
import { type Log, readLog } from '../ledger/reader.ts';
import type { KeptRecord } from '../ledger/records/store.ts';
import { readChanges, readManifest, releaseNumbers } from '../ledger/releases/store.ts';
import { readSamples } from '../ledger/samples/store.ts';
import { readTrust } from '../loader/trust.ts';
import type {
  CheckSupport,
  Content,
  DerivedClaim,
  Evidence,
  Release,
  ReleaseChanges,
  Trust,
} from '../schemas/index.ts';
import type { ToldSample } from './words/samples.ts';

/** A published version, as far as a list of versions needs it. */
export type Version = { release: Release; changes: ReleaseChanges };

/** Everything that the pages show. Numbers and states come from `trust` alone; nothing is counted in a template. */
export type Site = {
  content: Content;
  trust: Trust;
  evidence: Evidence[];
  /** The place of each claim in `trust.claims`, by id. */
  claimIndex: ReadonlyMap<string, number>;
  /** The records by `<source>/<collector>`. */
  records: ReadonlyMap<string, Evidence>;
  /** Where each record stands in the log, by `<source>/<collector>`. */
  kept: ReadonlyMap<string, KeptRecord>;
  /** The log; undefined while nothing is logged. */
  log: Log | undefined;
  /** All audit samples, in order of their numbers. */
  samples: ToldSample[];
  /** All versions, newest first. */
  versions: Version[];
};

let once: { build: string; site: Promise<Site> } | undefined;

/** Reads everything: once per build, so that two pages cannot differ; each time in development. */
export function site(): Promise<Site> {
  if (build === null) return read();
  // One process may build twice, and Node then hands out the module of the first build.
  if (once?.build !== build) once = { build, site: read() };
  return once.site;
}

async function read(): Promise<Site> {
  const { content, trust, evidence, kept } = await readTrust(folder, buildTime(process.env.SOURCE_DATE_EPOCH));
  return {
    kept,
    log: await readLog(folder),
    samples: (await readSamples(folder)).map(({ commitment, drawn }) => ({ commitment, draw: drawn?.draw ?? null })),
    versions: await readVersions(),
    content,
    trust,
    evidence,
    claimIndex: new Map(trust.claims.map(({ id }, index) => [id, index])),
    records: new Map(evidence.map((record) => [recordKey(record.source, record.collector.id), record])),
  };
}

/** Two small files a version: that is all that a build pays for a version beside its copy. */
async function readVersions(): Promise<Version[]> {
  const numbers = (await releaseNumbers(folder)).reverse();
  return Promise.all(
    numbers.map(async (number) => {
      const [release, changes] = await Promise.all([readManifest(folder, number), readChanges(folder, number)]);
      return { release, changes };
    }),
  );
}

/** SOURCE_DATE_EPOCH (seconds) makes a build repeatable; without it the build’s own moment counts. */
function buildTime(epoch: string | undefined): Date {
  return epoch !== undefined && /^\d{1,12}$/.test(epoch) ? new Date(Number(epoch) * 1000) : new Date();
}

/** The name of a record: `<source>/<collector>`. */
export function recordKey(source: string, collector: string): string {
  return `${source}/${collector}`;
}

/** The record that a cited check was read from. */
export function recordOf({ records }: Site, { source, collector }: Pick<CheckSupport, 'source' | 'collector'>) {
  return records.get(recordKey(source, collector));
}

/** A claim and where it stands in trust.json, for the figures that name their place. */
export type PlacedClaim = { claim: DerivedClaim; at: string };

/** All claims with their places. */
export function placedClaims({ trust }: Site): PlacedClaim[] {
  return trust.claims.map((claim, index) => ({ claim, at: `claims.${index}` }));
}

/** The public name of a source; its id when it is no longer declared. */
export function sourceTitle({ content }: Site, id: string): string {
  return content.sources.find((source) => source.id === id)?.data.title ?? id;
}

/** The title of a role; its id when there is none. */
export function roleTitle({ content }: Site, id: string): string {
  return content.roles.find((role) => role.id === id)?.data.title ?? id;
}
