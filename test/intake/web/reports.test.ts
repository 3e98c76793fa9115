import { hash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { bech32 } from '@scure/base';
import { armor, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../examples/postgres-server.ts';
import { keysOf } from '../../../intake/envelope/receipt.ts';
import { packReport, unpackReport } from '../../../intake/envelope/report.ts';
import { open, seal } from '../../../intake/envelope/seal.ts';
import { reportOpenedBy } from '../../../intake/reports/access.ts';
import { openStore, type Store } from '../../../intake/store/open.ts';
import { tokenOf } from '../../../intake/web/token.ts';
import { everythingIn } from '../reports/everything.ts';
import { writeCompany } from './content.ts';
import {
  aKey,
  disclosure,
  recipients,
  type SealedFields,
  sealed,
  sendSealed,
  solved,
  team,
  written,
} from './reporters.ts';
import { letterTo, type Running, startServer, type Visitor } from './running.ts';

let postgres: PostgresServer;
let server: Running;
let store: Store;
const clock = { passed: 0 };

beforeAll(async () => {
  postgres = await startPostgres();
  server = await startServer({
    database: postgres.url(),
    company: { ...disclosure(), 'intake.yaml': `${intake}proxies: 1\n` },
    now: () => new Date(Date.now() + clock.passed),
  });
  store = await openStore({ url: postgres.url() });
});
afterAll(async () => {
  await store?.close();
  await server?.stop();
  await postgres?.stop();
});

const intake = `url: https://trust.fern.swiss
sender: trust@fern.swiss
needs: [deletion, question]
clocks:
  - { id: request-answered, title: A request is answered, starts: receipt, within: 48h, counts: calendar }
`;

let networks = 0;
/** Headers of a visitor from a network of their own: limits of one test do not reach another. */
const from = () => {
  networks += 1;
  return { 'x-forwarded-for': `10.1.${networks >> 8}.${networks & 255}` };
};
const messages = (number: string) =>
  store.db.selectFrom('reportMessage').selectAll().where('submission', '=', number).orderBy('position').execute();
const numbers = async () => (await store.db.selectFrom('report').select('submission').execute()).length;
const codeIn = (page: string) => /<code[^>]*>((?:[0-9A-Z]{4}-){7}[0-9A-Z]{4})<\/code>/.exec(page)?.[1] ?? '';
const numberIn = (page: string) => /vulnerability-report-[0-9a-z]{16}/.exec(page)?.[0] ?? '';

/** Decrypts what is kept of a report, with one key of the team. */
async function read(number: string) {
  const [first] = await messages(number);
  return unpackReport(await open(new Uint8Array(first?.ciphertext ?? []), team[1]?.identity ?? ''));
}

describe('a report that a browser encrypted', () => {
  const send = async (visitor: Visitor, report: Omit<SealedFields, 'solution'>, more: Partial<SealedFields> = {}) =>
    sendSealed(visitor, { ...report, solution: await solved(visitor), ...more }, from());

  test('is taken in, read with a key of the team, and sent twice has one number', async () => {
    const visitor = server.visitor();
    const report = await sealed({ title: 'Canary of A' });
    const solution = await solved(visitor);
    const [one, two] = await Promise.all([
      send(visitor, report, { solution, critical: 'yes' }),
      send(visitor, report, { solution, critical: 'yes' }),
    ]);
    expect([one.status, two.status]).toEqual([201, 201]);
    const { number } = await one.json();
    expect(await two.json()).toEqual({ number });
    expect((await read(number)).fields).toContainEqual(['Title', 'Canary of A']);
    expect(await messages(number)).toHaveLength(1);
    expect(await reportOpenedBy(store.db, (await keysOf(report.code)).access)).toBe(number);
    // Changed before it was sent again, with the same code: both are kept.
    const { ciphertext } = await sealed({ title: 'Canary of A, corrected' });
    const changed = await send(visitor, { ...report, ciphertext });
    expect([changed.status, await changed.json()]).toEqual([201, { number }]);
    expect(await messages(number)).toHaveLength(2);
    const letter = await letterTo(server.mailbox, 'security@fern.swiss', new RegExp(number));
    expect(letter.subject).toContain('critical');
    expect(letter.text).not.toContain('Canary');
  });

  test('in its armored form it is kept as what every key opens', async () => {
    const report = await sealed({ title: 'In armor' });
    const armored = new TextEncoder().encode(armor.encode(report.ciphertext));
    const answer = await send(server.visitor(), { ...report, ciphertext: armored });
    expect((await read((await answer.json()).number)).fields).toContainEqual(['Title', 'In armor']);
  });

  test.each([
    ['not-age', async () => new Uint8Array(randomBytes(70_000))],
    ['classical-recipients', async () => classical()],
    ['mixed-recipients', async () => mixed()],
    ['too-few-recipients', async () => one()],
  ])('%s: 422 with the keys of today, and nothing is kept', async (problem, make) => {
    const before = await numbers();
    const answer = await send(server.visitor(), { ...(await sealed()), ciphertext: await make() });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toEqual({ problem, keys: recipients });
    expect(await numbers()).toBe(before);
  });

  test('to keys that are replaced meanwhile: 422 with the new ones, and encrypted to these it is taken in', async () => {
    const visitor = server.visitor();
    const report = await sealed();
    const third = await aKey();
    const now = [...recipients, third.recipient];
    await writeCompany(server.folder, disclosure(now));
    clock.passed += 61_000;
    const stale = await send(visitor, report);
    expect([stale.status, await stale.json()]).toEqual([422, { problem: 'stale-keys', keys: now }]);
    const anew = await sealed({}, now);
    expect((await send(visitor, anew)).status).toBe(201);
    // It names the right keys, and leaves one of them out.
    const short = await send(visitor, { ...(await sealed()), keys: anew.keys });
    expect(await short.json()).toMatchObject({ problem: 'too-few-recipients' });
    await writeCompany(server.folder, disclosure());
    clock.passed += 61_000;
  });

  test('with a proof of work that was used, has run out, or is none: 428 with a challenge that does it', async () => {
    const visitor = server.visitor();
    const used = await solved(visitor);
    expect((await send(visitor, await sealed(), { solution: used })).status).toBe(201);
    const report = await sealed();
    const replayed = await send(visitor, report, { solution: used });
    expect(replayed.status).toBe(428);
    const { problem, challenge } = await replayed.json();
    expect(problem).toBe('challenge');
    expect((await send(visitor, report, { solution: '' })).status).toBe(428);
    const old = await solved(visitor);
    clock.passed += 1_801_000;
    expect((await send(visitor, report, { solution: old })).status).toBe(428);
    expect((await send(visitor, report, { solution: await solved(visitor, challenge) })).status).toBe(428);
    expect(await reportOpenedBy(store.db, report.access)).toBeUndefined();
    expect((await send(visitor, report)).status).toBe(201);
  });

  test('too large: 413, whether it says so or not, and nothing is kept', async () => {
    const before = await numbers();
    const large = { ...(await sealed()), ciphertext: new Uint8Array(16 * 2 ** 20 + 1) };
    const answer = await send(server.visitor(), large);
    expect([answer.status, await answer.json()]).toEqual([
      413,
      { problem: 'too-large', contact: 'security@fern.swiss' },
    ]);
    const larger = await send(server.visitor(), { ...large, ciphertext: new Uint8Array(20 * 2 ** 20) });
    expect(larger.status).toBe(413);
    for (const lane of ['sealed', 'message', 'plain'])
      expect(await statusWithoutLength(server, `/reports/${lane}/`, 18 * 2 ** 20, from())).toBe(413);
    expect(await numbers()).toBe(before);
  });

  test('without its token, from another site or without its fields it is refused in JSON', async () => {
    const visitor = server.visitor();
    const report = await sealed();
    expect((await send(visitor, report, { access: 'short' })).status).toBe(422);
    expect((await send(visitor, report, { replyTo: lowOrder })).status).toBe(422);
    const foreign = await sendSealed(visitor, { ...report, solution: '' }, { origin: 'https://evil.example' });
    expect([foreign.status, await foreign.json()]).toEqual([
      403,
      { problem: 'foreign', contact: 'security@fern.swiss' },
    ]);
    const other = server.visitor();
    const tokenless = await other.submit('/reports/sealed/', new FormData(), { accept: 'application/json' });
    expect([tokenless.status, (await tokenless.json()).problem]).toEqual([403, 'no-token']);
    expect((await visitor.get('/reports/sealed/')).status).toBe(405);
  });
});

test('a desk without agreements needs no text of one, and asks nobody who signs', async () => {
  const page = await (await server.visitor().get('/requests/')).text();
  expect(page).toContain('<h1>Ask for a document or an answer</h1>');
  expect(page).not.toMatch(/agreement|name="signatory/);
});

test('a file for the desk is not read for whoever is not signed in', async () => {
  const visitor = server.visitor();
  await visitor.get('/reports/plain/');
  const type = 'multipart/form-data; boundary=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx';
  const headers = { 'content-type': type, origin: server.url, cookie: `form=${visitor.cookies.get('form')}` };
  const status = await new Promise((resolve, reject) => {
    // Nothing of it is ever sent: it is answered all the same.
    const options = { method: 'POST', headers: { ...headers, 'content-length': 1_000_000 } };
    const going = request(`${server.url}/inbox/reports/vulnerability-report-1/`, options, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
      going.destroy();
    });
    going.once('error', reject);
    going.flushHeaders();
  });
  expect(status).toBe(403);
});

describe('an age message that somebody made themselves', () => {
  const path = '/reports/message/';

  test('pasted or uploaded, its receipt opens it; sent twice it is one report with one receipt', async () => {
    const visitor = server.visitor();
    const ciphertext = await seal(new TextEncoder().encode('Canary of B'), recipients);
    const pasted = await visitor.upload(path, { message: armor.encode(ciphertext) }, from());
    expect(pasted.status).toBe(201);
    const page = await pasted.text();
    const { access, recipient } = await keysOf(codeIn(page));
    expect(await reportOpenedBy(store.db, access)).toBe(numberIn(page));
    expect((await read(numberIn(page))).text).toBe('Canary of B');
    const kept = await store.db.selectFrom('report').selectAll().where('submission', '=', numberIn(page)).execute();
    expect(kept).toMatchObject([{ via: 'age-message', replyTo: recipient }]);
    const once = { once: randomBytes(32).toString('base64url') };
    const twice = [];
    for (let sent = 0; sent < 2; sent += 1)
      twice.push(await (await visitor.upload(path, { ...once, file: ciphertext }, from())).text());
    expect(codeIn(twice[0] ?? '')).toHaveLength(39);
    expect(codeIn(twice[1] ?? '')).toBe(codeIn(twice[0] ?? ''));
    // Another message in the same form is another report: nothing that has a receipt is lost.
    const other = await visitor.upload(path, { ...once, file: await seal(randomBytes(9), recipients) }, from());
    expect(numberIn(await other.text())).not.toBe(numberIn(twice[0] ?? ''));
  });

  test('with a recipient of one’s own: answers go there', async () => {
    const own = await aKey();
    const file = await seal(randomBytes(9), recipients);
    const page = await (await server.visitor().upload(path, { file, recipient: own.recipient }, from())).text();
    const kept = await store.db.selectFrom('report').selectAll().where('submission', '=', numberIn(page)).execute();
    expect(kept).toMatchObject([{ replyTo: own.recipient }]);
    for (const recipient of [`${own.recipient.slice(0, -1)}x`, lowOrder]) {
      const wrong = await server.visitor().upload(path, { file, recipient }, from());
      expect(wrong.status).toBe(422);
      expect(await wrong.text()).toContain('is no post-quantum age recipient');
    }
  });

  test('that cannot be taken: 422 with the keys of today, and the draft is kept', async () => {
    const before = await numbers();
    const visitor = server.visitor();
    const draft = armor.encode(await one());
    const refused = await visitor.upload(path, { message: draft }, from());
    expect(refused.status).toBe(422);
    const page = await refused.text();
    expect(page).toContain('is encrypted to fewer keys than we have');
    for (const recipient of recipients) expect(page).toContain(recipient);
    expect(page).toContain(draft.trim().split('\n')[5]);
    for (const [sent, said] of [
      [{ message: 'In the clear.' }, 'is not an age file'],
      [{ message: armor.encode(await mixed()) }, 'is encrypted to other keys too'],
      [{ file: await classical() }, 'is encrypted to classical keys alone'],
      [{ message: draft, keys: hash('sha256', 'old') }, 'may be encrypted to keys that we have replaced'],
      [{}, 'paste it, or choose its file'],
      [{ message: draft, file: await one() }, 'not both'],
    ] as const) {
      const answer = await visitor.upload(path, sent, from());
      expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining(said)]);
    }
    expect(await numbers()).toBe(before);
  });
});

