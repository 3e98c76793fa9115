/** Names a set of recipients, in whatever order: SHA-256 of them sorted, a line each, in hex. */
export async function keysDigest(recipients: readonly string[]): Promise<string> {
  const text = [...new Set(recipients)]
    .sort()
    .map((recipient) => `${recipient}\n`)
    .join('');
  return digestOf(text);
}

/** What people compare of a recipient, which is two thousand characters long: 128 bits of its SHA-256, in groups of four hex digits. */
export async function fingerprint(recipient: string): Promise<string> {
  return (await digestOf(recipient)).slice(0, 32).replace(/.{4}(?=.)/g, '$& ');
}

/** The recipients as the file that `age -R` reads. `about` is said above them, a line each. */
export function recipientsFile(recipients: readonly string[], about: readonly string[] = []): string {
  return [...about.map((line) => `# ${line}`), ...recipients, ''].join('\n');
}

async function digestOf(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
