import { generateHybridIdentity, identityToRecipient } from 'age-encryption';
import { createKeyFile } from '../../ledger/keys/key-file.ts';
import type { Terminal } from '../command.ts';

/**
 * Makes the identity of somebody who reads reports, in the form of `age-keygen -pq`, and says where its public half goes.
 * Throws what `createKeyFile` throws.
 */
export async function makeTriager(file: string, folder: string, { now }: Terminal) {
  const identity = await generateHybridIdentity();
  const recipient = await identityToRecipient(identity);
  const made = now().toISOString().replace(/\.\d+/, '');
  await createKeyFile(file, `# created: ${made}\n# public key: ${recipient}\n${identity}\n`, folder);
  return {
    json: { file, recipient },
    text: `Made ${file}, which only you can read. Keep a copy in a safe place: reports that are encrypted to it open with nothing else.

Its public half, for \`recipients\` of disclosure.yaml, with the role that holds the key:

  - holder: security-lead
    recipient: ${recipient}

Here:   export CANDOR_IDENTITY_FILE='${file.replaceAll("'", "'\\''")}'
`,
  };
}
