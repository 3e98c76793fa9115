import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeKeys, parseKeys } from '../../../ledger/keys/private.ts';
import { stateFolder } from '../../../ledger/memory.ts';
import { CandorError } from '../../../schemas/index.ts';
import { fillers, keepIn, makePlace, type open, type Place, within } from '../ledgers.ts';
import { unsealed } from '../records.ts';
import { whole } from '../whole.ts';

let place: Place;
let older: string;
beforeEach(async () => {
  place = await makePlace();
  older = join(place.content, '..', 'older');
});
afterEach(() => place.remove());

const checkpoint = () => readFile(join(place.content, 'ledger/log/checkpoint'), 'utf8');
const append = (count: number, round = count) => within(place, (ledger) => ledger.append(fillers(round, count)));

/** Puts the older copy in the place of the log. */
async function restore(): Promise<void> {
  await rm(place.content, { recursive: true });
  await cp(older, place.content, { recursive: true });
}

/** A log of 5 entries of which there is an older copy with 3. */
async function grown(): Promise<void> {
  await within(place, (ledger) => keepIn(ledger, unsealed(1)));
  await cp(place.content, older, { recursive: true });
  await append(2);
}

/** The error of opening the log, which changed nothing. */
async function refusal(options: Parameters<typeof open>[1] = {}): Promise<CandorError> {
  const before = await checkpoint().catch(() => undefined);
  const error: unknown = await within(place, async () => undefined, options).catch((thrown: unknown) => thrown);
  expect(await checkpoint().catch(() => undefined)).toBe(before);
  expect(await readdir(join(place.content, 'evidence'))).not.toContain('.lock');
  if (!(error instanceof CandorError)) throw new Error('it was not refused');
  return error;
}

describe('an older copy of the log', () => {
  test('is not signed over where the newer was signed: LedgerBehind', async () => {
    await grown();
    await restore();
    const { name, exit, what, hint } = await refusal();
    expect({ name, exit }).toEqual({ name: 'LedgerBehind', exit: 3 });
    expect(what).toMatch(
      /^this is an older copy of the log: it has 3 entries, but 5 were signed before \(.*state.*trust\.quill\.example_log-[0-9a-f]{16}\.signed\)\.$/,
    );
    expect(hint).toBe(
      'get the newest content/ledger/ and content/evidence/ together: `git pull`, or `candor verify URL --save content`. Is there none any more? Move both aside, begin a new log with new keys, and say so in an update.',
    );
  });

  test('on which something else was signed elsewhere: LedgerForked', async () => {
    await grown();
    await restore();
    await within(place, (ledger) => ledger.append(fillers(9, 4)), { state: undefined });
    const { name, exit, what, hint } = await refusal();
    expect({ name, exit }).toEqual({ name: 'LedgerForked', exit: 3 });
    expect(what).toMatch(
      /^this log has another history than the one that was signed before: its first 5 entries differ \(.*\.signed\)\.$/,
    );
    expect(hint).toBe(
      'keep this copy aside, and get the published one: `git pull`, or `candor verify URL --save content`.',
    );
  });

  test('another history of the same length: LedgerForked', async () => {
    await grown();
    await restore();
    await within(place, (ledger) => ledger.append(fillers(9, 2)), { state: undefined });
    expect((await refusal()).name).toBe('LedgerForked');
  });

  test('that grew elsewhere, as it should, is remembered when it is opened here', async () => {
    await within(place, (ledger) => keepIn(ledger, unsealed(1)));
    await cp(place.content, older, { recursive: true });
    await within(place, (ledger) => ledger.append(fillers(0, 2)), { state: undefined });
    await within(place, async () => undefined);
    await restore();
    expect((await refusal()).name).toBe('LedgerBehind');
  });

  test('the newer copy put back again goes on', async () => {
    await grown();
    await cp(place.content, `${older}-newer`, { recursive: true });
    await restore();
    expect((await refusal()).name).toBe('LedgerBehind');
    await rm(place.content, { recursive: true });
    await cp(`${older}-newer`, place.content, { recursive: true });
    await append(1);
    expect((await whole(place.content)).size).toBe(6);
  });

  test('no copy at all: a log that was deleted does not begin anew with the same keys', async () => {
    await grown();
    await rm(join(place.content, 'ledger'), { recursive: true });
    const { name, what } = await refusal();
    expect(name).toBe('LedgerBehind');
    expect(what).toContain('it has 0 entries, but 5 were signed before');
  });

  test('a log that lost its checkpoint does not begin anew, remembered or not', async () => {
    await grown();
    await rm(join(place.content, 'ledger/log/checkpoint'));
    expect(await refusal({ state: undefined })).toMatchObject({
      name: 'LedgerDamaged',
      exit: 3,
      what: 'the log cannot be trusted: ledger/log/checkpoint: it is missing.',
    });
  });
});

