import { canonicalJson, digestOf } from '../posture/digest.ts';
import { type Digest, Evidence, MAX_EVIDENCE_BYTES } from '../schemas/index.ts';

/** A record before it has its id. */
export type UnsealedEvidence = Omit<Evidence, 'id'>;

/** The id of a record: SHA-256 of its canonical JSON without the id. */
export function evidenceId(record: UnsealedEvidence | Evidence): Digest {
  const { id: _, ...rest } = { id: '', ...record };
  return digestOf(rest);
}

/**
 * Gives a record its id. Findings are left out from the end, passed ones first, until the record fits; counts, digest
 * and the number left out still tell of all. Throws a TypeError when even an empty list does not fit.
 */
export function seal(record: UnsealedEvidence): Evidence {
  const listed = record.findings.length;
  const total = listed + record.findingsOmitted;
  let keep = listed;
  for (;;) {
    const fitted = { ...record, findings: record.findings.slice(0, keep), findingsOmitted: total - keep };
    const sealed: Evidence = { id: evidenceId(fitted), ...fitted };
    const bytes = Buffer.byteLength(canonicalJson(sealed));
    if (bytes <= MAX_EVIDENCE_BYTES) return sealed;
    if (keep === 0)
      throw new TypeError(`the record takes ${bytes} bytes without any finding; ${MAX_EVIDENCE_BYTES} fit`);
    const mean = Math.ceil((bytes - MAX_EVIDENCE_BYTES) / (bytes / keep));
    keep = Math.max(0, keep - Math.max(1, mean));
  }
}

/** What is wrong with a record that was read back, or undefined. */
export function flawOf(value: unknown, source: string, collector: string): string | undefined {
  const parsed = Evidence.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return `it does not have the shape of evidence${issue ? ` (${issue.path.join('.')}: ${issue.message})` : ''}.`;
  }
  const record = parsed.data;
  if (record.source !== source || record.collector.id !== collector)
    return `it is of ${record.source}/${record.collector.id}, but lies in the place of ${source}/${collector}.`;
  if (evidenceId(record) !== record.id) return 'its content does not match its id; somebody changed it.';
  return undefined;
}
