/** Names a set of recipients, in whatever order: SHA-256 of them sorted, a line each, in hex. */
export async function keysDigest(recipients: readonly string[]): Promise<string> {
  const text = [...new Set(recipients)]
    .sort()
    .map((recipient) => `${recipient}\n`)
    .join('');
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The recipients as the file that `age -R` reads. `about` is said above them, a line each. */
export function recipientsFile(recipients: readonly string[], about: readonly string[] = []): string {
  return [...about.map((line) => `# ${line}`), ...recipients, ''].join('\n');
}
