import { z } from 'zod';
import { collect as read } from '../collectors/content-subprocessors/collect.ts';
import subprocessors from '../collectors/content-subprocessors/collector.ts';
import { readEvidence } from '../ledger/records/store.ts';
import { exceptionsFor } from '../posture/support.ts';
import { type CandorError, type Content, candorError, type Finding, type Instant } from '../schemas/index.ts';
import type { Terminal } from './command.ts';
import { printErrors } from './content.ts';
import { finishCutOff } from './ledger.ts';

/** What `build` and `release` can be told to fail on. */
const failures = ['undeclared-vendor', 'short-notice'] as const;
type VendorFailure = (typeof failures)[number];

/** The option `--fail-on` of both. */
export const failOnVendors = z.string().optional().meta({
  description:
    'Exit with 1 on an undeclared-vendor (also when no observer can say) or a short-notice; both with a comma between.',
});

/**
 * Whether `build` or `release` must stop: judges the list of subprocessors as it is now against what is recorded, by the
 * rules of the collector `content-subprocessors`, and prints an error for each thing that `--fail-on` names. Failures that a
 * running exception names do not count. Where no source declares the comparison its defaults hold, and no notice is
 * promised. Throws UsageInvalid, LedgerDamaged.
 */
export async function stoppedByVendors(
  folder: string,
  content: Content,
  option: string | undefined,
  terminal: Terminal,
): Promise<boolean> {
  const failOn = (option?.split(',') ?? []).map(failureNamed);
  if (failOn.length === 0) return false;
  await finishCutOff(folder);
  const { evidence } = await readEvidence(folder);
  const now = terminal.now().toISOString();
  const declared = content.sources.flatMap(({ id, data }) => {
    const collection = data.collect[subprocessors.id];
    return collection === undefined ? [] : [{ source: id, intent: collection.expect }];
  });
  const refused: CandorError[] = [];
  for (const { source, intent } of declared.length > 0 ? declared : [{ source: '', intent: {} }]) {
    const raw = read({ source, now, content, evidence });
    for (const finding of subprocessors.assess(raw, subprocessors.expect.parse(intent)).findings)
      if (!isAccepted(finding, source, content, now)) refused.push(...refusal(finding, failOn));
  }
  printErrors(refused, terminal);
  return refused.length > 0;
}

function failureNamed(word: string): VendorFailure {
  const found = failures.find((each) => each === word.trim());
  if (found !== undefined) return found;
  throw candorError('UsageInvalid', {
    problem: `\`${word}\` is nothing to fail on here; there are ${failures.join(', ')}.`,
    usage: 'candor build|release [--fail-on undeclared-vendor,short-notice]',
  });
}

function isAccepted({ check, subject, outcome }: Finding, source: string, content: Content, now: Instant): boolean {
  const ref = `${source}/${subprocessors.id}#${check}`;
  const exceptions = exceptionsFor(ref, { exceptions: content.exceptions, now });
  return outcome === 'failed' && exceptions.some(({ data }) => data.subjects.includes(subject));
}

function refusal({ check, subject, outcome, reason }: Finding, failOn: readonly VendorFailure[]): CandorError[] {
  if (check === 'every-seen-vendor-is-declared' && failOn.includes('undeclared-vendor')) {
    if (outcome === 'failed') return [candorError('SubprocessorUndeclared', { vendor: subject, reason })];
    if (outcome === 'inconclusive') return [candorError('SubprocessorsUnknown', { subject, reason })];
  }
  const isNotice = check === 'every-notice-is-as-long-as-promised' || check === 'no-vendor-before-its-notice-ran-out';
  return isNotice && outcome === 'failed' && failOn.includes('short-notice')
    ? [candorError('SubprocessorNoticeShort', { subject, reason })]
    : [];
}
