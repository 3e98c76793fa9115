import { randomBytes } from 'node:crypto';
import { armor } from 'age-encryption';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../examples/postgres-server.ts';
import { keysDigest } from '../../../intake/envelope/keys.ts';
import { keysOf, newReceiptCode } from '../../../intake/envelope/receipt.ts';
import { packMessage, unpackReport } from '../../../intake/envelope/report.ts';
import { open, seal } from '../../../intake/envelope/seal.ts';
import { advance, submissionOf } from '../../../intake/lifecycle/submission.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import { receiveReport } from '../../../intake/reports/receive.ts';
import { openStore, type Store } from '../../../intake/store/open.ts';
import { files } from '../web/content.ts';
import { aKey, disclosure, recipients, team } from '../web/reporters.ts';
import { type Running, startServer, tokenIn, type Visitor } from '../web/running.ts';
import { everythingIn } from './everything.ts';

let postgres: PostgresServer;
let store: Store;
let server: Running;
const at = new Date('2026-11-20T10:00:00Z');

beforeAll(async () => {
  postgres = await startPostgres();
  server = await startServer({
    database: postgres.url(),
    company: { ...disclosure(), 'intake.yaml': `${files['intake.yaml']}proxies: 1\n` },
    now: () => at,
  });
  store = await openStore({ url: postgres.url() });
});
afterAll(async () => {
  await store.close();
  await server.stop();
  await postgres.stop();
});

const codes: string[] = [];
/** A report that was taken in, with its receipt code. `own`: the recipient of a reporter who has one. */
async function reported(own?: string) {
  const code = newReceiptCode();
  codes.push(code, code.replaceAll('-', ''));
  const keys = await keysOf(code);
  const replyTo = own ?? keys.recipient;
  const ciphertext = await seal(packMessage('A report.'), recipients);
  const report = { via: 'browser' as const, ciphertext, access: keys.access, replyTo, critical: false };
  const sent = { ...report, keys: await keysDigest(recipients) };
  const { number } = await receiveReport(wayIn(store.db), { company: '', url: '' }, [], sent, at);
  return { code, keys, number, replyTo };
}

/** What the team writes to a reporter. */
async function write(number: string, text: string, to: string, files: Parameters<typeof packMessage>[1] = []) {
  const ciphertext = await seal(packMessage(text, files), [...recipients, to]);
  const message = { id: randomBytes(8).toString('hex'), submission: number, position: 2, at, ciphertext };
  const row = { ...message, audience: 'reporter' as const, author: 'ada', digest: '', bytes: ciphertext.length };
  await store.db.insertInto('reportMessage').values(row).execute();
}

/** Each form comes from a network of its own, so that no limit is met. */
let networks = 0;
/** Posts a form with files, with the token of a page that the visitor was shown. */
async function upload(visitor: Visitor, path: string, fields: Record<string, string | Uint8Array<ArrayBuffer>>) {
  const form = new FormData();
  form.set('form-token', tokenIn(await (await visitor.get('/reports/case/')).text()));
  for (const [name, value] of Object.entries(fields))
    form.set(name, typeof value === 'string' ? value : new Blob([value]));
  networks += 1;
  return visitor.submit(path, form, { 'x-forwarded-for': `10.0.0.${networks}` });
}

const JSON_PATH = '/reports/case/messages.json';
const PLAIN_PATH = '/reports/case/plain/';
const FILE_PATH = '/reports/case/file/';
const once = () => randomBytes(32).toString('base64url');
const messagesOf = (number: string) =>
  store.db.selectFrom('reportMessage').selectAll().where('submission', '=', number).orderBy('position').execute();

test('a wrong code, an unknown case and a closed one are answered alike, whatever is asked', async () => {
  const closed = await reported();
  const before = await submissionOf(store.db, closed.number);
  if (before === undefined) throw new Error('It was taken in.');
  await advance(store.db, before, 'closed', { at, actor: 'web:ada' });
  const visitor = server.visitor();
  // Its cookie, by which all that it sends is known.
  await visitor.get('/reports/case/');
  const plain = await Promise.all(
    ['no code', newReceiptCode(), closed.code, ''].flatMap((code) => [
      upload(visitor, PLAIN_PATH, { code }),
      upload(visitor, PLAIN_PATH, { code, once: once(), answer: 'Hello?' }),
    ]),
  );
  const sealed = await Promise.all(
    ['', 'x'.repeat(43), closed.keys.access, closed.number].flatMap((access) => [
      upload(visitor, JSON_PATH, { access }),
      upload(visitor, JSON_PATH, { access, once: once(), message: new Uint8Array(9) }),
    ]),
  );
  for (const answers of [plain, sealed]) {
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
  }
  expect(await messagesOf(closed.number)).toHaveLength(1);
});

