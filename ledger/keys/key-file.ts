import { randomBytes } from 'node:crypto';
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { candorError } from '../../schemas/index.ts';
import { codeOf } from '../files/error-code.ts';
import { refuseInside } from './private.ts';

/** For its owner alone. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Writes a new file of private keys, mode 0600. Throws KeysExist, KeysExposed, KeysNotWritten. */
export async function createKeyFile(file: string, pem: string, content: string): Promise<void> {
  refuseInside(file, content);
  await written(file, async () => {
    await mkdir(dirname(file), { recursive: true, mode: FOLDER_MODE });
    await writeSynced(file, pem);
  });
}

/**
 * Replaces a file of private keys by one that holds more of them; a crash leaves one or the other, whole. Throws
 * KeysExposed, KeysNotWritten.
 */
export async function replaceKeyFile(file: string, pem: string, content: string): Promise<void> {
  refuseInside(file, content);
  await written(file, async () => {
    // A link stays one, and what it leads to is replaced.
    const target = await realpath(file).catch(() => file);
    const draft = `${target}.${process.pid}.${randomBytes(4).toString('hex')}`;
    try {
      await writeSynced(draft, pem);
      await rename(draft, target);
    } finally {
      await rm(draft, { force: true });
    }
  });
}

async function writeSynced(file: string, text: string): Promise<void> {
  // It refuses whatever is there, links that lead nowhere included.
  const handle = await open(file, 'wx', FILE_MODE).catch((error: unknown) => {
    throw codeOf(error) === 'EEXIST' ? candorError('KeysExist', { file }) : error;
  });
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function written(file: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const code = codeOf(error);
    throw code === undefined ? error : candorError('KeysNotWritten', { file, problem: code });
  }
}
