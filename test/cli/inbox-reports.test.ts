import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { bech32 } from '@scure/base';
import { generateHybridIdentity, identityToRecipient } from 'age-encryption';
import { createTar } from 'nanotar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../examples/postgres-server.ts';
import { keysDigest } from '../../intake/envelope/keys.ts';
import { packReport, unpackReport } from '../../intake/envelope/report.ts';
import { open, seal } from '../../intake/envelope/seal.ts';
import { wayIn } from '../../intake/lifecycle/take-in.ts';
import { receiveReport } from '../../intake/reports/receive.ts';
import { openStore } from '../../intake/store/open.ts';
import { writeCompany } from '../intake/web/content.ts';
import { run } from './company.ts';

const BIN = join(import.meta.dirname, '..', '..', 'cli', 'bin.ts');
const AT = '2026-11-03T08:00:00Z';
const LATER = '2026-11-03T12:00:00Z';
const HOSTILE = 'look\u001b]0;owned\u0007 \u001b[2J\u009b31m \u202egnp.exe\r\nsecond\tline';

type Key = { file: string; identity: string; recipient: string };
let root = '';
let server: PostgresServer;
let keys: Record<'lena' | 'milo' | 'nora', Key>;
let reporter: Omit<Key, 'file'>;
/** A report of which everything is hostile, one that only a lost key opens, and one more. */
let ids: { hostile: string; lost: string; other: string };

const candor = (argv: string[], environment: Record<string, string> = {}, now = LATER) =>
  run(root, argv, { environment: { DATABASE_URL: server.url(), ...environment }, now });
const desk = (...argv: string[]) => candor(['inbox', 'reports', ...argv, '--as', 'tess']);
const read = (key: Key, ...argv: string[]) => desk(...argv, '--identity', key.file);
const jsonOf = (out: string) => JSON.parse(out);

const clocks = `
  - { id: acknowledged, title: A report is acknowledged, starts: receipt, ends: acknowledged, within: 48h, counts: calendar }
  - { id: triaged, title: A report is assessed, starts: receipt, ends: triaged, within: 10d, counts: calendar }`;

async function declare(...recipients: Key[]): Promise<void> {
  const lines = recipients.map(({ recipient }) => `  - { holder: security-lead, recipient: ${recipient} }\n`);
  await writeFile(
    join(root, 'content/disclosure.yaml'),
    `contacts: [security@fern.swiss]
expiresOn: 2027-10-31
languages: [en]
scope: [https://fern.swiss]
safeHarbor: We do not go to court.
credit: opt-in
bounty: { kind: none }
clocks:${clocks}
recipients:
${lines.join('')}`,
  );
}

