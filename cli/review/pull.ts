import { resolveConnection } from '../../collectors/connection.ts';
import { SourceUnreadable } from '../../collectors/define.ts';
import type { Plan } from '../../collectors/judge.ts';
import { declaredRecords, readEvidence } from '../../ledger/records/store.ts';
import { type Content, candorError, PrincipalList, type SystemRef } from '../../schemas/index.ts';
import type { Terminal } from '../command.ts';

/** A list that takes longer than this is given up. */
const TIME_LIMIT_MS = 10 * 60_000;

/** The name of a system in content: `<source>/<collector>`. */
export function systemOf({ sourceId, collector }: Plan): SystemRef {
  return `${sourceId}/${collector.id}`;
}

/**
 * Asks a system afresh who can get into it. Nothing is recorded. Throws ReviewUnreadable in words of our own,
 * ReviewNotListed, ReviewEmpty, EnvironmentMissing.
 */
export async function pull(plan: Plan, folder: string, content: Content, terminal: Terminal): Promise<PrincipalList> {
  const { sourceId, source, collector, collection } = plan;
  const system = systemOf(plan);
  if (collector.principals === undefined) throw candorError('ReviewNotListed', { system });
  const { values } = resolveConnection(sourceId, source.connection, terminal.environment);
  const { evidence } = await readEvidence(folder, declaredRecords(content));
  const context = {
    connection: values,
    expect: collector.expect.parse(collection.expect),
    allowIntrusive: source.allowIntrusive,
    signal: AbortSignal.any([terminal.signal, AbortSignal.timeout(TIME_LIMIT_MS)]),
    progress: () => undefined,
  };
  const known = { source: sourceId, now: terminal.now().toISOString(), content, evidence };
  const raw = await collector.collect(context, known).catch((error: unknown) => {
    terminal.signal.throwIfAborted();
    const problem =
      error instanceof SourceUnreadable ? error.message : 'the collector itself failed; this is a bug of it.';
    throw candorError('ReviewUnreadable', { system, problem });
  });
  const checked = collector.raw.safeParse(raw);
  const list = checked.success ? PrincipalList.safeParse(collector.principals(checked.data)) : undefined;
  if (list?.data === undefined)
    throw candorError('ReviewUnreadable', {
      system,
      problem: 'it answered in a shape that the collector does not know.',
    });
  if (list.data.principals.length === 0) throw candorError('ReviewEmpty', { system });
  return list.data;
}
