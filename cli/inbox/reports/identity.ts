import { resolve } from 'node:path';
import { identityToRecipient } from 'age-encryption';
import { open } from '../../../intake/envelope/seal.ts';
import { readKeyFile } from '../../../ledger/keys/private.ts';
import { candorError } from '../../../schemas/index.ts';
import type { Terminal } from '../../command.ts';
import { contentFolder } from '../../place.ts';

/** Opens an age message with the identities of a file; undefined when none of them does, or when it was damaged. */
export type Opener = (ciphertext: Uint8Array) => Promise<Uint8Array | undefined>;

/** Where an identity is named: never itself on the line, which other users of the machine see. */
export type IdentityPlace = { content?: string | undefined; identity?: string | undefined };

/**
 * The identities of the file that --identity or CANDOR_IDENTITY_FILE names, in the form of age: a line each, `#` before
 * comments. They stay in this process. Throws IdentityMissing, KeysUnreadable, KeysExposed.
 */
export async function openerOf({ content, identity }: IdentityPlace, terminal: Terminal): Promise<Opener> {
  const named = identity ?? terminal.environment.CANDOR_IDENTITY_FILE;
  if (named === undefined || named === '')
    throw candorError('IdentityMissing', { file: 'CANDOR_IDENTITY_FILE', problem: 'it names no file' });
  const file = resolve(terminal.cwd, named);
  const text = await readKeyFile(file, contentFolder(content, terminal));
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0) throw candorError('IdentityMissing', { file, problem: 'no line of it is one' });
  for (const [index, line] of lines.entries())
    if (!(await isIdentity(line)))
      throw candorError('IdentityMissing', { file, problem: `key ${index + 1} is no hybrid age identity` });
  return async (ciphertext) => {
    for (const line of lines) {
      const plain = await open(ciphertext, line).catch(() => undefined);
      if (plain !== undefined) return plain;
    }
    return undefined;
  };
}

async function isIdentity(line: string): Promise<boolean> {
  if (!line.startsWith('AGE-SECRET-KEY-PQ-1')) return false;
  return identityToRecipient(line).then(
    () => true,
    () => false,
  );
}
