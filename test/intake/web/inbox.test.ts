import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../examples/postgres-server.ts';
import { advance, submissionOf } from '../../../intake/lifecycle/submission.ts';
import { giveNotice } from '../../../intake/notices/give.ts';
import { addAccount, memberOnMachine, removeAccount } from '../../../intake/staff/accounts.ts';
import type { NewFactors } from '../../../intake/staff/factors.ts';
import { logFlaw, logFrom } from '../../../intake/staff/log.ts';
import { existing } from '../../../intake/staff/show.ts';
import { openStore, type Store } from '../../../intake/store/open.ts';
import type { StaffRole } from '../../../schemas/index.ts';
import { oakvault, saying } from '../notices/saying.ts';
import { files } from './content.ts';
import { ada, confirmationTo, letterTo, type Running, startServer, tokenIn, type Visitor } from './running.ts';

const T0 = Date.parse('2026-11-03T09:00:00Z');
let minutes = 0;
const now = () => new Date(T0 + minutes * 60_000);

let postgres: PostgresServer;
let store: Store;
let server: Running;
const factors = new Map<StaffRole, NewFactors>();

beforeAll(async () => {
  postgres = await startPostgres();
  const company = { 'intake.yaml': files['intake.yaml']?.replace('automatic', 'by-hand') };
  server = await startServer({ database: postgres.url(), company, now });
  store = await openStore({ url: postgres.url() });
  const making = { by: undefined, issuer: 'Fern', at: now() };
  const account = (role: StaffRole) => ({ id: role, role, email: `${role}@fern.swiss` });
  factors.set('administrator', await addAccount(store.db, account('administrator'), making));
  const by = await memberOnMachine(store.db, 'administrator');
  for (const role of ['viewer', 'responder'] as const)
    factors.set(role, await addAccount(store.db, account(role), { ...making, by }));
});
afterAll(async () => {
  await store.close();
  await server.stop();
  await postgres.stop();
});

/** What an app shows for a role just now. */
function typed(role: StaffRole): { key: string; code: string } {
  const { key, seed } = factors.get(role) ?? { key: '', seed: 'AAAA' };
  return { key, code: new TOTP({ secret: Secret.fromBase32(seed) }).generate({ timestamp: now().getTime() }) };
}

/** Somebody of a role who is signed in. A code is used once, so a minute goes by. */
async function signedIn(role: StaffRole): Promise<Visitor> {
  minutes += 1;
  const visitor = server.visitor();
  const answer = await visitor.send('/inbox/sign-in/', typed(role));
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/inbox/']);
  return visitor;
}

/** A request that waits for a person, by its id and the address of its maker. */
async function held(changes: Record<string, string | string[]> = {}): Promise<{ id: string; email: string }> {
  const form = { ...ada(), ...changes };
  const visitor = server.visitor();
  await visitor.send('/requests/', form);
  await visitor.send(await confirmationTo(server, form.email), {});
  const rows = await store.db.selectFrom('submission').select('id').where('state', '=', 'held').execute();
  const found = await Promise.all(rows.map(({ id }) => submissionOf(store.db, id)));
  return { id: found.find((each) => each?.data?.email === form.email)?.id ?? '', email: form.email };
}

