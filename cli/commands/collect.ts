import { z } from 'zod';
import { type CollectResult, collect, plansOf } from '../../collectors/run.ts';
import { retire } from '../../ledger/records/keep.ts';
import { loggedRecords, readEvidence, recordName } from '../../ledger/records/store.ts';
import type { Ledger } from '../../ledger/writer.ts';
import { nearest } from '../../loader/nearest.ts';
import { exceptionsFor, unaccepted } from '../../posture/support.ts';
import { candorError, checkRefOf, type Entry, Evidence, Outcome, type Source } from '../../schemas/index.ts';
import { Common, defineCommand, type Terminal } from '../command.ts';
import { validContent } from '../content.ts';
import { requireKeys, withLedger } from '../ledger.ts';
import { candorVersion, contentFolder } from '../place.ts';
import { showProgress } from '../progress.ts';

const usage = 'candor collect [SOURCE[/COLLECTOR]…] [--fail-on failed,error]';

export default defineCommand({
  summary: 'Reads the sources, judges what was read, and records it as evidence.',
  words: '[SOURCE[/COLLECTOR]…]',
  options: Common.extend({
    'fail-on': z.string().optional().meta({
      description: 'Exit with 1 when any check ends in one of these outcomes, for example failed,error.',
    }),
    trigger: Evidence.shape.run.shape.trigger.optional().meta({
      description: 'What started this run, for the record: manual (the default), schedule or start.',
    }),
  }),
  run: async (options, words, terminal) => {
    const failOn = outcomes(options['fail-on']);
    const folder = contentFolder(options.content, terminal);
    const valid = await validContent(folder, terminal);
    if (valid === undefined) return 2;
    for (const word of words) requireKnown(word, plansOf({ ...valid, only: [] }));
    const keys = await requireKeys(folder, terminal);
    const results = await withLedger(folder, valid.content, keys, terminal, async (ledger) => {
      const collected = await collect({
        ledger,
        ...valid,
        only: words,
        environment: terminal.environment,
        trigger: options.trigger ?? (terminal.environment.GITHUB_EVENT_NAME === 'schedule' ? 'schedule' : 'manual'),
        version: candorVersion(),
        commit: terminal.environment.GITHUB_SHA ?? null,
        now: terminal.now,
        signal: terminal.signal,
        report: showProgress(terminal),
      });
      const isWhole = words.length === 0 && !terminal.signal.aborted && collected.every((each) => 'evidence' in each);
      if (isWhole) await retireUndeclared(ledger, valid.content.sources, terminal);
      return collected;
    });
    if (options.json) terminal.out(`${JSON.stringify({ results: results.map(summary) }, null, 2)}\n`);
    if (terminal.signal.aborted) return 130;
    return exitCode(results, failOn, { exceptions: valid.content.exceptions, now: terminal.now().toISOString() });
  },
});

/** Evidence of what is no longer collected would grow old on the page for ever; the log keeps it, and says that it ended. */
async function retireUndeclared(ledger: Ledger, sources: readonly Entry<Source>[], terminal: Terminal): Promise<void> {
  const declared = new Set(sources.flatMap(({ id, data }) => Object.keys(data.collect).map((name) => `${id}/${name}`)));
  const { damaged } = await readEvidence(ledger.content);
  for (const [name, newest] of await loggedRecords(ledger.content)) {
    // What is damaged waits for a person, who moves it away; what is gone has ended all the same.
    if (declared.has(name) || damaged.some(({ source, collector }) => name === `${source}/${collector}`)) continue;
    await retire(ledger, recordName(name), newest, 'It is no longer declared in the sources.');
    terminal.err(`${name} is no longer declared; its record has ended, and the log says so.\n`);
  }
}

/**
 * 3 when nothing at all could be read or a record could not be kept; 1 for the outcomes of --fail-on, except failures
 * that a running exception accepts; else 0.
 */
function exitCode(
  results: readonly CollectResult[],
  failOn: readonly Outcome[],
  known: Parameters<typeof exceptionsFor>[1],
): number {
  if (results.some((result) => 'error' in result)) return 3;
  const ran = results.flatMap((result) => ('evidence' in result ? [result.evidence] : []));
  if (ran.length > 0 && ran.every(({ population }) => population === null)) return 3;
  const counts = ran.some((evidence) =>
    evidence.checks.some((result) => {
      const exceptions = exceptionsFor(checkRefOf(evidence, result.check), known);
      const accepted = result.outcome === 'failed' && !unaccepted(result, exceptions).any;
      return failOn.includes(result.outcome) && !accepted;
    }),
  );
  return counts ? 1 : 0;
}

function outcomes(text: string | undefined): Outcome[] {
  return (text?.split(',') ?? []).map((word) => {
    const parsed = Outcome.safeParse(word.trim());
    if (!parsed.success)
      throw candorError('UsageInvalid', {
        problem: `\`${word}\` is not an outcome; there are ${Outcome.options.join(', ')}.`,
        usage,
      });
    return parsed.data;
  });
}

function requireKnown(word: string, plans: ReturnType<typeof plansOf>): void {
  const known = new Set(plans.flatMap(({ sourceId, collector }) => [sourceId, `${sourceId}/${collector.id}`]));
  if (known.has(word)) return;
  const [source = word, collector] = word.split('/');
  if (collector !== undefined && known.has(source)) throw candorError('EvidenceNotCollected', { source, collector });
  throw candorError('EvidenceUnknownSource', { source, suggestion: nearest(source, known) });
}

function summary(result: CollectResult) {
  const { source, collector } = result;
  if ('error' in result) return { source, collector, error: result.error.name, what: result.error.what };
  const { id, collectedAt, counts, checks, population } = result.evidence;
  const outcomes = checks.map(({ check, outcome, reason }) => ({ check, outcome, reason }));
  return { source, collector, id, collectedAt, readable: population !== null, counts, checks: outcomes };
}
