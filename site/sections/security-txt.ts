import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OpenpgpKey, signCleartext } from '../../ledger/openpgp.ts';
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
    ...(policy.recipients.length > 0 ? [`Encryption: ${base}/disclosure/keys.txt`] : []),
    `Preferred-Languages: ${policy.languages.join(', ')}`,
    `Canonical: ${base}/.well-known/security.txt`,
    `Policy: ${base}/disclosure/`,
    ...(has.thanks ? [`Acknowledgments: ${base}/disclosure/thanks/`] : []),
    // Registered for this file by CSAF 2.0 (requirement 8).
    ...(has.advisories ? [`CSAF: ${base}${CSAF_FOLDER}/provider-metadata.json`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** Signs security.txt of a built site in the clear (RFC 9116, 2.3), where there is one; its `Canonical` is inside. */
export async function signSecurityTxt(site: string, key: OpenpgpKey, at: Date): Promise<void> {
  const file = join(site, '.well-known', 'security.txt');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) await writeFile(file, await signCleartext(key, text, at));
}