describe('a report in the clear', () => {
  const path = '/reports/plain/';

  test('is encrypted on arrival, with its files as they were; sent twice it is one report', async () => {
    const visitor = server.visitor();
    const file = new Uint8Array(randomBytes(300_000));
    const once = randomBytes(32).toString('base64url');
    const fields = { title: 'Canary of C', description: 'It "is" <b>open</b>.', credit: 'yes', creditName: 'Bo', once };
    const first = await visitor.upload(path, { ...fields, attachments: file }, from());
    expect(first.status).toBe(201);
    const page = await first.text();
    const report = await read(numberIn(page));
    expect(report.fields).toContainEqual(['Title', 'Canary of C']);
    expect(report.text).toBe('It "is" <b>open</b>.');
    expect(Buffer.from(report.attachments[0]?.bytes ?? []).equals(file)).toBe(true);
    const again = await (await visitor.upload(path, { ...fields, attachments: file }, from())).text();
    expect([numberIn(again), codeIn(again)]).toEqual([numberIn(page), codeIn(page)]);
    expect(await messages(numberIn(page))).toHaveLength(1);
    const changed = await (await visitor.upload(path, { ...fields, title: 'Another' }, from())).text();
    expect(numberIn(changed)).not.toBe(numberIn(page));
  });

  test('with something missing comes back as it was filled in', async () => {
    const before = await numbers();
    const answer = await server
      .visitor()
      .upload(path, { description: 'a "quoted" <b>word</b>', attachments: new Uint8Array(10 * 2 ** 20 + 1) }, from());
    expect(answer.status).toBe(422);
    const page = await answer.text();
    expect(page).toContain('a "quoted" &lt;b&gt;word&lt;/b&gt;'.replaceAll('"', '&quot;'));
    expect(page).toContain('must weigh at most 10 MiB together');
    expect(page).toContain('a browser forgets them');
    expect(await numbers()).toBe(before);
  });

  test('comes rarely from one network, and a flood of them stops nobody who proves work', async () => {
    const visitor = server.visitor();
    const [network, report] = [from(), { title: 'One of many', description: 'So.' }];
    const statuses = [];
    for (let sent = 0; sent < 6; sent += 1) statuses.push((await visitor.upload(path, report, network)).status);
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429]);
    const solution = await solved(visitor);
    expect((await sendSealed(visitor, { ...(await sealed()), solution }, network)).status).toBe(201);
  });
});

