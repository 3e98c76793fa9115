import type { NewEntry } from '../../ledger/writer.ts';
import { canonicalJson } from '../../posture/digest.ts';
import type { Heartbeat } from '../../schemas/index.ts';

/** Heartbeats of a record that nobody keeps, as entries without files; they differ in `previous`. */
export function heartbeats(count: number, at: string, from = 0): NewEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const entry: Heartbeat = {
      schema: 'candor/heartbeat@1',
      source: 'other-db',
      collector: 'rows',
      record: 'a'.repeat(64),
      commit: null,
      run: { startedAt: at, endedAt: at, trigger: 'schedule' },
      collectedAt: at,
      previous: { index: from + index, digest: 'b'.repeat(64) },
    };
    return { entry, bytes: Buffer.from(`${canonicalJson(entry)}\n`), files: () => [] };
  });
}