const stateOf = async (id: string) => (await submissionOf(store.db, id))?.state;
/** A page without what is different for each who opens it. */
const plain = async (answer: Response) => (await answer.text()).replaceAll(/value="[\w-]{43}"/g, '');
/** The hidden fields of the form that does `deed`, as they stand on the page. */
async function hidden(visitor: Visitor, id: string, deed: string): Promise<URLSearchParams> {
  const page = await (await visitor.get(`/inbox/${id}/`)).text();
  return hiddenIn(page.split('<form ').find((part) => part.includes(`name="do" value="${deed}"`)) ?? '');
}
/** The hidden fields of a page. */
function hiddenIn(page: string): URLSearchParams {
  return new URLSearchParams(
    [...page.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
}

test('nothing of the inbox is there for whoever is not signed in, by whatever method', async () => {
  const { id } = await held();
  const stranger = server.visitor();
  stranger.cookies.set('staff', 'x'.repeat(43));
  for (const path of ['/inbox/', `/inbox/${id}/`, '/inbox/log/', '/inbox/people/', '/inbox/?state=held']) {
    const answer = await stranger.get(path);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/inbox/sign-in/']);
    expect(await answer.text()).not.toContain('Quill');
  }
  const responder = await signedIn('responder');
  const body = await hidden(responder, id, 'decline');
  body.set('reason', 'No.');
  const own = new URLSearchParams(await hidden(responder, id, 'decline'));
  await stranger.get('/inbox/sign-in/');
  // With a token of a form that is their own, and without any.
  const page = await (await stranger.get('/inbox/sign-in/')).text();
  own.set('form-token', tokenIn(page));
  own.set('reason', 'No.');
  for (const [sent, status] of [
    [body, 403],
    [own, 303],
  ] as const)
    for (const path of [`/inbox/${id}/`, '/inbox/people/', '/inbox/'])
      expect((await stranger.post(path, sent.toString())).status, path).toBe(status);
  expect(await stateOf(id)).toBe('held');
});

test('every refusal of a sign-in is the same page; the cookie of a session is kept from scripts and other sites', async () => {
  minutes += 1;
  const { key, code } = typed('viewer');
  const pages: string[] = [];
  for (const wrong of [
    { key, code: code === '000000' ? '111111' : '000000' },
    { key: 'x'.repeat(43), code },
    { key: 'viewer', code },
    { key, code: 'abc' },
  ]) {
    const answer = await server.visitor().send('/inbox/sign-in/', wrong);
    expect(answer.status).toBe(422);
    pages.push(await plain(answer));
  }
  expect(new Set(pages).size).toBe(1);
  expect(pages[0]).toContain('The key or the code is not right');
  const visitor = server.visitor();
  const answer = await visitor.send('/inbox/sign-in/', { key, code: `${code.slice(0, 3)} ${code.slice(3)}` });
  const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('staff='));
  expect(cookie).toMatch(/^staff=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/i);
  const inbox = await visitor.get('/inbox/');
  expect([inbox.status, inbox.headers.get('cache-control')]).toEqual([200, 'no-store']);
  const again = await server.visitor().send('/inbox/sign-in/', { key, code });
  expect(await plain(again)).toBe(pages[0]);
});

test('a viewer sees that something waits, and may do nothing, whatever is sent', async () => {
  const { id, email } = await held({ needs: ['dpa', 'question'], message: 'Canary?' });
  const viewer = await signedIn('viewer');
  const pages = await Promise.all(['/inbox/', `/inbox/${id}/`].map(async (path) => (await viewer.get(path)).text()));
  for (const page of pages) {
    expect(page).toContain(id);
    for (const word of ['Canary', 'Quill', email]) expect(page).not.toContain(word);
  }
  expect(pages[1]).not.toContain('name="do"');
  const tokens = hiddenIn(pages[1] ?? '');
  const { head = '' } = (await submissionOf(store.db, id)) ?? {};
  for (const deed of ['approve', 'answer', 'decline', 'grant', 'revoke', 'terminate', 'supersede', 'settle']) {
    const body = new URLSearchParams(tokens);
    const fields = {
      do: deed,
      seen: head,
      reason: 'x',
      answer: 'x',
      document: 'agreement',
      newer: id,
      outcome: 'declined',
    };
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const answer = await viewer.post(`/inbox/${id}/`, body.toString());
    expect(answer.status, deed).toBe(403);
    expect(await answer.text()).toContain(`is viewer, and may not ${deed}.`);
  }
  for (const deed of ['export', 'delete']) {
    const body = new URLSearchParams(tokens);
    for (const [name, value] of Object.entries({ do: deed, email, again: email })) body.set(name, value);
    const answer = await viewer.post('/inbox/people/', body.toString());
    expect(answer.status, deed).toBe(403);
    expect(await answer.text()).not.toContain('Quill');
  }
  for (const path of ['/inbox/log/', '/inbox/people/']) expect((await viewer.get(path)).status).toBe(403);
  const unknown = new URLSearchParams(tokens);
  unknown.set('do', 'constructor');
  expect((await viewer.post(`/inbox/${id}/`, unknown.toString())).status).toBe(404);
  expect((await viewer.get('/inbox/dpa-request-x/')).status).toBe(404);
  expect(await stateOf(id)).toBe('held');
});

test('a responder answers, approves and declines what they looked at, from this session alone', async () => {
  const [asked, wrong] = [
    await held({ needs: ['dpa', 'question'], message: 'Where is it?' }),
    await held({ company: '株式会社クイル' }),
  ];
  const responder = await signedIn('responder');
  expect(await (await responder.get('/inbox/')).text()).toContain('Quill Ltd.');
  expect(await (await responder.get(`/inbox/${asked.id}/`)).text()).toContain('Where is it?');
  const empty = await responder.send(`/inbox/${asked.id}/`, { answer: '' });
  expect(empty.status).toBe(422);
  expect(await empty.text()).toContain('is needed');
  const stale = await hidden(responder, asked.id, 'approve');
  const elsewhere = await hidden(await signedIn('responder'), asked.id, 'approve');
  const mixed = new URLSearchParams(stale);
  mixed.set('session-token', elsewhere.get('session-token') ?? '');
  const without = new URLSearchParams(stale);
  without.delete('session-token');
  for (const body of [mixed, without]) {
    const answer = await responder.post(`/inbox/${asked.id}/`, body.toString());
    expect([answer.status, await stateOf(asked.id)]).toEqual([403, 'held']);
  }
  expect((await responder.send(`/inbox/${asked.id}/`, { answer: '<b>In Zurich.</b>' })).status).toBe(303);
  expect((await letterTo(server.mailbox, asked.email, /answer/)).text).toContain('<b>In Zurich.</b>');
  expect(await (await responder.get(`/inbox/${asked.id}/`)).text()).toContain('&lt;b&gt;In Zurich.&lt;/b&gt;');
  const late = await responder.post(`/inbox/${asked.id}/`, stale.toString());
  expect([late.status, await stateOf(asked.id)]).toEqual([409, 'held']);
  expect(await late.text()).toContain('has changed since you looked at it');
  expect((await responder.send(`/inbox/${asked.id}/`, { approval: '' })).status).toBe(303);
  expect(await stateOf(asked.id)).toBe('offered');
  await letterTo(server.mailbox, asked.email, /is ready/);
  // What no font can show is no failure of the server: whoever decides hears why, and what to do.
  const unshown = await responder.send(`/inbox/${wrong.id}/`, { approval: '' });
  expect([unshown.status, await stateOf(wrong.id)]).toEqual([409, 'held']);
  expect(await unshown.text()).toContain('decline the request with this reason');
  expect((await responder.send(`/inbox/${wrong.id}/`, { reason: 'We do not know you.' })).status).toBe(303);
  expect((await letterTo(server.mailbox, wrong.email, /declined/)).text).toContain('We do not know you.');
  expect(await stateOf(wrong.id)).toBe('declined');
});

test('notices are listed for all; a responder sends one again that never arrived, and ends the agreement', async () => {
  const { id, email } = await held();
  const request = await existing(store.db, id);
  const sealing = { at: now(), actor: 'rules' };
  const offered = await advance(store.db, request, 'offered', sealing);
  await advance(store.db, await advance(store.db, offered, 'accepted', sealing), 'sealed', sealing);
  const content = saying({ notices: { oakvault: [{ ...oakvault, announcedOn: '2026-11-03' }] } });
  await giveNotice({
    db: store.db,
    head: { company: 'Fern GmbH', url: server.url },
    now,
    current: async () => ({ content }),
  });
  const letters = store.db
    .updateTable('outbox')
    .where('id', 'in', store.db.selectFrom('noticeLetter').select('letter'));
  const fail = letters.where('state', '=', 'sent').set({ state: 'failed', failure: 'bounced' });
  await expect.poll(async () => (await fail.executeTakeFirst()).numUpdatedRows, { timeout: 60_000 }).toBe(1n);
  const [viewer, responder] = [await signedIn('viewer'), await signedIn('responder')];
  for (const visitor of [viewer, responder]) {
    const page = await (await visitor.get('/inbox/notices/')).text();
    expect(page).toContain('bounced');
    expect(page.includes('name="do"')).toBe(visitor === responder);
    for (const word of ['Quill', email]) expect(page).not.toContain(word);
  }
  const page = await (await responder.get('/inbox/notices/')).text();
  const notice = /value="(notice-[\w-]+)"/.exec(page)?.[1] ?? '';
  const body = hiddenIn(await (await viewer.get('/inbox/notices/')).text());
  body.set('notice', notice);
  expect((await viewer.post('/inbox/notices/', body.toString())).status).toBe(403);
  expect((await responder.send('/inbox/notices/', { notice, email: 'nobody' })).status).toBe(422);
  expect((await responder.send('/inbox/notices/', { notice, email: 'counsel@quill.swiss' })).status).toBe(303);
  await letterTo(server.mailbox, 'counsel@quill.swiss', /Notice from Fern/);
  const again = hiddenIn(page);
  again.set('notice', notice);
  const refused = await responder.post('/inbox/notices/', again.toString());
  expect([refused.status, (await refused.text()).includes('its letter')]).toEqual([409, true]);
  const wrong = await hidden(responder, id, 'supersede');
  wrong.set('newer', 'dpa-request-x');
  expect((await responder.post(`/inbox/${id}/`, wrong.toString())).status).toBe(404);
  const end = await hidden(responder, id, 'terminate');
  expect((await responder.post(`/inbox/${id}/`, end.toString())).status).toBe(303);
  expect(await stateOf(id)).toBe('terminated');
});

test('an administrator hands over and deletes what is known of a person, and reads the log', async () => {
  const { id, email } = await held();
  const administrator = await signedIn('administrator');
  const file = await administrator.send('/inbox/people/', { email });
  expect(file.headers.get('content-disposition')).toBe('attachment; filename="person.json"');
  expect(await file.json()).toMatchObject({ email, submissions: [{ id, data: { company: 'Quill Ltd.' } }] });
  const mistyped = await administrator.send('/inbox/people/', { email, again: 'other@quill.swiss' });
  expect([mistyped.status, await stateOf(id)]).toEqual([422, 'held']);
  const deleted = await administrator.send('/inbox/people/', { email, again: email });
  expect(deleted.status).toBe(200);
  expect(await deleted.text()).toContain(id);
  expect(await submissionOf(store.db, id)).toMatchObject({ state: 'declined', data: null });
  const log = await (await administrator.get('/inbox/log/')).text();
  expect(log).toContain('It holds:');
  expect(log).toContain('web:administrator');
  expect(log).not.toContain(email);
  expect(await logFlaw(store.db)).toBeUndefined();
  const actions = (await logFrom(store.db, 0)).map(({ action }) => action);
  for (const action of ['sign-in', 'list', 'show', 'read', 'answer', 'approve', 'decline', 'export', 'delete', 'log'])
    expect(actions).toContain(action);
});

test('an address that no database can hold is that of nothing', async () => {
  const responder = await signedIn('responder');
  for (const path of ['/inbox/%00/', '/inbox/%2500/', '/inbox/?after=2026-01-01T00:00:00Z~%00', '/inbox/?state=%00'])
    expect((await responder.get(path)).status, path).toBe(404);
  // A part of the list that begins nowhere is its first one.
  for (const moment of ['0000-01-01T00:00:00Z', '99999-01-01T00:00:00Z', '2026-02-30T00:00:00Z', 'infinity', 'x'])
    expect((await responder.get(`/inbox/?after=${moment}~x`)).status, moment).toBe(200);
  expect(server.said).toEqual([]);
});

test('whoever signs in anew leaves no session behind', async () => {
  const first = await signedIn('responder');
  const before = new Map(first.cookies);
  minutes += 1;
  const own = await (await first.get('/requests/')).text();
  const body = new URLSearchParams({ 'form-token': tokenIn(own), ...typed('responder') });
  expect((await first.post('/inbox/sign-in/', body.toString())).status).toBe(303);
  expect((await first.get('/inbox/')).status).toBe(200);
  const thief = server.visitor();
  for (const [name, value] of before) thief.cookies.set(name, value);
  expect((await thief.get('/inbox/')).status).toBe(303);
});

test('signing out ends the session at once, and so does losing the account', async () => {
  const left = await signedIn('responder');
  const copy = new Map(left.cookies);
  const out = await left.post(
    '/inbox/sign-out/',
    new URLSearchParams(
      [...(await (await left.get('/inbox/')).text()).matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
        ([, name = '', value = '']) => [name, value],
      ),
    ).toString(),
  );
  expect([out.status, left.cookies.has('staff')]).toEqual([303, false]);
  for (const [name, value] of copy) left.cookies.set(name, value);
  expect((await left.get('/inbox/')).status).toBe(303);
  const viewer = await signedIn('viewer');
  expect((await viewer.get('/inbox/')).status).toBe(200);
  await removeAccount(store.db, await memberOnMachine(store.db, 'administrator'), 'viewer', now());
  expect((await viewer.get('/inbox/')).status).toBe(303);
  expect(server.said).toEqual([]);
});
