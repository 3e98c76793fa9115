import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../examples/postgres-server.ts';
import { advance } from '../../../intake/lifecycle/submission.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import { giveNotice } from '../../../intake/notices/give.ts';
import { openStore, type Store } from '../../../intake/store/open.ts';
import { announceNews } from '../../../intake/subscriptions/news.ts';
import { TOKEN_FIELD } from '../../../intake/web/token.ts';
import { oakvault, saying } from '../notices/saying.ts';
import { form } from '../requests/forms.ts';
import { letterTo, type Running, startServer } from './running.ts';

// The jobs of the server find nothing to tell in its own content: what is told here is told from here.
let postgres: PostgresServer;
let server: Running;
let store: Store;
const clock = { now: new Date('2026-11-09T09:00:00Z') };
beforeAll(async () => {
  postgres = await startPostgres();
  server = await startServer({ database: postgres.url(), now: () => clock.now });
  store = await openStore({ url: postgres.url() });
});
afterAll(async () => {
  await store.close();
  await server.stop();
  await postgres.stop();
});

function desk() {
  const content = saying({
    updates: { moved: { publishedOn: '2026-11-09' } },
    notices: { oakvault: [oakvault] },
  });
  const { db } = store;
  const head = { company: 'Fern GmbH', url: server.url };
  return { db, head, now: () => clock.now, current: async () => ({ content }) };
}

/** The body of a form on a page that was opened before, with the token of that page. */
function filled(page: string, fields: Record<string, string>): string {
  const token = new RegExp(`name="${TOKEN_FIELD}" value="([^"]+)"`).exec(page)?.[1] ?? '';
  return new URLSearchParams({ [TOKEN_FIELD]: token, ...fields }).toString();
}

const pathIn = (text: string | undefined, pattern: RegExp) => pattern.exec(text ?? '')?.[0] ?? 'no path';

