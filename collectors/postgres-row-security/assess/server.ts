import type { Finding } from '../../../schemas/index.ts';
import { finding } from './judge.ts';

const check = 'server-has-no-known-row-security-flaw';

/** First minor release of each major version without CVE-2025-8713. https://www.postgresql.org/support/security/CVE-2025-8713/ */
const fixed: Readonly<Record<number, number>> = { 17: 6, 16: 10, 15: 14, 14: 19, 13: 22 };

/** Check 10: the server’s release has no row-security flaw that is known to this version of the collector. */
export function assessServer(version: number): Finding {
  const shown = versionText(version);
  const major = Math.floor(version / 10_000);
  const minor = version % 10_000;
  const subject = `PostgreSQL ${shown}`;
  if (major >= 18) return finding(check, subject, { outcome: 'passed', reason: 'Not affected by CVE-2025-8713.' });
  const first = fixed[major];
  if (first === undefined)
    return finding(check, subject, {
      outcome: 'failed',
      reason: 'This major version gets no security fixes, CVE-2025-8713 included.',
    });
  return minor >= first
    ? finding(check, subject, { outcome: 'passed', reason: 'CVE-2025-8713 is fixed in it.' })
    : finding(check, subject, {
        outcome: 'failed',
        reason: `CVE-2025-8713 is open: planner statistics may show rows that policies hide. Fixed in ${major}.${first}.`,
      });
}

/** `180004` as `18.4`. */
export function versionText(version: number): string {
  return `${Math.floor(version / 10_000)}.${version % 10_000}`;
}
