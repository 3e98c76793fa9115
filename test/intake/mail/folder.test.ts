import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderLane, keptLetter, keptLetters } from '../../../intake/mail/folder.ts';
import type { Mail } from '../../../intake/outbox/message.ts';

const from = { sender: 'trust@larkspur.example', host: 'trust.larkspur.example' };
const mail: Mail = { to: 'ada@quill.example', subject: 'Ihre Anfrage für Zoë', text: 'Grüezi\nhttps://a.example/?b=c' };
const [one, two] = ['5d1ffb0a-6a2b-4c2b-9c57-1f3f3a4f7e11', '5d1ffb0a-6a2b-4c2b-9c57-1f3f3a4f7e22'];
const never = new AbortController().signal;

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'candor-mail-'));
  folder = join(parent, 'not', 'there', 'yet');
});
afterEach(() => rm(parent, { recursive: true }));

test('a letter is written as it would be sent, and can be listed and read', async () => {
  const lane = folderLane(folder, from);
  expect(await keptLetters(folder)).toEqual([]);
  expect(await lane.send(one, mail, never)).toEqual({ is: 'sent' });
  const unsubscribe = `https://trust.larkspur.example/unsubscribe/${'t'.repeat(300)}`;
  expect(await lane.send(two, { ...mail, unsubscribe }, never)).toEqual({ is: 'sent' });
  expect((await readdir(folder)).sort()).toEqual([`${one}.eml`, `${one}.json`, `${two}.eml`, `${two}.json`]);
  await utimes(join(folder, `${one}.json`), new Date(1), new Date(1_000));
  await utimes(join(folder, `${two}.json`), new Date(1), new Date(2_000));
  expect(await keptLetters(folder)).toEqual([
    { id: two, writtenAt: new Date(2_000), mail: { ...mail, unsubscribe } },
    { id: one, writtenAt: new Date(1_000), mail },
  ]);
  expect(await keptLetter(folder, one)).toMatchObject({ mail });
  const raw = await readFile(join(folder, `${two}.eml`));
  expect(raw.toString('latin1').split('\r\n')).toContain(`List-Unsubscribe: <${unsubscribe}>`);
  const parsed = await simpleParser(raw);
  expect(parsed).toMatchObject({ subject: mail.subject, messageId: `<${two}@trust.larkspur.example>` });
  expect(parsed.text?.trimEnd()).toBe(mail.text);
  // It holds links that open requests.
  expect((await stat(join(folder, `${one}.eml`))).mode & 0o077).toBe(0);
});

test('written again it is one letter; what is half written, foreign or outside is none', async () => {
  const lane = folderLane(folder, from);
  for (let times = 0; times < 2; times += 1) expect(await lane.send(one, mail, never)).toEqual({ is: 'sent' });
  await writeFile(join(folder, `${two}.json.123`), '{}');
  await writeFile(join(folder, `${two}.json`), '{"to": "ada');
  await writeFile(join(parent, 'not', 'there', `${two}.json`), JSON.stringify(mail));
  expect((await keptLetters(folder)).map(({ id }) => id)).toEqual([one]);
  expect(await keptLetter(folder, `../${two}`)).toBeUndefined();
  expect(await keptLetter(folder, two)).toBeUndefined();
});

test('a folder that cannot be written keeps the letter waiting', async () => {
  await writeFile(join(parent, 'not'), 'a file');
  expect(await folderLane(folder, from).send(one, mail, never)).toEqual({ is: 'postponed', reason: 'folder' });
});
