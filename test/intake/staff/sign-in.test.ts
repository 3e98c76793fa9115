import { Secret, TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import { accounts, addAccount, memberOnMachine, removeAccount, resetAccount } from '../../../intake/staff/accounts.ts';
import type { NewFactors } from '../../../intake/staff/factors.ts';
import { logFlaw, logFrom } from '../../../intake/staff/log.ts';
import { memberOf, sessionCookie, signOut } from '../../../intake/staff/sessions.ts';
import { SIGN_IN_TRIES, signIn } from '../../../intake/staff/sign-in.ts';
import type { Store } from '../../../intake/store/open.ts';
import { onBothStores } from '../stores.ts';

const T0 = Date.parse('2026-11-03T09:00:00Z');
const at = (seconds: number) => new Date(T0 + seconds * 1_000);
const making = { by: undefined, issuer: 'Larkspur', at: at(0) };
const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** What an authenticator app shows, from what a person typed into it. */
function codeOf({ seed }: NewFactors, when: Date): string {
  return new TOTP({ secret: Secret.fromBase32(seed) }).generate({ timestamp: when.getTime() });
}

/** A code that is none of those that are accepted then. */
function wrongCode(factors: NewFactors, when: Date): string {
  const right = [-30, 0, 30].map((seconds) => codeOf(factors, new Date(when.getTime() + seconds * 1_000)));
  return ['000000', '111111', '222222', '333333'].find((code) => !right.includes(code)) ?? '';
}

const ada = { id: 'ada', role: 'administrator', email: 'ada@larkspur.swiss' } as const;
const enter = (db: Store['db'], factors: NewFactors, when: Date, code = codeOf(factors, when)) =>
  signIn(db, { key: factors.key, code }, when);

/** All that the database holds, as somebody sees it who stole a copy. */
async function dump(db: Store['db']): Promise<string> {
  const tables = ['staffAccount', 'staffSession', 'staffLog', 'staffLogHead', 'staffNote'] as const;
  const rows = await Promise.all(tables.map((table) => db.selectFrom(table).selectAll().execute()));
  return JSON.stringify(rows);
}

onBothStores('signing in', (fresh) => {
  test('takes the key and a code; an app learns the seed from an address or from text', async () => {
    const { db } = fresh().store;
    const factors = await addAccount(db, ada, making);
    expect(Buffer.from(factors.key, 'base64url')).toHaveLength(32);
    expect(factors.uri).toBe(
      `otpauth://totp/Larkspur:ada?issuer=Larkspur&secret=${factors.seed}&algorithm=SHA1&digits=6&period=30`,
    );
    const opened = await enter(db, factors, at(10));
    expect(opened?.member).toEqual({ ...ada, via: 'web' });
    expect(await memberOf(db, opened?.secret, at(20))).toEqual({ ...ada, via: 'web' });
    const log = await logFrom(db, 0);
    expect(log.map(({ actor, action, subject, facts }) => [actor, action, subject, facts])).toEqual([
      ['cli', 'add', 'ada', { role: 'administrator' }],
      ['web:ada', 'sign-in', 'ada', { refusedBefore: 0 }],
    ]);
  });

  test('neither factor alone opens anything, nor one of another account', async () => {
    const { db } = fresh().store;
    const factors = await addAccount(db, ada, making);
    const by = await memberOnMachine(db, 'ada');
    const other = await addAccount(db, { ...ada, id: 'ben' }, { ...making, by });
    const code = codeOf(factors, at(10));
    for (const [key, typed] of [
      [factors.key, ''],
      [factors.key, wrongCode(factors, at(10))],
      ['', code],
      [other.key, code],
      [factors.key.slice(0, -1), code],
      ['ada', code],
    ] as const)
      expect(await signIn(db, { key, code: typed }, at(10))).toBeUndefined();
    expect(await enter(db, factors, at(10))).toBeDefined();
  });

  test('a code is used once, and none older than it; clocks may differ by one step and not by two', async () => {
    const { db } = fresh().store;
    const factors = await addAccount(db, ada, making);
    const code = (seconds: number) => codeOf(factors, at(seconds));
    expect(await enter(db, factors, at(300), code(300 - 60))).toBeUndefined();
    expect(await enter(db, factors, at(300), code(300 + 60))).toBeUndefined();
    expect(await enter(db, factors, at(300), code(300 - 30))).toBeDefined();
    expect(await enter(db, factors, at(300), code(300 - 30))).toBeUndefined();
    expect(await enter(db, factors, at(300), code(300 + 30))).toBeDefined();
    expect(await enter(db, factors, at(300), code(300))).toBeUndefined();
    expect(await enter(db, factors, at(331), code(331))).toBeUndefined();
    expect(await enter(db, factors, at(361), code(361))).toBeDefined();
  });

  test('of many who use one code at the same time one gets in', async () => {
    const { store, again } = fresh();
    const others = again === undefined ? [store] : [store, await again()];
    const factors = await addAccount(store.db, ada, making);
    const opened = await Promise.all(
      Array.from({ length: SIGN_IN_TRIES }, (_, index) =>
        enter((others[index % others.length] ?? store).db, factors, at(10)),
      ),
    );
    expect(opened.filter((each) => each !== undefined)).toHaveLength(1);
  });

  test('wrong codes are counted: the sixth try is refused though it is right, until the time is over', async () => {
    const { db } = fresh().store;
    const factors = await addAccount(db, ada, making);
    await Promise.all(
      Array.from({ length: 20 }, async () =>
        expect(await enter(db, factors, at(10), wrongCode(factors, at(10)))).toBeUndefined(),
      ),
    );
    expect(await enter(db, factors, at(10))).toBeUndefined();
    expect(await enter(db, factors, at(10 + 14 * MINUTE))).toBeUndefined();
    expect(await enter(db, factors, at(10 + 15 * MINUTE))).toBeDefined();
    // Whoever comes next learns that somebody had the key.
    expect((await logFrom(db, 1)).map(({ facts }) => facts)).toEqual([{ refusedBefore: SIGN_IN_TRIES }]);
  });

  test('a clock that was wrong by a year locks nobody out', async () => {
    const { db } = fresh().store;
    const factors = await addAccount(db, ada, making);
    const ahead = at(366 * 24 * HOUR);
    for (let tries = 0; tries < SIGN_IN_TRIES; tries += 1) await enter(db, factors, ahead, wrongCode(factors, ahead));
    expect(await enter(db, factors, ahead)).toBeUndefined();
    expect(await enter(db, factors, at(10))).toBeDefined();
  });

  test('a copy of the database holds nothing that opens an account or a session', async () => {
    const { db } = fresh().store;
    const factors = await addAccount(db, ada, making);
    const opened = await enter(db, factors, at(10));
    const text = await dump(db);
    const seed = Secret.fromBase32(factors.seed);
    for (const secret of [
      factors.key,
      factors.seed,
      seed.hex,
      Buffer.from(seed.bytes).toString('base64url'),
      opened?.secret ?? '',
    ]) {
      expect(secret.length).toBeGreaterThan(20);
      expect(text).not.toContain(secret);
    }
    // What lies there in place of a key is none, nor does the sealed seed of one account do for another.
    const { keyDigest, sealedSeed } = await db.selectFrom('staffAccount').selectAll().executeTakeFirstOrThrow();
    for (const key of [keyDigest, sealedSeed])
      expect(await signIn(db, { key: key ?? '', code: codeOf(factors, at(60)) }, at(60))).toBeUndefined();
  });

  test('a session ends when it is idle, after a day’s work, and at once by signing out', async () => {
    const { db } = fresh().store;
    const factors = await addAccount(db, ada, making);
    const session = async (seconds: number) => (await enter(db, factors, at(seconds)))?.secret;
    const idle = await session(0);
    expect(await memberOf(db, idle, at(29 * MINUTE))).toBeDefined();
    expect(await memberOf(db, idle, at(58 * MINUTE))).toBeDefined();
    expect(await memberOf(db, idle, at(88 * MINUTE))).toBeUndefined();
    const long = await session(2 * HOUR);
    for (let minutes = 0; minutes < 10 * 60; minutes += 20)
      expect(await memberOf(db, long, at(2 * HOUR + minutes * MINUTE))).toBeDefined();
    expect(await memberOf(db, long, at(12 * HOUR))).toBeUndefined();
    const [left, kept] = [await session(13 * HOUR), await session(13 * HOUR + 30)];
    await signOut(db, left, at(13 * HOUR + 60));
    expect(await memberOf(db, left, at(13 * HOUR + 60))).toBeUndefined();
    expect(await memberOf(db, kept, at(13 * HOUR + 60))).toBeDefined();
    await signOut(db, left, at(13 * HOUR + 61));
    for (const secret of [undefined, '', 'x'.repeat(43)])
      expect(await memberOf(db, secret, at(13 * HOUR))).toBeUndefined();
    expect((await logFrom(db, 0)).map(({ action }) => action)).toEqual([
      'add',
      'sign-in',
      'sign-in',
      'sign-in',
      'sign-in',
      'sign-out',
    ]);
  });

  test('whoever is removed or gets new factors is out at once, and in again with the new ones alone', async () => {
    const { db } = fresh().store;
    const factors = await addAccount(db, ada, making);
    const by = await memberOnMachine(db, 'ada');
    const ben = await addAccount(db, { ...ada, id: 'ben', role: 'responder' }, { ...making, by });
    const [adas, bens] = [await enter(db, factors, at(0)), await enter(db, ben, at(0))];
    const renewed = await resetAccount(db, 'ben', { ...making, by, at: at(60) });
    expect(await memberOf(db, bens?.secret, at(60))).toBeUndefined();
    expect(await memberOf(db, adas?.secret, at(60))).toBeDefined();
    expect(await enter(db, ben, at(60))).toBeUndefined();
    const again = await enter(db, renewed, at(60));
    expect(again).toBeDefined();
    await removeAccount(db, by, 'ben', at(90));
    expect(await memberOf(db, again?.secret, at(90))).toBeUndefined();
    expect(await enter(db, renewed, at(120))).toBeUndefined();
    await expect(memberOnMachine(db, 'ben')).rejects.toMatchObject({ name: 'StaffUnknown' });
    for (const change of [removeAccount(db, by, 'ben', at(91)), resetAccount(db, 'ben', { ...making, by })])
      await expect(change).rejects.toMatchObject({ name: 'StaffUnknown', what: 'there is no account `ben`.' });
    expect((await accounts(db, by, at(92))).map(({ id, email }) => [id, email])).toEqual([
      ['ada', ada.email],
      ['ben', null],
    ]);
    expect(await dump(db)).not.toContain('ben@');
  });

  test('the machine makes the first administrator alone, and an id is given once', async () => {
    const { db } = fresh().store;
    await expect(addAccount(db, { ...ada, role: 'responder' }, making)).rejects.toMatchObject({
      name: 'StaffNotNamed',
    });
    await addAccount(db, ada, making);
    await expect(addAccount(db, { ...ada, id: 'eve' }, making)).rejects.toMatchObject({
      name: 'StaffNotNamed',
      what: 'it is not said who acts.',
    });
    const by = await memberOnMachine(db, 'ada');
    await addAccount(db, { ...ada, id: 'ben' }, { ...making, by });
    await removeAccount(db, by, 'ben', at(1));
    await expect(addAccount(db, { ...ada, id: 'ben' }, { ...making, by })).rejects.toMatchObject({
      name: 'StaffTaken',
      what: 'there is, or was, an account `ben`.',
    });
    expect((await logFrom(db, 0)).map(({ action, facts }) => [action, facts])).toEqual([
      ['add', { role: 'administrator' }],
      ['add', { role: 'administrator' }],
      ['remove', {}],
      ['add', { role: 'administrator' }],
      ['add', { of: 4, failed: 'StaffTaken' }],
    ]);
    expect(await logFlaw(db)).toBeUndefined();
  });
});

test('the cookie of a session stays on this host, over TLS, away from scripts and other sites', () => {
  const options = { path: '/', httpOnly: true, sameSite: 'strict' };
  expect(sessionCookie('https://trust.larkspur.swiss')).toEqual({
    name: '__Host-staff',
    options: { ...options, secure: true },
  });
  for (const host of ['localhost', '127.0.0.1', '[::1]'])
    expect(sessionCookie(`http://${host}:4321`)).toEqual({ name: 'staff', options: { ...options, secure: false } });
  // A browser takes no such cookie without TLS, so nobody signs in over the network in the clear.
  for (const host of ['trust.larkspur.swiss', 'localhost.evil.swiss', '127.0.0.1.evil.swiss', '192.168.0.1'])
    expect(sessionCookie(`http://${host}`)).toMatchObject({ name: '__Host-staff', options: { secure: true } });
});
