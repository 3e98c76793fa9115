import { seal, type UnsealedEvidence } from '../../ledger/records/seal.ts';
import type { Evidence } from '../../schemas/index.ts';
import { evidenceAfter, finding, T0 } from '../posture/worlds.ts';

/** A record with `count` passed findings, before it is sealed. */
export function unsealed(count: number, changes: Partial<Evidence> = {}): UnsealedEvidence {
  const findings = Array.from({ length: count }, (_, index) => finding('passed', `public.table_${index}`));
  const { id: _, ...record } = evidenceAfter([{ findings, complete: true, at: T0 }]);
  return { ...record, ...changes };
}

/** A sealed record. */
export function record(count = 1, changes: Partial<Evidence> = {}): Evidence {
  return seal(unsealed(count, changes));
}