describe('what keeps reports from being taken in', () => {
  test('a pause: only critical ones are, and the pages say so', async () => {
    await writeCompany(
      server.folder,
      disclosure(recipients, 'paused: { since: 2026-01-01, reason: We move house. }\n'),
    );
    clock.passed += 61_000;
    const visitor = server.visitor();
    const report = { title: 'T', description: 'D' };
    for (const path of ['/reports/plain/', '/reports/message/']) {
      const page = await (await visitor.get(path)).text();
      expect(page).toContain('Only critical reports are taken in just now');
      expect(page).toContain('We move house.');
    }
    expect((await visitor.upload('/reports/plain/', report, from())).status).toBe(422);
    expect((await visitor.upload('/reports/plain/', { ...report, critical: 'yes' }, from())).status).toBe(201);
    const file = await seal(packReport(written()), recipients);
    expect((await visitor.upload('/reports/message/', { file }, from())).status).toBe(422);
    const sent = await sealed();
    const refused = await sendSealed(visitor, { ...sent, solution: await solved(visitor) }, from());
    expect([refused.status, await refused.json()]).toEqual([
      503,
      { problem: 'paused', contact: 'security@fern.swiss' },
    ]);
    const critical = await sendSealed(visitor, { ...sent, solution: await solved(visitor), critical: 'yes' }, from());
    expect(critical.status).toBe(201);
  });

  test('no keys: the pages say so and name the contact, and nothing is kept in the clear', async () => {
    const before = await numbers();
    const visitor = server.visitor();
    await visitor.get('/reports/plain/');
    const sent = await sealed();
    const solution = await solved(visitor);
    const form = { title: 'T', description: 'D', 'form-token': tokenOf(visitor.cookies.get('form') ?? '') };
    const body = new FormData();
    for (const [name, value] of Object.entries(form)) body.append(name, value);
    await writeCompany(server.folder, disclosure([]));
    clock.passed += 61_000;
    for (const path of ['/reports/plain/', '/reports/message/']) {
      const page = await (await visitor.get(path)).text();
      expect(page).toContain('Reports cannot be taken in here just now');
      expect(page).toContain('security@fern.swiss');
      expect(page).not.toContain('<textarea');
    }
    const plain = await visitor.submit('/reports/plain/', body, from());
    expect(plain.status).toBe(503);
    expect(await plain.text()).toContain('security@fern.swiss');
    const encrypted = await sendSealed(visitor, { ...sent, solution }, from());
    expect([encrypted.status, (await encrypted.json()).problem]).toEqual([503, 'no-keys']);
    expect(await numbers()).toBe(before);
    await writeCompany(server.folder, disclosure());
    clock.passed += 61_000;
  });

  test('what is written, and who wrote it, is in no table, letter, log or file outside the ciphertext', async () => {
    const visitor = server.visitor();
    const canary = 'chartreuse-kestrel';
    const contact = 'bo@kestrel-finder.example';
    const headers = { 'x-forwarded-for': '198.51.100.77' };
    const sent = await sealed({ title: canary, contact });
    const answers = [
      await sendSealed(visitor, { ...sent, solution: await solved(visitor) }, headers),
      await visitor.upload(
        '/reports/message/',
        { file: await seal(packReport(written({ title: canary })), recipients) },
        headers,
      ),
      await visitor.upload(
        '/reports/plain/',
        {
          title: canary,
          description: canary,
          contact,
          creditName: canary,
          attachments: new TextEncoder().encode(canary),
        },
        headers,
      ),
      // What is refused is kept nowhere either.
      await visitor.upload('/reports/plain/', { description: canary, contact }, headers),
      await visitor.upload('/reports/message/', { message: canary }, headers),
      await sendSealed(visitor, { ...sent, solution: canary }, headers),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 422, 422, 428]);
    const pages = await Promise.all(answers.slice(1, 3).map((answer) => answer.text()));
    const codes = [sent.code, ...pages.map(codeIn)];
    const opened = await Promise.all(codes.map(keysOf));
    expect(codes.every((code) => code.length === 39)).toBe(true);
    await letterTo(server.mailbox, 'security@fern.swiss', new RegExp(numberIn(pages[1] ?? '')));
    const place = dirname(server.folder);
    const names = await readdir(place, { recursive: true, withFileTypes: true });
    const onDisk = names
      .filter((name) => name.isFile())
      .map((name) => readFile(join(name.parentPath, name.name), 'latin1'));
    const held = [
      await everythingIn(store.db),
      ...server.mailbox.arrived.map(({ raw }) => raw),
      ...server.said,
      ...(await Promise.all(onDisk)),
    ].join('\n');
    // The look is a real one: it sees what may be seen.
    expect(held).toContain(numberIn(pages[0] ?? ''));
    for (const secret of [
      canary,
      Buffer.from(canary).toString('hex'),
      Buffer.from(canary).toString('base64').replace(/=+$/, ''),
      contact,
      '198.51.100.77',
      ...codes.flatMap((code) => [code, code.replaceAll('-', '')]),
      ...opened.flatMap(({ access, identity }) => [access, identity]),
    ])
      expect(held).not.toContain(secret);
    expect(await numbers()).toBeGreaterThan(3);
  });

  test('a database that is away: 503, no receipt, and an address to write to', async () => {
    const visitor = server.visitor();
    await visitor.get('/reports/plain/');
    const report = await sealed();
    const solution = await solved(visitor);
    await postgres.stop();
    const plain = await visitor.upload('/reports/plain/', { title: 'T', description: 'D' }, from());
    const page = await plain.text();
    expect([plain.status, codeIn(page), numberIn(page)]).toEqual([503, '', '']);
    expect(page).toContain('security@fern.swiss');
    const answer = await sendSealed(visitor, { ...report, solution }, from());
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { problem: 'unavailable', contact: 'security@fern.swiss' },
    ]);
  });
});

