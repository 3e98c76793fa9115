import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../examples/postgres-server.ts';
import { ada, letterTo, type Running, removeForms, startServer } from './running.ts';

afterAll(removeForms);

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
    const { visitor, mailbox, url } = server;
    const form = ada();
    const tab = visitor();
    const status = (await tab.send('/requests/', form)).headers.get('location') ?? '';
    const letter = await letterTo(mailbox, form.email, /confirm/);
    const link = new RegExp(`${url}(/requests/confirm/[\\w-]+/)`).exec(letter.text ?? '')?.[1] ?? '';
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

  test('wrong, old and foreign secrets are answered alike', async () => {
    const { visitor, mailbox, url } = server;
    const form = ada();
    const tab = visitor();
    const status = (await tab.send('/requests/', form)).headers.get('location') ?? '';
    const letter = await letterTo(mailbox, form.email, /confirm/);
    const link = new RegExp(`${url}(/requests/confirm/[\\w-]+/)`).exec(letter.text ?? '')?.[1] ?? '';
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