describe('the memory', () => {
  test('that does not hold a checkpoint stops the writer: what cannot be compared is not signed over', async () => {
    await grown();
    const [file = ''] = await readdir(place.state);
    await writeFile(join(place.state, file), 'half a checkp');
    expect((await refusal()).what).toContain('it should hold the head that was signed last, and does not.');
  });

  test('that cannot be read stops it too', async () => {
    await grown();
    const [file = ''] = await readdir(place.state);
    await rm(join(place.state, file));
    await mkdir(join(place.state, file));
    expect((await refusal()).what).toContain('the head that was signed last cannot be read (EISDIR).');
  });

  test('that cannot be written to stops nobody', async () => {
    await writeFile(place.state, 'a file where a folder should be').catch(() => mkdir(join(place.state, '..')));
    await within(place, (ledger) => keepIn(ledger, unsealed(1)));
    expect((await whole(place.content)).size).toBe(3);
  });

  test('lies where the system keeps state', () => {
    expect(stateFolder({ CANDOR_STATE: '/a', XDG_STATE_HOME: '/b', HOME: '/c' })).toBe('/a');
    expect(stateFolder({ XDG_STATE_HOME: '/b', HOME: '/c' })).toBe(join('/b', 'candor'));
    expect(stateFolder({ HOME: '/c' })).toBe(join('/c', '.local', 'state', 'candor'));
    expect(stateFolder({ USERPROFILE: '/d' })).toBe(join('/d', '.local', 'state', 'candor'));
    expect(stateFolder({})).toBeUndefined();
  });
});

