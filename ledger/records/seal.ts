import { canonicalJson, digestOf } from '../../posture/digest.ts';
import { type CheckResult, type Digest, Evidence, MAX_EVIDENCE_BYTES } from '../../schemas/index.ts';

/** A record before it has its id. */
export type UnsealedEvidence = Omit<Evidence, 'id'>;

/** The id of a record: SHA-256 of its canonical JSON without the id. */
export function evidenceId(record: UnsealedEvidence | Evidence): Digest {
  const { id: _, ...rest } = { id: '', ...record };
  return digestOf(rest);
}

/**
 * Gives a record its id. What does not fit is left out and counted: open failures until they take half of the room,
 * then findings from the end, passed ones first. Counts and digest still tell of all. Throws a TypeError when even
 * that does not fit.
 */
export function seal(whole: UnsealedEvidence): Evidence {
  const record = { ...whole, checks: fitOpenFailures(whole.checks) };
  const total = record.findings.length + record.findingsOmitted;
  let keep = record.findings.length;
  for (;;) {
    const fitted = { ...record, findings: record.findings.slice(0, keep), findingsOmitted: total - keep };
    const sealed: Evidence = { id: evidenceId(fitted), ...fitted };
    const bytes = Buffer.byteLength(canonicalJson(sealed));
    if (bytes <= MAX_EVIDENCE_BYTES) return sealed;
    if (keep === 0)
      throw new TypeError(`the record takes ${bytes} bytes without any finding; ${MAX_EVIDENCE_BYTES} fit`);
    // The findings kept shrink with the share that is too much, so 100,000 of them take a few rounds.
    keep = Math.min(keep - 1, Math.floor((keep * MAX_EVIDENCE_BYTES) / bytes));
  }
}

function fitOpenFailures(checks: CheckResult[]): CheckResult[] {
  let fitted = checks;
  let most = Math.max(0, ...checks.map(({ openFailures }) => openFailures.length));
  while (most > 0 && Buffer.byteLength(canonicalJson(fitted)) > MAX_EVIDENCE_BYTES / 2) {
    most = Math.floor(most / 2);
    const limit = most;
    fitted = checks.map((check) => ({
      ...check,
      openFailures: check.openFailures.slice(0, limit),
      openFailuresOmitted: check.openFailuresOmitted + Math.max(0, check.openFailures.length - limit),
    }));
  }
  return fitted;
}

/** What is wrong with a record that was read back, or undefined. */
export function flawOf(value: unknown, source: string, collector: string): string | undefined {
  const parsed = Evidence.safeParse(value);
  if (!parsed.success) return 'it does not have the shape of evidence; somebody changed it.';
  const record = parsed.data;
  if (record.source !== source || record.collector.id !== collector)
    return `it is of ${record.source}/${record.collector.id}, but lies in the place of ${source}/${collector}.`;
  if (evidenceId(record) !== record.id) return 'its content does not match its id; somebody changed it.';
  return undefined;
}
