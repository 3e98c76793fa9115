import type { Finding } from '../../schemas/index.ts';
import { daysBetween } from './days.ts';
import type { Expect, Listed, Raw } from './schema.ts';

type Verdict = Pick<Finding, 'outcome' | 'reason'>;

/** One finding for each vendor in use: whether there is an agreement with it. */
export function everyVendorHasAnAgreement(raw: Raw): Finding[] {
  return inUse(raw, 'every-vendor-has-an-agreement', ({ dpa }) => {
    if (dpa === undefined) return { outcome: 'failed', reason: 'No processing agreement is declared.' };
    if (dpa.signedOn !== undefined && dpa.signedOn > raw.today)
      return { outcome: 'failed', reason: `Its agreement is to be signed on ${dpa.signedOn}.` };
    const signed =
      dpa.signedOn === undefined ? 'Its agreement is public.' : `Its agreement was signed on ${dpa.signedOn}.`;
    if (dpa.signedOn === undefined && dpa.url === undefined)
      return { outcome: 'inconclusive', reason: 'An agreement is declared, without its day or its address.' };
    return { outcome: 'passed', reason: signed };
  });
}

/** One finding for each vendor in use: whether it was vetted lately. */
export function everyVendorWasVetted(raw: Raw, { vettedWithinDays }: Expect): Finding[] {
  return inUse(raw, 'every-vendor-was-vetted', ({ vettedOn }) => {
    if (vettedOn === undefined) return { outcome: 'failed', reason: 'It was never vetted.' };
    if (vettedOn > raw.today)
      return { outcome: 'inconclusive', reason: `Its vetting lies in the future: ${vettedOn}.` };
    return daysBetween(vettedOn, raw.today) <= vettedWithinDays
      ? { outcome: 'passed', reason: `It was vetted on ${vettedOn}.` }
      : { outcome: 'failed', reason: `It was last vetted on ${vettedOn}, more than ${vettedWithinDays} days ago.` };
  });
}

/** One finding for each certificate with an end that a vendor in use shows. */
export function everyCertificateIsCurrent(raw: Raw): Finding[] {
  const check = 'every-certificate-is-current';
  const findings = current(raw).flatMap(({ name, certifications }) =>
    certifications.flatMap(({ title, expiresOn }): Finding[] =>
      expiresOn === undefined
        ? []
        : [
            {
              check,
              subject: `${name}, ${title}`.slice(0, 300),
              ...(expiresOn < raw.today
                ? { outcome: 'failed', reason: `It expired on ${expiresOn}.` }
                : { outcome: 'passed', reason: `It is valid until ${expiresOn}.` }),
            },
          ],
    ),
  );
  if (findings.length > 0 || raw.list.length === 0) return findings;
  return [{ check, subject: 'Certificates', outcome: 'not-applicable', reason: 'None with an end is declared.' }];
}

function inUse(raw: Raw, check: string, verdict: (listed: Listed) => Verdict): Finding[] {
  return current(raw).map((listed) => ({
    check,
    subject: listed.name,
    ...(listed.engagement === 'customer-connected'
      ? {
          outcome: 'not-applicable' as const,
          reason: 'Customers connect an account of their own; the contract is theirs.',
        }
      : verdict(listed)),
  }));
}

function current({ list, today }: Raw): Listed[] {
  return list.filter(({ vendor }) => vendor.since <= today && (vendor.until === undefined || vendor.until >= today));
}