/** A whole recipient, with its checksum, to which nothing can be encrypted: its point of X25519 is zero. */
const lowOrder = bech32.encode('age1pq', bech32.toWords(new Uint8Array(1216)), false);

/** Sends so many bytes of a form with files in pieces, without saying how many. */
function statusWithoutLength(
  { url }: Running,
  path: string,
  total: number,
  headers: Record<string, string>,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const type = { 'content-type': 'multipart/form-data; boundary=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', origin: url };
    const going = request(`${url}${path}`, { method: 'POST', headers: { ...type, ...headers } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    going.once('error', reject);
    expect(going.getHeader('content-length')).toBeUndefined();
    Readable.from(Array(total / 65_536).fill(Buffer.alloc(65_536))).pipe(going);
  });
}

async function mixed(): Promise<Uint8Array<ArrayBuffer>> {
  return encrypted([...recipients, await x25519()]);
}
async function classical(): Promise<Uint8Array<ArrayBuffer>> {
  return encrypted([await x25519(), await x25519()]);
}
async function one(): Promise<Uint8Array<ArrayBuffer>> {
  return encrypted(recipients.slice(0, 1));
}
async function encrypted(to: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const encrypter = new Encrypter();
  for (const recipient of to) encrypter.addRecipient(recipient);
  return new Uint8Array(await encrypter.encrypt(randomBytes(70_000)));
}
async function x25519(): Promise<string> {
  return identityToRecipient(await generateX25519Identity());
}
