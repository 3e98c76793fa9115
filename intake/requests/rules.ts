import providers from 'email-providers/all.json' with { type: 'json' };
import { getDomain } from 'tldts';
import { agreementNeeds, type IntakePolicy, type RequestForm } from '../../schemas/index.ts';
import type { Draft, Obstacle } from '../agreements/draft.ts';

/** Why a person must look at a request. Kept in its history, so they say nothing personal. */
export type HoldReason =
  | Obstacle
  | 'by-hand'
  | 'free-mail'
  | 'other-domain'
  | 'jurisdiction'
  | 'needs-a-person'
  | 'measures'
  | 'unprintable';

const freeMail: ReadonlySet<string> = new Set(providers);

/**
 * Why a person must look at a request before an offer is made; none when the rules let it through. `draft` is what
 * would be offered, or why nothing can be: nobody is offered a promise that is broken, and which is broken it names.
 */
export function holdReasons(
  form: RequestForm,
  policy: IntakePolicy,
  draft: Pick<Draft, 'hindrances'> | Obstacle | undefined,
): HoldReason[] {
  const { hold } = policy;
  const reasons: [HoldReason, boolean][] = [
    ['by-hand', policy.approval === 'by-hand'],
    ['free-mail', hold.freeMail && isFreeMail(form.email)],
    ['other-domain', hold.otherDomain && !sameCompany(form.email, form.website)],
    ['jurisdiction', hold.jurisdictions.includes(form.jurisdiction)],
    [
      'needs-a-person',
      !form.needs.every((need) => agreementNeeds.has(need)) ||
        form.signatory === undefined ||
        form.message !== undefined,
    ],
    ['measures', typeof draft === 'object' && draft.hindrances.length > 0],
  ];
  const held = reasons.flatMap(([reason, holds]) => (holds ? [reason] : []));
  return typeof draft === 'string' ? [...held, draft] : held;
}

/** Whether it asks for an agreement, whatever else it asks for. */
export function asksForAgreement({ needs }: RequestForm): boolean {
  return needs.some((need) => agreementNeeds.has(need));
}

/** Whether anybody can have an address there. A subdomain of a provider counts as the provider. */
export function isFreeMail(email: string): boolean {
  const host = hostOf(email);
  return freeMail.has(host) || freeMail.has(getDomain(host) ?? host);
}

/** Whether address and site lie below the same registered domain. What is below no public suffix never does. */
export function sameCompany(email: string, website: string): boolean {
  return isOneCompany(hostOf(email), website);
}

/** The same of two sites, or hosts. */
export function isOneCompany(one: string, other: string): boolean {
  const suffixes = { allowPrivateDomains: true };
  const domain = getDomain(one, suffixes);
  return domain !== null && domain === getDomain(other, suffixes);
}

function hostOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1).toLowerCase();
}