/** Somebody whose address is confirmed for all topics, and the path at the end of the letter about the move. */
async function reader(email: string): Promise<string> {
  const tab = server.visitor();
  const sent = await tab.send('/subscriptions/', { email, topics: ['updates', 'subprocessors', 'advisories'] });
  expect([sent.status, sent.headers.get('location')]).toEqual([303, '/subscriptions/asked/']);
  const letter = await letterTo(server.mailbox, email, /Please confirm/);
  const path = pathIn(letter.text, /\/subscriptions\/confirm\/[\w-]{43}\//);
  for (const method of ['GET', 'HEAD']) expect((await fetch(server.url + path, { method })).status).toBe(200);
  expect(await (await tab.get(path)).text()).toContain('Yes, write to me');
  // Another browser than the one in which it was asked for.
  const confirmed = await server.visitor().send(path, {});
  expect([confirmed.status, confirmed.headers.get('location')]).toEqual([303, path]);
  expect(await (await tab.get(path)).text()).toContain('You will hear from us');
  await store.db
    .updateTable('announcement')
    .set({ toldAt: null as never })
    .execute();
  await announceNews(desk());
  const news = await letterTo(server.mailbox, email, /moved/);
  return pathIn(news.text, /\/subscriptions\/end\/[\w-]{43}\/\?topic=updates/);
}

const bodies = {
  urlencoded: () => ({
    body: 'List-Unsubscribe=One-Click',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }),
  multipart: () => {
    const body = new FormData();
    body.set('List-Unsubscribe', 'One-Click');
    return { body };
  },
};

test.each(Object.entries(bodies))(
  'a mail program ends the topic of its letter by one click, %s',
  async (kind, post) => {
    const path = await reader(`click-${kind}@quill.swiss`);
    const ended = await fetch(server.url + path, { method: 'POST', redirect: 'manual', ...post() });
    expect(ended.status).toBe(200);
    const text = await ended.text();
    const page = await (await server.visitor().get(path)).text();
    expect(page).toContain('End: Changes of subprocessors');
    expect(page).not.toContain('End: News of this page');
    // Again, and with a secret that nobody was given: the same answer.
    for (const other of [path, path.replace(/end\/\w{4}/, 'end/AAAA')]) {
      const again = await fetch(server.url + other, { method: 'POST', redirect: 'manual', ...post() });
      expect([again.status, await again.text()]).toEqual([200, text]);
    }
  },
);

test('hundreds of one click from one network are all heard, and what only looks like one is not', async () => {
  const path = '/subscriptions/end/nobody/?topic=updates';
  for (let count = 0; count < 40; count += 1)
    expect((await fetch(server.url + path, { method: 'POST', ...bodies.urlencoded() })).status).toBe(200);
  const { body, headers } = bodies.urlencoded();
  const post = (to: string, changes: object) =>
    fetch(server.url + to, { method: 'POST', redirect: 'manual', body, headers, ...changes });
  const foreign = { headers: { ...headers, origin: 'https://evil.swiss' } };
  expect((await post(path, { body: 'topic=all' })).status).toBe(403);
  expect((await post(path, { ...foreign, body: 'topic=all' })).status).toBe(403);
  expect((await post('/subscriptions/', {})).status).toBe(403);
  expect((await post('/objections/nobody/', {})).status).toBe(403);
  expect((await post(path, { body: `List-Unsubscribe=One-Click&x=${'x'.repeat(20_000)}` })).status).toBe(413);
  const large = new FormData();
  large.set('List-Unsubscribe', 'x'.repeat(20_000));
  expect((await fetch(server.url + path, { method: 'POST', body: large })).status).toBe(413);
});

test('a reader ends one topic on the page, then all; looking ends nothing', async () => {
  const path = await reader('reader@quill.swiss');
  const tab = server.visitor();
  for (const method of ['GET', 'HEAD']) expect((await fetch(server.url + path, { method })).status).toBe(200);
  const page = await (await tab.get(path)).text();
  // What the letter was about comes first.
  expect(page.indexOf('End: News of this page')).toBeLessThan(page.indexOf('End: Changes of subprocessors'));
  const ended = await tab.send(path, { topic: [] });
  expect([ended.status, ended.headers.get('location')]).toEqual([303, path.replace('?topic=updates', '')]);
  const after = await (await tab.get(path)).text();
  expect(after).not.toContain('End: News of this page');
  expect(after).toContain('End: Vulnerabilities');
  await tab.post(path, filled(after, { topic: 'all' }));
  expect(await (await tab.get(path)).text()).toContain('You hear no more from us');
});

test('a form that is wrong is shown again with what was typed, and is 422', async () => {
  const tab = server.visitor();
  const sent = await tab.send('/subscriptions/', { email: 'nobody', topics: [] });
  expect(sent.status).toBe(422);
  const page = await sent.text();
  expect(page).toContain('value="nobody"');
  expect(page).toContain('must be an e-mail address');
  expect(page).toContain('choose at least one');
});

test('what opens nothing is answered alike', async () => {
  const unknown = 'A'.repeat(43);
  const answers = await Promise.all(
    [
      `/subscriptions/confirm/${unknown}/`,
      `/subscriptions/end/${unknown}/`,
      `/objections/${unknown}/`,
      '/objections/x/',
    ].map(async (path) => {
      const response = await fetch(server.url + path);
      return [response.status, await response.text()];
    }),
  );
  expect(new Set(answers.map(([status]) => status))).toEqual(new Set([404]));
  expect(new Set(answers.map(([, text]) => text)).size).toBe(1);
});

test('who signed objects by the link of the notice, once, and sees it recorded', async () => {
  const { db } = store;
  let request = await wayIn(db)('dpa-request', form({ email: 'signed@quill.swiss' }), {
    at: clock.now,
    actor: 'visitor',
  });
  for (const to of ['verified', 'offered', 'accepted', 'sealed'])
    request = await advance(db, request, to, { at: clock.now, actor: 'rules' });
  await giveNotice(desk());
  const notice = await letterTo(server.mailbox, 'signed@quill.swiss', /Notice from Fern GmbH/);
  const path = pathIn(notice.text, /\/objections\/[\w-]{43}\//);
  const tab = server.visitor();
  for (const method of ['GET', 'HEAD']) expect((await fetch(server.url + path, { method })).status).toBe(200);
  const page = await (await tab.get(path)).text();
  expect(page).toContain('Oakvault becomes a subprocessor');
  expect(page).toContain('14 Dec 2026');
  for (const word of ['signed@', 'Quill', 'Ada']) expect(page).not.toContain(word);
  const empty = await tab.send(path, { reason: '  ' });
  expect([empty.status, (await empty.text()).includes('is needed')]).toEqual([422, true]);
  const hostile = '<script>alert(1)</script> {{customer.name}}';
  const wrong = await tab.send(path, { reason: `${hostile}\u202e` });
  expect(wrong.status).toBe(422);
  expect(await wrong.text()).not.toContain('<script>alert');
  // Two tabs that were open at the same time.
  const other = server.visitor();
  const [one, two] = [await (await tab.get(path)).text(), await (await other.get(path)).text()];
  const [first, second] = await Promise.all([
    tab.post(path, filled(one, { reason: hostile })),
    other.post(path, filled(two, { reason: 'Too.' })),
  ]);
  for (const { status, headers } of [first, second]) expect([status, headers.get('location')]).toEqual([303, path]);
  const after = await (await tab.get(path)).text();
  expect(after).toContain('We have your objection');
  expect(after).not.toContain('name="reason"');
  const receipt = await letterTo(server.mailbox, 'signed@quill.swiss', /We have your objection/);
  expect(receipt.text).toContain('2026-11-09 at 09:00 UTC');
  expect(await db.selectFrom('submission').select('id').where('kind', '=', 'objection').execute()).toHaveLength(1);
  expect(server.said).toEqual([]);
});