beforeAll(async () => {
  // The folder of PGlite, which every other command line is tested with, takes ten times as long to open.
  server = await startPostgres();
  root = await mkdtemp(join(tmpdir(), 'candor-desk-'));
  await writeCompany(join(root, 'content'));
  const made = await Promise.all(
    ['lena', 'milo', 'nora'].map(async (name) => {
      // A folder above the content: it would be refused in the repository of the content.
      const file = join(root, '..', `${root.split('/').at(-1)}-keys`, `${name}.key`);
      const { out } = await candor(['keys', 'triager', file, '--json'], {}, AT);
      const { recipient } = jsonOf(out);
      const identity = (await readFile(file, 'utf8')).trim().split('\n').at(-1) ?? '';
      return { file, identity, recipient };
    }),
  );
  const [lena, milo, nora] = made;
  if (!lena || !milo || !nora) throw new Error('no keys');
  keys = { lena, milo, nora };
  const identity = await generateHybridIdentity();
  reporter = { identity, recipient: await identityToRecipient(identity) };
  await declare(lena, milo);
  const store = await openStore({ url: server.url() });
  const receive = async (plain: Uint8Array, to: Key[], minutes: number) => {
    const recipients = to.map(({ recipient }) => recipient);
    const report = {
      via: 'browser' as const,
      ciphertext: await seal(plain, recipients),
      access: randomBytes(32).toString('base64url'),
      replyTo: reporter.recipient,
      keys: await keysDigest(recipients),
      critical: false,
    };
    const at = new Date(Date.parse(AT) + minutes * 60_000);
    return (await receiveReport(wayIn(store.db), { company: 'Fern', url: 'https://f.swiss' }, [], report, at)).number;
  };
  const archive = createTar([
    { name: 'report.json', data: JSON.stringify({ title: HOSTILE, description: HOSTILE, credit: { wanted: false } }) },
    { name: '../../../etc/cron.d/evil', data: 'x' },
    { name: 'attachments/\u001b[31m-run.sh', data: '#!/bin/sh\ntouch /tmp/pwned\n' },
    { name: 'attachments/\u001b[31m-run.sh', data: 'the same name again' },
  ]);
  const gone = await generateHybridIdentity();
  const lost = { file: '', identity: gone, recipient: await identityToRecipient(gone) };
  const other = packReport({ title: 'Other', description: 'canary', credit: { wanted: false }, attachments: [] });
  ids = {
    hostile: await receive(archive, [lena, milo], 0),
    lost: await receive(other, [lost, nora], 1),
    other: await receive(other, [lena, milo], 2),
  };
  await store.close();
  await candor(['inbox', 'add', 'ada', '--role', 'administrator', '--email', 'ada@fern.swiss']);
  for (const [id, role] of [
    ['tess', 'triager'],
    ['gil', 'guest'],
    ['rita', 'responder'],
  ] as const)
    await candor(['inbox', 'add', id, '--role', role, '--email', `${id}@fern.swiss`, '--as', 'ada']);
});
afterAll(async () => {
  await rm(join(keys.lena.file, '..'), { recursive: true, force: true });
  await rm(root, { recursive: true, force: true });
  await server.stop();
});

test('a triager’s identity is a file for its owner alone, in age’s form; its public half is for disclosure.yaml', async () => {
  const { file, identity, recipient } = keys.lena;
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(identity).toMatch(/^AGE-SECRET-KEY-PQ-1[0-9A-Z]+$/);
  expect(await identityToRecipient(identity)).toBe(recipient);
  expect(await candor(['keys', 'triager', file])).toMatchObject({ code: 2, err: expect.stringContaining('KeysExist') });
  const inside = await candor(['keys', 'triager', join(root, 'content', 'a.key')]);
  expect(inside.err).toContain('KeysExposed');
});

test('lists what is due next, shows a case unread, and decrypts it without obeying it', async () => {
  const { out } = await desk('list');
  expect(out.split('\n')[0]).toBe(`${ids.hostile}  received      2026-11-05 08:00 acknowledged in 44 h`);
  const show = await desk('show', ids.hostile);
  expect(show.out).toContain('2026-11-05 08:00  in 44 h  A report is acknowledged\n');
  expect(show.out).not.toContain('look');
  const { code, out: text } = await read(keys.milo, 'decrypt', ids.hostile, '--out', 'opened');
  expect(code).toBe(0);
  expect(text).toContain('look‹U+001B›]0;owned‹U+0007› ‹U+001B›[2J‹U+009B›31m ‹U+202E›gnp.exe\nsecond    line');
  // Bold headings are ours.
  expect(stripVTControlCharacters(text)).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
  const json = await read(keys.milo, 'decrypt', ids.hostile, '--json');
  expect(json.out).toContain('\\u001b]0;owned\\u0007 \\u001b[2J\\u009b31m \\u202egnp.exe');
  expect(JSON.stringify(jsonOf(json.out))).toContain('\u202egnp.exe');
  const files = (await readdir(join(root, 'opened'))).toSorted();
  expect(files).toEqual(['1-1-etc-cron.d-evil', '1-2-31m-run.sh', '1-3-31m-run.sh']);
  expect((await stat(join(root, 'opened', '1-2-31m-run.sh'))).mode & 0o777).toBe(0o600);
  const again = await read(keys.milo, 'decrypt', ids.hostile, '--out', 'opened');
  expect(again.err).toContain(`error ReportNotWritten: ${join(root, 'opened', files[0] ?? '')} was not written`);
  const exported = await read(keys.lena, 'export', ids.hostile, '--out', 'export');
  expect(exported.out).toBe(`Wrote ${join(root, 'export', `${ids.hostile}.txt`)}, which only you can read.\n`);
  expect(await readFile(join(root, 'export', `${ids.hostile}.txt`), 'utf8')).toContain('‹U+202E›gnp.exe');
});

