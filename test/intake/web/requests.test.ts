import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../examples/postgres-server.ts';
import { sealOf } from '../../../intake/document/seal.ts';
import { files, writeCompany } from './content.ts';
import { ada, confirmationTo, letterTo, type Running, startServer, tokenIn } from './running.ts';

describe.each(['PGlite', 'PostgreSQL'])('requests over HTTP, %s', (kind) => {
  const clock = { passed: 0 };
  let postgres: PostgresServer | undefined;
  let server: Running;
  beforeAll(async () => {
    postgres = kind === 'PostgreSQL' ? await startPostgres() : undefined;
    server = await startServer({ database: postgres?.url(), now: () => new Date(Date.now() + clock.passed) });
  });
  afterAll(async () => {
    await server.stop();
    await postgres?.stop();
  });

  test('from the form to an offer, by the code', async () => {
    const { visitor, mailbox } = server;
    const form = ada();
    const tab = visitor();
    const sent = await tab.send('/requests/', form);
    expect(sent.status).toBe(303);
    const status = sent.headers.get('location') ?? '';
    expect(status).toMatch(/^\/requests\/[\w-]{43}\/$/);
    const letter = await letterTo(mailbox, form.email, /confirm/);
    const code = /(\d{3} \d{3})/.exec(letter.text ?? '')?.[1] ?? '';
    const wrong = await tab.send(status, { code: code === '000 000' ? '000001' : '000000' });
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain('This is not the code of our newest letter.');
    expect((await tab.send(status, { code })).status).toBe(303);
    expect(await (await tab.get(status)).text()).toContain('Your agreement is ready');
  });

  test('from the form to an offer, by the link; opening it confirms nothing', async () => {
    const { visitor, url } = server;
    const form = ada();
    const tab = visitor();
    const status = (await tab.send('/requests/', form)).headers.get('location') ?? '';
    const link = await confirmationTo(server, form.email);
    for (const method of ['GET', 'HEAD']) expect((await fetch(url + link, { method })).status).toBe(200);
    expect(await (await tab.get(status)).text()).toContain('Please confirm your address');
    // Another browser, which has seen nothing of the tab.
    const confirmed = await visitor().send(link, {});
    expect(await confirmed.text()).toContain('Thank you, your address is confirmed');
    expect(await (await tab.get(status)).text()).toContain('Your agreement is ready');
  });

  test('the same form sent twice is one request; a changed one is another', async () => {
    const { visitor, mailbox } = server;
    const form = ada();
    const tab = visitor();
    const page = await (await tab.get('/requests/')).text();
    const hidden = [...page.matchAll(/type="hidden" name="([^"]+)" value="([^"]+)"/g)].map(
      ([, name = '', value = '']) => [name, value],
    );
    const body = (changes: object) => {
      const fields = new URLSearchParams(hidden);
      for (const [name, value] of Object.entries({ ...form, ...changes })) fields.append(name, String(value));
      return fields.toString();
    };
    const bo = form.email.replace('ada', 'bo');
    const all = await Promise.all([1, 2, 3].map(() => tab.post('/requests/', body({}))));
    expect(new Set(all.map(({ headers }) => headers.get('location'))).size).toBe(1);
    const other = await tab.post('/requests/', body({ company: 'Quill AG' }));
    expect(other.headers.get('location')).not.toBe(all[0]?.headers.get('location'));
    const last = await tab.post('/requests/', body({ email: bo }));
    expect(last.status).toBe(303);
    await letterTo(mailbox, bo, /confirm/);
    expect(mailbox.arrived.filter(({ to }) => to.includes(form.email))).toHaveLength(2);
  });

  test('what is wrong is said at its field, and what was typed is still there', async () => {
    const { visitor, mailbox } = server;
    const form = ada();
    const answer = await visitor().send('/requests/', {
      ...form,
      website: 'quill',
      message: 'a "quoted" <b>word</b>',
      needs: [],
    });
    expect(answer.status).toBe(422);
    const page = await answer.text();
    expect(page).toContain('must be a web address such as https://quill.example');
    expect(page).toContain('choose at least one');
    expect(page).toContain('a &quot;quoted&quot; &lt;b&gt;word&lt;/b&gt;');
    expect(page).toMatch(/name="company"[^>]* value="Quill Ltd\."/);
    expect(mailbox.arrived.filter(({ to }) => to.includes(form.email))).toEqual([]);
  });

  /** A tab with a request that was offered an agreement. */
  async function offered() {
    const form = ada();
    const tab = server.visitor();
    const status = (await tab.send('/requests/', form)).headers.get('location') ?? '';
    const letter = await letterTo(server.mailbox, form.email, /confirm/);
    await tab.send(status, { code: /(\d{3} \d{3})/.exec(letter.text ?? '')?.[1] ?? '' });
    return { tab, status, email: form.email };
  }
  const typed = { name: 'Ada Example', role: 'Managing director', authority: 'yes', consent: 'yes' };

  test('from the offer to the sealed PDF, and to its end', async () => {
    const { tab, status, email } = await offered();
    const here = `${status}agreement/`;
    const page = await (await tab.get(here)).text();
    expect(page).toContain('This agreement governs the personal data that Fern GmbH processes for Quill Ltd.');
    expect(page).toContain('Disks are encrypted');
    const preview = await tab.get(`${status}offer.pdf`);
    expect(preview.headers.get('content-type')).toBe('application/pdf');
    expect(Buffer.from(await preview.bytes()).toString('latin1', 0, 5)).toBe('%PDF-');
    expect((await tab.get(`${status}agreement.pdf`)).status).toBe(404);
    const { consent: _, ...without } = typed;
    const refused = await tab.send(here, { ...without, name: 'Ada "A." Example' });
    expect(refused.status).toBe(422);
    const again = await refused.text();
    expect(again).toContain('must be given');
    expect(again).toContain('value="Ada &quot;A.&quot; Example"');
    const body = new URLSearchParams({ ...typed, offer: /name="offer" value="(\w+)"/.exec(page)?.[1] ?? '' });
    body.set('form-token', tokenIn(page));
    // A double click.
    const both = await Promise.all([tab.post(here, body.toString()), tab.post(here, body.toString())]);
    expect(both.map(({ status: answer, headers }) => [answer, headers.get('location')])).toEqual([
      [303, status],
      [303, status],
    ]);
    const sealed = await (await tab.get(status)).text();
    expect(sealed).toContain('The agreement is sealed');
    expect(sealed).toContain('Nothing: text, measures and subprocessors are those that you signed.');
    const pdf = Buffer.from(await (await tab.get(`${status}agreement.pdf`)).bytes());
    expect(sealed).toContain(hash('sha256', pdf));
    expect(sealOf(pdf)).not.toBeNull();
    for (const to of [email, 'trust@fern.swiss']) {
      const letter = await letterTo(server.mailbox, to, /^Your agreement with Fern GmbH$|^Agreement .* is sealed$/);
      const copies = letter.attachments.filter(({ content }) => content.equals(pdf));
      expect(copies).toHaveLength(to === email ? 1 : letter.attachments.length);
    }
    expect((await tab.get(here)).headers.get('location')).toBe(status);
    // A mistake in the content keeps nobody from what they signed.
    await writeCompany(server.folder, { 'organization.yaml': 'name: [' });
    clock.passed += 61_000;
    const unread = await tab.get(status);
    expect([unread.status, await unread.text()]).toEqual([200, expect.stringContaining('cannot be compared just now')]);
    await writeCompany(server.folder, { 'organization.yaml': files['organization.yaml'] });
    clock.passed += 61_000;
    expect((await tab.send(`${status}terminate/`, {})).status).toBe(422);
    expect((await tab.send(`${status}terminate/`, { sure: 'yes' })).status).toBe(303);
    expect(await (await tab.get(status)).text()).toContain('The agreement has ended');
    expect((await tab.get(`${status}agreement.pdf`)).status).toBe(200);
  });

  test('what changed since it was offered is shown and not accepted; the next offer is', async () => {
    const { tab, status } = await offered();
    const here = `${status}agreement/`;
    const page = await (await tab.get(here)).text();
    const offer = /name="offer" value="(\w+)"/.exec(page)?.[1] ?? '';
    const text = files['documents/agreement.md']?.replace('"1.0"', '"1.1"');
    await writeCompany(server.folder, { 'documents/agreement.md': text });
    // What is known of the content is read anew after a minute.
    clock.passed += 61_000;
    const answer = await tab.post(
      here,
      new URLSearchParams({ ...typed, offer, 'form-token': tokenIn(page) }).toString(),
    );
    expect(answer.status).toBe(409);
    const said = await answer.text();
    expect(said).toContain('Nothing was accepted: the agreement has changed');
    expect(said).toContain('text changed (words, version)');
    expect(await (await tab.get(here)).text()).toContain('You accept offer 2');
    expect((await tab.send(here, typed)).status).toBe(303);
    expect(await (await tab.get(status)).text()).toContain('version 1.1');
  });

  test('what belongs to an agreement opens by its own secret alone, and by no other method', async () => {
    const { tab, status } = await offered();
    const wrong = `/requests/${'A'.repeat(43)}/`;
    for (const path of ['agreement/', 'offer.pdf', 'agreement.pdf', 'terminate/'])
      expect((await tab.get(wrong + path)).status).toBe(404);
    // Without the cookie of the form nothing is accepted, though the address is right.
    expect((await server.visitor().post(`${status}agreement/`, new URLSearchParams(typed).toString())).status).toBe(
      403,
    );
    expect(await (await tab.get(status)).text()).toContain('Your agreement is ready');
  });

  test('wrong, old and foreign secrets are answered alike', async () => {
    const { visitor } = server;
    const form = ada();
    const tab = visitor();
    const status = (await tab.send('/requests/', form)).headers.get('location') ?? '';
    const link = await confirmationTo(server, form.email);
    clock.passed = 30 * 86_400_000;
    const wrong = 'A'.repeat(43);
    const secretOf = (path: string) => path.split('/').at(-2) ?? '';
    const answers = [
      await visitor().get(status),
      await visitor().get(`/requests/${wrong}/`),
      // A link opens no status page, and a status secret confirms nothing.
      await visitor().get(`/requests/${secretOf(link)}/`),
      await visitor().send(link, {}),
      await visitor().send(`/requests/confirm/${wrong}/`, {}),
      await visitor().send(`/requests/confirm/${secretOf(status)}/`, {}),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404, 404, 404, 404]);
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
  });
});
