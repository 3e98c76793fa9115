/**
 * The mailbox of an address, to be compared: in capitals, or with a tag behind a plus, it is the same one. Never an address
 * to write to.
 */
export function mailboxOf(email: string): string {
  return email
    .trim()
    .toLowerCase()
    .normalize('NFC')
    .replace(/\+[^@]*(?=@)/, '');
}