test('an identity is a file that nobody else can read, and never a word on the line', async () => {
  const decrypt = ['inbox', 'reports', 'decrypt', ids.other, '--as', 'tess'];
  expect((await candor(decrypt)).err).toContain('error IdentityMissing: there is no identity in CANDOR_IDENTITY_FILE');
  const named = await candor(decrypt, { CANDOR_IDENTITY_FILE: keys.lena.file });
  expect(named.out).toContain('canary');
  const literal = await read({ ...keys.lena, file: keys.lena.identity }, 'decrypt', ids.other);
  expect(literal.code).not.toBe(0);
  const open = join(keys.lena.file, '..', 'open.key');
  await writeFile(open, keys.lena.identity, { mode: 0o644 });
  expect((await read({ ...keys.lena, file: open }, 'decrypt', ids.other)).err).toContain('error KeysExposed');
  const wrong = join(keys.lena.file, '..', 'wrong.key');
  await writeFile(wrong, 'AGE-SECRET-KEY-1QQQ\n', { mode: 0o600 });
  expect((await read({ ...keys.lena, file: wrong }, 'decrypt', ids.other)).err).toContain(
    `error IdentityMissing: there is no identity in ${wrong}: key 1 is no hybrid age identity.`,
  );
});

test('a case is worked on: assigned, judged, answered, noted, closed and opened again', async () => {
  expect((await desk('acknowledge', ids.other)).out).toBe(`${ids.other} is acknowledged.\n`);
  expect((await desk('assign', ids.other, 'tess')).out).toBe(`${ids.other} is given to tess.\n`);
  expect((await desk('assign', ids.other, 'rita')).code).toBe(1);
  const vector = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N';
  expect((await desk('triage', ids.other, '--cvss', vector, '--cwe', 'CWE-862')).out).toBe(
    `${ids.other} is triaged, critical.\n`,
  );
  expect((await desk('triage', ids.other, '--cvss', `${vector}/AV:N`)).err).toContain('--cvss: must be a CVSS 4.0');
  expect((await desk('reply', ids.other, '--text', 'Thank you for canary-reply.')).out).toContain('to the reporter');
  expect((await desk('note', ids.other, '--text', 'canary-note')).out).toContain('for the team');
  const { messages } = jsonOf((await read(keys.milo, 'decrypt', ids.other, '--json')).out);
  expect(messages.map(({ text, audience, author }: Record<string, string>) => [author, audience, text])).toEqual([
    ['reporter', 'reporter', 'canary'],
    ['tess', 'reporter', 'Thank you for canary-reply.'],
    ['tess', 'team', 'canary-note'],
  ]);
  const store = await openStore({ url: server.url() });
  const rows = await store.db.selectFrom('reportMessage').selectAll().where('submission', '=', ids.other).execute();
  const log = JSON.stringify(await store.db.selectFrom('staffLog').selectAll().execute());
  await store.close();
  expect(log).not.toContain('canary');
  const ciphertext = (position: number) =>
    rows.find((row) => row.position === position)?.ciphertext ?? new Uint8Array();
  expect(unpackReport(await open(ciphertext(2), reporter.identity)).text).toBe('Thank you for canary-reply.');
  await expect(open(ciphertext(3), reporter.identity)).rejects.toThrow();
  expect((await desk('duplicate', ids.other, ids.other)).err).toContain('it is the same report');
  expect((await desk('duplicate', ids.other, ids.hostile)).out).toBe(`${ids.other} is duplicate.\n`);
  expect((await desk('duplicate', ids.hostile, ids.other)).err).toContain('error ReportDuplicateRefused');
  expect((await desk('reopen', ids.other)).out).toBe(`${ids.other} is triaged.\n`);
});