test('without JavaScript: the server shows what was written, and takes an answer that it keeps encrypted, once', async () => {
  const { code, keys, number } = await reported();
  await write(number, 'We <b>see</b> it. canary-from-us', keys.recipient);
  const visitor = server.visitor();
  // As people type it.
  const opened = await upload(visitor, PLAIN_PATH, { code: ` ${code.toLowerCase().replaceAll('-', ' ')} ` });
  const page = await opened.text();
  expect([opened.status, opened.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect(page).toContain('We &lt;b&gt;see&lt;/b&gt; it. canary-from-us');
  expect(page).toContain('in memory');
  expect(page).toContain('Promised until');
  const form = { code, once: once(), answer: 'Thank you. canary-of-the-answer' };
  const both = await Promise.all([upload(visitor, PLAIN_PATH, form), upload(visitor, PLAIN_PATH, form)]);
  for (const answer of both) expect(await answer.text()).toContain('We have your message.');
  const kept = await messagesOf(number);
  expect(kept.map(({ position, author, audience }) => [position, author, audience])).toEqual([
    [1, 'reporter', 'reporter'],
    [2, 'ada', 'reporter'],
    [3, 'reporter', 'reporter'],
  ]);
  for (const identity of [...team.map(({ identity }) => identity), keys.identity])
    expect(unpackReport(await open(kept[2]?.ciphertext ?? new Uint8Array(), identity)).text).toBe(form.answer);
  expect((await upload(visitor, PLAIN_PATH, { code, once: once(), answer: ' ' })).status).toBe(422);
  expect(await messagesOf(number)).toHaveLength(3);
});

test('without JavaScript: a form that was changed and sent again is another message', async () => {
  const { code, keys, number } = await reported();
  const visitor = server.visitor();
  const form = { code, once: once(), answer: 'The first.' };
  for (const answer of ['The first.', 'The first, and more.', 'The first.'])
    expect((await upload(visitor, PLAIN_PATH, { ...form, answer })).status).toBe(200);
  const kept = (await messagesOf(number))
    .slice(1)
    .map(({ ciphertext }) => open(ciphertext ?? new Uint8Array(), keys.identity));
  expect((await Promise.all(kept)).map((plain) => unpackReport(plain).text)).toEqual([
    'The first.',
    'The first, and more.',
  ]);
});

test('without JavaScript: files come and go, as downloads that no browser shows', async () => {
  const { code, keys, number } = await reported();
  const html = new TextEncoder().encode('<script>alert(1)</script>');
  await write(number, 'Try this.', keys.recipient, [{ name: '../x".html', bytes: html }]);
  const visitor = server.visitor();
  const page = await (await upload(visitor, PLAIN_PATH, { code })).text();
  expect(page).toContain('Save 1-x-.html');
  expect(page).not.toContain('alert(1)');
  const file = await upload(visitor, FILE_PATH, { code, message: '2', file: '0' });
  expect(file.status).toBe(200);
  expect(Object.fromEntries(file.headers)).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-disposition': 'attachment; filename="1-x-.html"',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(html);
  // Neither another file, nor another message, nor the case of another code.
  for (const wrong of [{ file: '1' }, { file: '-1' }, { message: '1' }, { code: newReceiptCode() }, { code: '' }])
    expect((await upload(visitor, FILE_PATH, { code, message: '2', file: '0', ...wrong })).status).toBe(404);
  expect((await visitor.get(FILE_PATH)).status).toBe(405);

  const form = { code, once: once(), answer: 'Here it is.' };
  const heavy = await upload(visitor, PLAIN_PATH, { ...form, attachments: new Uint8Array(10 * 2 ** 20 + 1) });
  expect([heavy.status, await heavy.text()]).toEqual([422, expect.stringContaining('at most 10 MiB together')]);
  expect((await upload(visitor, PLAIN_PATH, { ...form, attachments: html })).status).toBe(200);
  const [, , answer, ...more] = await messagesOf(number);
  expect(more).toEqual([]);
  const { text, attachments } = unpackReport(
    await open(answer?.ciphertext ?? new Uint8Array(), team[0]?.identity ?? ''),
  );
  expect([text, attachments]).toEqual(['Here it is.', [{ name: '1-blob', bytes: html }]]);
});

test('without JavaScript: whoever has a recipient of their own gets the age message, and sends one', async () => {
  const { identity, recipient: own } = await aKey();
  const { code, number } = await reported(own);
  await write(number, 'For your eyes.', own);
  const visitor = server.visitor();
  const page = await (await upload(visitor, PLAIN_PATH, { code })).text();
  expect(page).not.toContain('For your eyes.');
  const text =
    /-----BEGIN AGE ENCRYPTED FILE-----(?:(?!-----BEGIN)[\s\S])*?-----END AGE ENCRYPTED FILE-----(?![\s\S]*-----END)/.exec(
      page,
    )?.[0] ?? '';
  expect(unpackReport(await open(armor.decode(text), identity)).text).toBe('For your eyes.');
  const sealed = await seal(packMessage('From my machine.'), [...recipients, own]);
  for (const wrong of ['hello', armor.encode(sealed).replace('BEGIN', 'BEGUN')])
    expect((await upload(visitor, PLAIN_PATH, { code, once: once(), own: wrong })).status).toBe(422);
  // What would have to be left out is not taken in half.
  for (const besides of [{ answer: 'And this.' }, { file: sealed }, { attachments: sealed }])
    expect(
      (await upload(visitor, PLAIN_PATH, { code, once: once(), own: armor.encode(sealed), ...besides })).status,
    ).toBe(422);
  expect((await upload(visitor, PLAIN_PATH, { code, once: once(), own: armor.encode(sealed) })).status).toBe(200);
  expect((await upload(visitor, PLAIN_PATH, { code, once: once(), file: sealed })).status).toBe(200);
  const kept = (await messagesOf(number)).slice(2);
  expect(kept.map(({ ciphertext }) => Buffer.from(ciphertext ?? []).equals(sealed))).toEqual([true, true]);
});

test('with JavaScript: ciphertext to and fro; what is too large, no age message or for other keys is refused and not kept', async () => {
  const { keys, number } = await reported();
  await write(number, 'We see it.', keys.recipient);
  const visitor = server.visitor();
  const { access } = keys;
  const body = await (await upload(visitor, JSON_PATH, { access })).json();
  expect(body).toMatchObject({ id: number, state: 'received', replyTo: keys.recipient, keys: recipients });
  expect(body.messages[1]).toMatchObject({ position: 2, from: 'team' });
  expect(body.promises).toEqual([{ title: 'A report is acknowledged', dueAt: '2026-11-22T10:00:00.000Z' }]);
  expect(unpackReport(await open(armor.decode(body.messages[1].armored), keys.identity)).text).toBe('We see it.');
  const message = await seal(packMessage('Thank you.'), [...recipients, keys.recipient]);
  const form = { access, once: once(), keys: await keysDigest(recipients), message };
  for (const [changes, problem] of [
    [{ message: new Uint8Array(2_000) }, 'not-age'],
    [{ keys: await keysDigest(recipients.slice(1)) }, 'stale-keys'],
    [{ once: '' }, 'incomplete'],
  ] as const) {
    const answer = await upload(visitor, JSON_PATH, { ...form, ...changes });
    expect([answer.status, await answer.json()]).toEqual([422, { problem, keys: recipients }]);
  }
  expect((await upload(visitor, JSON_PATH, { ...form, message: new Uint8Array(16 * 2 ** 20 + 1) })).status).toBe(413);
  for (const _ of [1, 2]) expect((await upload(visitor, JSON_PATH, form)).status).toBe(200);
  expect(await messagesOf(number)).toHaveLength(3);
});

test('no table, no letter and nothing that the server says holds a word of it, or a code', async () => {
  const all = [await everythingIn(store.db), ...server.mailbox.arrived.map(({ raw }) => raw), ...server.said].join(
    '\n',
  );
  expect(all).toContain('age-encryption.org/v1');
  expect(all).toContain('The reporter of vulnerability-report-');
  for (const secret of ['canary', 'Thank you', 'For your eyes', ...codes]) expect(all).not.toContain(secret);
});
