import type { DisclosurePolicy } from '../../schemas/index.ts';
import { CSAF_FOLDER } from '../advisories/csaf.ts';
import { contactUri } from '../words/contact.ts';

/** The policy in the form of RFC 9116. `trustUrl` is where the page is published; the rest is whether there are such pages. */
export function securityTxt(
  policy: DisclosurePolicy,
  trustUrl: string,
  has: { thanks?: boolean; advisories?: boolean } = {},
): string {
  const base = trustUrl.replace(/\/$/, '');
  const lines = [
    ...policy.contacts.map((contact) => `Contact: ${contactUri(contact)}`),
    // The policy names the last day; the RFC wants the instant at which it ends.
    `Expires: ${policy.expiresOn}T23:59:59Z`,
    ...policy.encryption.map((key) => `Encryption: ${key}`),
    `Preferred-Languages: ${policy.languages.join(', ')}`,
    `Canonical: ${base}/.well-known/security.txt`,
    `Policy: ${base}/disclosure/`,
    ...(has.thanks ? [`Acknowledgments: ${base}/disclosure/thanks/`] : []),
    // Registered for this file by CSAF 2.0 (requirement 8).
    ...(has.advisories ? [`CSAF: ${base}${CSAF_FOLDER}/provider-metadata.json`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