test('a law’s clocks begin with a person’s decision, and each step is done once', async () => {
  const start = await desk('regulatory', ids.other, '--regime', 'cra', '--event', 'actively-exploited');
  expect(start.out).toContain('early-warning  due 2026-11-04 12:00');
  expect(start.out).toContain('final-report   not yet running');
  const done = await desk('regulatory', ids.other, '--regime', 'cra', '--step', 'early-warning');
  expect(done.out).toContain('early-warning  done 2026-11-03 12:00');
  expect((await desk('regulatory', ids.other, '--regime', 'cra', '--step', 'early-warning')).err).toContain(
    'DutyRefused',
  );
  expect((await desk('regulatory', ids.other, '--regime', 'nis2', '--event', 'actively-exploited')).code).toBe(1);
  expect((await desk('regulatory', ids.other, '--regime', 'cra')).code).toBe(2);
});

test('a guest sees one case, and of it what somebody encrypted to them', async () => {
  const guest = (...argv: string[]) =>
    candor(['inbox', 'reports', ...argv, '--as', 'gil', '--identity', keys.nora.file]);
  expect((await guest('show', ids.other)).err).toContain(`error ReportUnknown: there is no report \`${ids.other}\`.`);
  expect((await desk('guest', ids.other, 'rita')).err).toContain('its role is responder');
  expect((await desk('guest', ids.other, 'gil')).err).toContain('no age recipient of it is known');
  const recipients = join(root, 'guests.txt');
  await writeFile(recipients, `# gil\n${keys.nora.recipient}\n`);
  expect((await desk('guest', ids.other, 'gil', '--recipients', recipients)).code).toBe(0);
  expect((await guest('decrypt', ids.other)).out).not.toContain('canary');
  expect((await read(keys.lena, 'share', ids.hostile, '1')).err).toContain('shared with no guest');
  const share = await read(keys.lena, 'share', ids.other, '1');
  expect(share.out).toBe(`Message 4 of ${ids.other} is message 1, encrypted to its guests too.\n`);
  const text = (await guest('decrypt', ids.other)).out;
  expect(text).toContain('canary');
  expect(text).not.toContain('canary-note');
  expect((await guest('list')).out.trim().split('\n')).toHaveLength(1);
  expect((await guest('close', ids.other)).err).toContain('error StaffNotAllowed');
  expect((await desk('unguest', ids.other, 'gil')).code).toBe(0);
  expect((await guest('decrypt', ids.other)).err).toContain('error ReportUnknown');
});

