import type { Instant, PreviousEntry } from '../../schemas/index.ts';

/** What a history needs of a heartbeat. */
export type HeartbeatFacts = {
  /** `<source>/<collector>`. */
  name: string;
  collectedAt: Instant;
  endedAt: Instant;
  /** Id of the record that it renews. */
  record: string;
  previous: PreviousEntry;
};

const digest = '([0-9a-f]{64})';
const id = '([a-z0-9]+(?:-[a-z0-9]+)*)';
// Days after the 28th need a calendar: they are left to the schema.
const instant = '(\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\\d|2[0-8])T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}Z)';
/** A heartbeat as a writer of this project writes it: canonical JSON, so its fields stand in this order. */
const pattern = new RegExp(
  `^\\{"collectedAt":"${instant}","collector":"${id}","commit":(?:null|"[0-9a-f]{0,64}"),` +
    `"previous":\\{"digest":"${digest}","index":(0|[1-9]\\d{0,14})\\},"record":"${digest}",` +
    `"run":\\{"endedAt":"${instant}","startedAt":"${instant}","trigger":"(?:manual|schedule|start)"\\},` +
    `"schema":"candor/heartbeat@1","source":"${id}"\\}\\n$`,
);

/**
 * Reads the most frequent entry of a log without its schema, which would take longer than to hash it. It takes nothing
 * that the schema `Heartbeat` refuses (a test holds the two together); undefined leaves the entry to the schema.
 */
export function heartbeatIn(bytes: Buffer): HeartbeatFacts | undefined {
  const match = pattern.exec(bytes.toString('latin1'));
  if (match === null) return undefined;
  const [, collectedAt = '', collector = '', before = '', index = '', record = '', endedAt = '', , source = ''] = match;
  // An id of the schema has 80 characters at most.
  if (collector.length > 80 || source.length > 80) return undefined;
  return {
    name: `${source}/${collector}`,
    collectedAt,
    endedAt,
    record,
    previous: { index: Number(index), digest: before },
  };
}
