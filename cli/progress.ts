import { styleText } from 'node:util';
import type { CollectEvent, CollectResult } from '../collectors/run.ts';
import type { Outcome, OutcomeCounts } from '../schemas/index.ts';
import type { Terminal } from './command.ts';

const colours = {
  passed: 'green',
  failed: 'red',
  inconclusive: 'yellow',
  error: 'yellow',
  'not-applicable': 'gray',
} as const;
const order: readonly Outcome[] = ['passed', 'failed', 'error', 'inconclusive', 'not-applicable'];

/** Live progress on stderr: a line when a collection ends, and on a terminal one moving line in between. */
export function showProgress({ err, interactive }: Terminal): (event: CollectEvent) => void {
  return (event) => {
    const name = `${event.source}/${event.collector}`;
    if (event.event === 'done') err(`${interactive ? '\r\x1b[2K' : ''}${resultLine(event.result, interactive)}\n`);
    else if (interactive) err(`\r\x1b[2K  ${name}  ${event.event === 'progress' ? event.message : 'reading'}`);
  };
}

/** `  app-db/postgres-row-security  9 passed, 1 failed`, and below it each check that did not pass. */
function resultLine(result: CollectResult, colour: boolean): string {
  const name = `  ${result.source}/${result.collector}`;
  if ('error' in result) return `${name}  not recorded: ${result.error.what}\n    ${result.error.hint}`;
  const { checks, population } = result.evidence;
  if (population === null) return `${name}  could not be read: ${result.evidence.findings[0]?.reason ?? ''}`;
  const below = checks
    .filter(({ outcome }) => outcome !== 'passed' && outcome !== 'not-applicable')
    .map(({ check, outcome, reason }) => `\n    ${paint(outcome, outcome, colour)} ${check}: ${reason}`);
  return `${name}  ${countsLine(countChecks(checks), colour)}${below.join('')}`;
}

function countChecks(checks: readonly { outcome: Outcome }[]): OutcomeCounts {
  const counts: OutcomeCounts = { passed: 0, failed: 0, inconclusive: 0, error: 0, 'not-applicable': 0 };
  for (const { outcome } of checks) counts[outcome] += 1;
  return counts;
}

function countsLine(counts: OutcomeCounts, colour: boolean): string {
  const parts = order
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => paint(`${counts[outcome]} ${outcome}`, outcome, colour));
  return `checks: ${parts.join(', ')}`;
}

function paint(text: string, outcome: Outcome, colour: boolean): string {
  return colour ? styleText(colours[outcome], text, { validateStream: false }) : text;
}