test('a lost key: who can still decrypt encrypts all open cases anew, and what nobody opens is asked for again', async () => {
  await declare(keys.milo, keys.nora);
  const check = await read(keys.milo, 'check', '--json');
  expect(jsonOf(check.out).unreadable).toMatchObject([{ id: ids.lost, positions: [1] }]);
  expect(check.code).toBe(1);
  const store = await openStore({ url: server.url() });
  const answers = (replyTo: string) =>
    store.db.updateTable('report').set({ replyTo }).where('submission', '=', ids.hostile).execute();
  // An old recipient that was not looked at when it came: its point of X25519 is zero.
  await desk('reply', ids.hostile, '--text', 'Thank you.');
  await answers(bech32.encode('age1pq', bech32.toWords(new Uint8Array(1216)), false));
  const rekey = await read(keys.milo, 'rekey');
  expect(rekey.code).toBe(1);
  expect(rekey.out).toContain(`${ids.lost}  messages 1  this identity does not open them`);
  expect(rekey.out).toContain(`${ids.hostile}  messages 2  nothing can be encrypted to one of their recipients`);
  // The guest is gone: what was for guests is the team’s.
  expect(rekey.out).not.toContain(ids.other);
  await answers(reporter.recipient);
  // The report is the team’s, as when it came; what was said to its reporter is theirs, too.
  const rows = await store.db.selectFrom('reportMessage').selectAll().where('submission', '=', ids.other).execute();
  const opens = rows.map(({ ciphertext }) =>
    open(ciphertext ?? new Uint8Array(), reporter.identity).then(
      () => true,
      () => false,
    ),
  );
  expect(await Promise.all(opens)).toEqual([false, true, false, false]);
  await store.close();
  expect((await read(keys.nora, 'decrypt', ids.hostile)).out).toContain('gnp.exe');
  expect((await read(keys.lena, 'decrypt', ids.hostile)).err).toContain('error ReportNotReadable');
  expect((await read(keys.milo, 'decrypt', ids.lost)).err).toContain(`\`candor inbox reports ask ID\``);
  expect((await desk('ask', ids.lost)).out).toBe(`Message 2 of ${ids.lost} is written to the reporter.\n`);
  const text = (await read(keys.milo, 'decrypt', ids.lost)).out;
  expect(text).toContain('This identity does not open it.');
  expect(text).toContain('Please send it once more.');
});

test('killed while it encrypts anew, twice at once, or while somebody writes: everything stays readable, and a next run ends it', async () => {
  await declare(keys.nora, keys.lena);
  const store = await openStore({ url: server.url() });
  const digests = async () =>
    (await store.db.selectFrom('reportMessage').select('digest').orderBy('id').execute()).map(({ digest }) => digest);
  const before = new Set(await digests());
  const child = spawn(
    process.execPath,
    [BIN, 'inbox', 'reports', 'rekey', '--as', 'tess', '--identity', keys.nora.file],
    { cwd: root, env: { ...process.env, DATABASE_URL: server.url() }, stdio: 'ignore' },
  );
  const ended = once(child, 'exit');
  while (child.exitCode === null && (await digests()).every((digest) => before.has(digest)));
  child.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  const unread = async (key: Key) => jsonOf((await read(key, 'check', '--json')).out).unreadable;
  expect(await unread(keys.nora)).toEqual([]);
  expect((await unread(keys.lena)).length).toBeGreaterThan(1);
  const rekeys = await Promise.all([
    read(keys.nora, 'rekey', '--json'),
    read(keys.nora, 'rekey', '--json'),
    desk('note', ids.other, '--text', 'written meanwhile'),
  ]);
  expect(rekeys.map(({ err }) => err)).toEqual(['', '', '']);
  expect((await read(keys.nora, 'rekey')).code).toBe(0);
  expect([await unread(keys.nora), await unread(keys.lena)]).toEqual([[], []]);
  await store.close();
});

test('without recipients nothing is written, for nobody could read it', async () => {
  const file = join(root, 'content/disclosure.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/recipients:[\s\S]*/, ''));
  for (const action of [
    ['note', ids.other, '--text', 'x'],
    ['rekey', '--identity', keys.milo.file],
  ])
    expect((await desk(...action)).err).toContain('error RecipientsMissing: disclosure.yaml names no recipients.');
});

test.each(['responder', 'administrator'])('a %s reads nothing of reports', async (role) => {
  const as = role === 'responder' ? 'rita' : 'ada';
  for (const action of [['list'], ['show', ids.other], ['acknowledge', ids.other]])
    expect((await candor(['inbox', 'reports', ...action, '--as', as])).err).toContain('error StaffNotAllowed');
});

test.each([[['reports', 'open']], [['reports', 'show']], [['reports', 'triage', 'x']], [['reports', 'note', 'x']]])(
  'wrong usage: %j',
  async (argv) => {
    const { code, err } = await candor(['inbox', ...argv, '--as', 'tess']);
    expect(code).toBe(2);
    expect(err).toContain('candor inbox reports [list | show ID');
  },
);
