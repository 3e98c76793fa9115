import { resolveConnection } from '../../collectors/connection.ts';
import { type Diagnosis, SourceUnreadable } from '../../collectors/define.ts';
import type { Plan } from '../../collectors/judge.ts';
import { plansOf } from '../../collectors/run.ts';
import { CandorError } from '../../schemas/index.ts';
import { Common, defineCommand, type Terminal } from '../command.ts';
import { validContent } from '../content.ts';
import { contentFolder } from '../place.ts';

const TIME_LIMIT_MS = 60_000;
const marks = { ok: 'ok      ', missing: 'missing ', 'too-much': 'too much', error: 'error   ' } as const;

export default defineCommand({
  summary: 'Tries every source: reachable, and with rights that are enough and not too many.',
  words: '[SOURCE[/COLLECTOR]…]',
  options: Common,
  run: async (options, words, terminal) => {
    const valid = await validContent(contentFolder(options.content, terminal), terminal);
    if (valid === undefined) return 2;
    const plans = plansOf({ ...valid, only: words });
    const reports = [];
    for (const plan of plans) {
      const report = { source: plan.sourceId, collector: plan.collector.id, diagnoses: await diagnose(plan, terminal) };
      reports.push(report);
      if (!options.json) terminal.out(`${report.source}/${report.collector}\n${report.diagnoses.map(line).join('')}\n`);
    }
    if (options.json) terminal.out(`${JSON.stringify({ reports }, null, 2)}\n`);
    return reports.every(({ diagnoses }) => diagnoses.every(({ level }) => level === 'ok')) ? 0 : 1;
  },
});

async function diagnose(plan: Plan, terminal: Terminal): Promise<Diagnosis[]> {
  const { sourceId, source, collector, collection } = plan;
  try {
    const { values } = resolveConnection(sourceId, source.connection, terminal.environment);
    if (collector.doctor === undefined)
      return [{ level: 'ok', message: 'The connection is configured; this collector tries no more.' }];
    return await collector.doctor({
      connection: values,
      expect: collector.expect.parse(collection.expect),
      allowIntrusive: source.allowIntrusive,
      signal: AbortSignal.any([terminal.signal, AbortSignal.timeout(TIME_LIMIT_MS)]),
      progress: () => undefined,
    });
  } catch (error) {
    if (error instanceof SourceUnreadable) return [{ level: 'error', message: error.message }];
    if (error instanceof CandorError) return [{ level: 'error', message: error.what, hint: error.hint }];
    throw error;
  }
}

function line({ level, message, hint }: Diagnosis): string {
  return `  ${marks[level]}  ${message}\n${hint === undefined ? '' : `            ${hint}\n`}`;
}
