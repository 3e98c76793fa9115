/** An address that a reader can follow: a mailbox gets its scheme. */
export function contactUri(contact: string): string {
  return contact.startsWith('https://') ? contact : `mailto:${contact}`;
}