describe('the published log, on a real server', () => {
  let server: Server;
  let published: string;
  /** What the server answers: a status, a text, or nothing. */
  let answer: { status: number; text: string } | 'breaks off';
  beforeEach(async () => {
    server = createServer((request, response) => {
      if (answer === 'breaks off') {
        response.writeHead(200, { 'Content-Length': '100' }).write('trust', () => response.destroy());
      } else if (request.url !== '/trust/log/checkpoint') response.writeHead(500).end();
      else response.writeHead(answer.status).end(answer.text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    published = `http://127.0.0.1:${address.port}/trust/`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  /** Opens without a memory, so that only the published head is compared. */
  const refused = () => refusal({ state: undefined, published });

  test('is newer: LedgerBehind names it', async () => {
    await grown();
    answer = { status: 200, text: await checkpoint() };
    await restore();
    const { name, what } = await refused();
    expect(name).toBe('LedgerBehind');
    expect(what).toBe(
      `this is an older copy of the log: it has 3 entries, but 5 were signed before (${published}log/checkpoint).`,
    );
  });

  test('has another history: LedgerForked', async () => {
    await grown();
    answer = { status: 200, text: await checkpoint() };
    await restore();
    await within(place, (ledger) => ledger.append(fillers(9, 3)), { state: undefined });
    expect((await refused()).name).toBe('LedgerForked');
  });

  test('is the same, is older, or is not there yet: the log goes on', async () => {
    await grown();
    const answers = [
      { status: 200, text: await checkpoint() },
      { status: 200, text: await readFile(join(older, 'ledger/log/checkpoint'), 'utf8') },
      { status: 404, text: 'not found' },
    ];
    for (const [round, each] of answers.entries()) {
      answer = each;
      await within(place, (ledger) => ledger.append(fillers(10 + round, 1)), { state: undefined, published });
    }
    expect((await whole(place.content)).size).toBe(8);
  });

  test('is there, but the log was deleted: it does not begin anew', async () => {
    await grown();
    answer = { status: 200, text: await checkpoint() };
    await rm(join(place.content, 'ledger'), { recursive: true });
    expect((await refused()).name).toBe('LedgerBehind');
  });

  test.each([
    ['an error of the server', { status: 503, text: 'later' }, 'status 503'],
    ['a page instead of a checkpoint', { status: 200, text: '<html>\n\n</html>\n' }, 'a signature line is malformed'],
    ['an answer that breaks off', 'breaks off' as const, 'the answer broke off'],
  ])('%s: PublishedUnreadable, and nothing is signed', async (_title, given, problem) => {
    await grown();
    answer = given;
    expect(await refused()).toMatchObject({
      name: 'PublishedUnreadable',
      exit: 3,
      what: `the published checkpoint ${published}log/checkpoint cannot be compared: ${problem}.`,
      hint: 'check the address in CANDOR_PUBLISHED, and try again. Is this a new log, with new keys? Then unset CANDOR_PUBLISHED until its page is published.',
    });
  });

  test('signed by a key that this log does not know', async () => {
    await grown();
    const other = await makePlace();
    await within(other, async () => undefined);
    answer = { status: 200, text: await readFile(join(other.content, 'ledger/log/checkpoint'), 'utf8') };
    await other.remove();
    expect((await refused()).what).toContain('it is signed by a key that is not known (trust.quill.example/log)');
  });

  test('with a signature that is wrong', async () => {
    await grown();
    answer = { status: 200, text: (await checkpoint()).replace('\n5\n', '\n4\n') };
    expect((await refused()).what).toContain('the signature of trust.quill.example/log is wrong');
  });

  test('does not answer at all', async () => {
    await grown();
    await new Promise((resolve) => server.close(resolve));
    expect((await refused()).what).toContain('cannot be compared: no answer.');
    server.listen(0);
  });
});

describe('keys and names', () => {
  test('other keys: KeysUnknown names the one that is missing', async () => {
    await grown();
    const error = await refusal({ keys: parseKeys(makeKeys()) });
    expect(error).toMatchObject({ name: 'KeysUnknown', exit: 2 });
    expect(error.what).toMatch(
      /^the private half of the log’s checkpoint key is not among these keys; its fingerprint is [0-9a-f]{64}\.$/,
    );
    expect(error.hint).toBe(
      'set CANDOR_KEYS_FILE to the file that holds it (CANDOR_KEYS, when set, counts first). Is the key lost? Move content/ledger/ and content/evidence/ aside, unset CANDOR_PUBLISHED until the page is published anew, begin a new log with new keys, and say so in an update.',
    );
  });

  test('another name of the page: LedgerOtherOrigin', async () => {
    await grown();
    expect(await refusal({ origin: 'security.quill.example/log' })).toMatchObject({
      name: 'LedgerOtherOrigin',
      exit: 2,
      what: 'this is the log `trust.quill.example/log`, but organization.yaml says that the page is `security.quill.example/log`.',
      hint: 'set `trustUrl` back; or move content/ledger/ and content/evidence/ aside and begin a new log.',
    });
  });

  test('a clock that fell behind: LedgerClockBehind, and all is as it was', async () => {
    await grown();
    const before = await checkpoint();
    const late = within(place, (ledger) => ledger.append(fillers(0, 1, -3_600_000)), {
      now: () => new Date('2026-11-03T08:00:00Z'),
    });
    await expect(late).rejects.toMatchObject({
      name: 'LedgerClockBehind',
      exit: 3,
      what: 'the clock says 2026-11-03T08:00:00.000Z, but the newest entry of the log is from 2026-11-03T09:00:00.000Z.',
      hint: 'set this machine’s clock right.',
    });
    expect(await checkpoint()).toBe(before);
    await whole(place.content);
  });
});
