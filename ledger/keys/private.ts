import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { candorError, type KeyUse } from '../../schemas/index.ts';
import { codeOf } from '../files/error-code.ts';
import { useOf } from './chain.ts';

/** Private halves, by what they sign. */
export type PrivateKeys = Record<KeyUse, KeyObject[]>;

/** Makes a pair for each use and gives the private halves as PEM (PKCS #8). */
export function makeKeys(): string {
  return [generateKeyPairSync('ed25519'), generateKeyPairSync('ec', { namedCurve: 'prime256v1' })]
    .map(({ privateKey }) => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
    .join('');
}

/** Reads private keys from PEM text; what each is for follows from its algorithm. `from` says where. Throws KeysInvalid. */
export function parseKeys(pem: string, from = 'the text of the keys'): PrivateKeys {
  const keys: PrivateKeys = { checkpoint: [], statement: [] };
  const blocks = pem.match(/-----BEGIN [A-Z ]+-----[\s\S]*?-----END [A-Z ]+-----/g) ?? [];
  for (const [index, block] of blocks.entries()) {
    const key = readKey(block);
    const use = key === undefined ? undefined : useOf(createPublicKey(key));
    if (key === undefined || use === undefined) {
      const kind = block.includes('ENCRYPTED') ? 'is encrypted' : 'is no private Ed25519 or P-256 key';
      throw candorError('KeysInvalid', { problem: `in ${from}, block ${index + 1} ${kind}` });
    }
    keys[use].push(key);
  }
  for (const use of ['checkpoint', 'statement'] as const)
    if (keys[use].length === 0)
      throw candorError('KeysInvalid', {
        problem: `in ${from} there is no ${use === 'checkpoint' ? 'Ed25519 key for checkpoints' : 'P-256 key for statements'}`,
      });
  return keys;
}

function readKey(block: string): KeyObject | undefined {
  try {
    return createPrivateKey(block);
  } catch {
    return undefined;
  }
}

/**
 * The private keys of a content folder: from CANDOR_KEYS (PEM), or the file that CANDOR_KEYS_FILE names. Undefined when
 * neither is set. Throws KeysInvalid, KeysUnreadable, and KeysExposed for a file that lies in the repository or that others can read.
 */
export async function privateKeys(
  environment: Readonly<Record<string, string | undefined>>,
  content: string,
): Promise<PrivateKeys | undefined> {
  const { CANDOR_KEYS: pem, CANDOR_KEYS_FILE: file } = environment;
  if (pem) return parseKeys(pem, 'CANDOR_KEYS');
  return file ? parseKeys(await readKeyFile(file, content), file) : undefined;
}

/** The text of a file of private keys. Throws KeysUnreadable, KeysExposed. */
export async function readKeyFile(file: string, content: string): Promise<string> {
  // A shell would have put the home folder there; a file of settings does not.
  if (file.startsWith('~')) throw candorError('KeysUnreadable', { file, problem: 'write the whole path instead of ~' });
  try {
    const stats = await stat(file);
    if (!stats.isFile()) throw candorError('KeysUnreadable', { file, problem: 'it is no file' });
    refuseInside(file, content);
    const { mode } = stats;
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw candorError('KeysExposed', {
        file,
        problem: 'other users of this machine can read it',
        fix: `chmod 600 ${file}`,
      });
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw candorError('KeysUnreadable', { file, problem: code });
  }
}

/** Throws KeysExposed when a file would lie in the repository of a content folder, from where it might be published. */
export function refuseInside(file: string, content: string): void {
  const real = realPath(file);
  // Where a link leads to the content, both its ends may lie in a repository.
  const repositories = [realPath(content), resolve(content)].map((each) => realPath(repositoryOf(each)));
  const isBelow = (repository: string) => {
    const inside = relative(repository, real);
    return inside.split(sep)[0] !== '..' && resolve(repository, inside) === real;
  };
  if (repositories.some(isBelow))
    throw candorError('KeysExposed', {
      file,
      problem: 'it lies in the repository, from where it would be published',
      fix: 'move it out of the repository',
    });
}

/** The nearest folder above with a `.git`, else the one that holds the content. */
function repositoryOf(content: string): string {
  for (let folder = content; folder !== dirname(folder); folder = dirname(folder))
    if (existsSync(join(folder, '.git'))) return folder;
  return dirname(content);
}

/** Follows links as far as the path exists. */
function realPath(path: string): string {
  const absolute = resolve(path);
  if (existsSync(absolute)) return realpathSync(absolute);
  const parent = dirname(absolute);
  return parent === absolute ? absolute : join(realPath(parent), basename(absolute));
}
