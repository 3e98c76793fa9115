import { makeSealKey, parseSealKey } from '../../intake/document/seal-key.ts';
import { createKeyFile } from '../../ledger/keys/key-file.ts';
import { after } from '../../posture/time.ts';
import type { Terminal } from '../command.ts';
import { validContent } from '../content.ts';

/** How long a certificate is valid; what was sealed in that time can be checked for ever. */
const VALID_FOR = '1095d';

/**
 * Makes the key that seals agreements, with a certificate in the legal name of the company, and says what to do with it.
 * Undefined when the content is not valid. Throws what `createKeyFile` throws.
 */
export async function makeSeal(file: string, folder: string, terminal: Terminal) {
  const valid = await validContent(folder, terminal);
  if (valid === undefined) return undefined;
  const now = terminal.now();
  const until = new Date(after(now.toISOString(), VALID_FOR));
  const pem = await makeSealKey(valid.content.organization.legalName, now, until);
  await createKeyFile(file, pem, folder);
  const { fingerprint256, validTo } = parseSealKey(pem).certificate;
  const fingerprint = fingerprint256.replaceAll(':', '').toLowerCase();
  return {
    json: { file, fingerprint, validUntil: new Date(validTo).toISOString() },
    text: `Made ${file}, which only you can read: it seals agreements until ${until.toISOString().slice(0, 10)}.

certificate    ${fingerprint}

Here:   export CANDOR_SEAL_FILE='${file.replaceAll("'", "'\\''")}'
Its fingerprint is shown on the page; whoever gets an agreement compares the two.
`,
  };
}
