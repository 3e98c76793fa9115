import type { DisclosurePolicy } from '../../schemas/index.ts';
import { contactUri } from '../words/contact.ts';

/** The policy in the form of RFC 9116. `trustUrl` is where the page is published. */
export function securityTxt(policy: DisclosurePolicy, trustUrl: string): string {
  const base = trustUrl.replace(/\/$/, '');
  const lines = [
    ...policy.contacts.map((contact) => `Contact: ${contactUri(contact)}`),
    // The policy names the last day; the RFC wants the instant at which it ends.
    `Expires: ${policy.expiresOn}T23:59:59Z`,
    ...policy.encryption.map((key) => `Encryption: ${key}`),
    `Preferred-Languages: ${policy.languages.join(', ')}`,
    `Canonical: ${base}/.well-known/security.txt`,
    `Policy: ${base}/disclosure/`,
  ];
  return `${lines.join('\n')}\n`;
}
