import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Lane } from '../outbox/drain.ts';
import { Mail } from '../outbox/message.ts';
import { checked } from '../outbox/outcome.ts';
import { letterOf, type MailFrom, nothingAttached, withFile } from './letter.ts';

/** A letter in the folder: what it says, and when it was written there. */
export type KeptLetter = { id: string; writtenAt: Date; mail: Mail };

/**
 * Writes letters into a folder instead of sending them, for development: `<id>.eml` as it would be sent, for a mail
 * program, and `<id>.json` with what it says, for a page. Each file is there whole or not at all, and written again it is
 * the same file.
 */
export function folderLane(folder: string, from: MailFrom, attached = nothingAttached): Lane {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const send = withFile(attached, async (id, mail, file) => {
    try {
      const { message } = await transport.sendMail(letterOf(id, mail, from, file));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      if (Buffer.isBuffer(message)) await writeWhole(join(folder, `${id}.eml`), message);
      // Last: what is listed has both.
      await writeWhole(join(folder, `${id}.json`), JSON.stringify(mail));
      return { is: 'sent' };
    } catch {
      return { is: 'postponed', reason: 'folder' };
    }
  });
  return { channel: 'mail', send: checked(Mail, send), width: 1 };
}

/** All letters in a folder, newest first; none when there is no folder. */
export async function keptLetters(folder: string): Promise<KeptLetter[]> {
  const names = await readdir(folder).catch(() => []);
  const letters = await Promise.all(names.map((name) => keptLetter(folder, name.replace(/\.json$/, ''))));
  return letters
    .filter((letter) => letter !== undefined)
    .toSorted((a, b) => b.writtenAt.getTime() - a.writtenAt.getTime() || (a.id < b.id ? -1 : 1));
}

/** One letter; undefined when there is none of this id. */
export async function keptLetter(folder: string, id: string): Promise<KeptLetter | undefined> {
  if (!/^[0-9a-f-]{36}$/.test(id)) return undefined;
  const path = join(folder, `${id}.json`);
  try {
    const [text, { mtime }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return { id, writtenAt: mtime, mail: Mail.parse(JSON.parse(text)) };
  } catch {
    return undefined;
  }
}

async function writeWhole(path: string, content: string | Buffer): Promise<void> {
  await writeFile(`${path}.${process.pid}`, content, { mode: 0o600 });
  await rename(`${path}.${process.pid}`, path);
}
