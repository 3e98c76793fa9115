import { request as open } from 'node:http';
import { createContext } from 'astro/middleware';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../examples/postgres-server.ts';
import { onRequest } from '../../../site/gate.ts';
import { files } from './content.ts';
import { ada, confirmationTo, type Running, startServer, type Visitor } from './running.ts';

const TYPE = { 'content-type': 'application/x-www-form-urlencoded' };

/** The body of a whole, right request form, as this visitor was shown it. */
async function bodyFor(visitor: Visitor, changes: Record<string, string> = {}): Promise<string> {
  const page = await (await visitor.get('/requests/')).text();
  const hidden = [...page.matchAll(/type="hidden" name="([^"]+)" value="([^"]+)"/g)].map(
    ([, name = '', value = '']) => [name, value],
  );
  const body = new URLSearchParams(hidden);
  for (const [name, value] of Object.entries({ ...ada(), ...changes })) body.append(name, String(value));
  return body.toString();
}

describe('what the gate lets through', () => {
  let server: Running;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  test.each([
    ['the origin of the forms', {}, 303],
    ['another site', { origin: 'https://evil.example' }, 403],
    ['another port of this host', { origin: 'http://127.0.0.1:1' }, 403],
    ['a page without referrer, of the same origin', { origin: 'null', 'sec-fetch-site': 'same-origin' }, 303],
    ['a page without referrer, of another site', { origin: 'null', 'sec-fetch-site': 'cross-site' }, 403],
    ['a page without referrer, of a neighbouring host', { origin: 'null', 'sec-fetch-site': 'same-site' }, 403],
    ['an old browser that says nothing', { origin: 'null' }, 303],
  ])('%s', async (_, headers, status) => {
    const visitor = server.visitor();
    const answer = await visitor.post('/requests/', await bodyFor(visitor), headers);
    expect(answer.status).toBe(status);
    if (status === 403) expect(await answer.text()).toContain('This did not come from our form');
  });

  test('no cookie, no token, and the token of somebody else', async () => {
    const [one, two] = [server.visitor(), server.visitor()];
    const [body, other] = [await bodyFor(one), await bodyFor(two)];
    const without = new URLSearchParams(body);
    without.delete('form-token');
    const answers = [
      await server.visitor().post('/requests/', body),
      await one.post('/requests/', without.toString()),
      await one.post('/requests/', other),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(await answers[0]?.text()).toContain('This form is too old, or cookies are off');
    expect((await one.post('/requests/', body)).status).toBe(303);
  });

  test('what is no form', async () => {
    const visitor = server.visitor();
    const body = await bodyFor(visitor);
    for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'application/json'])
      expect((await visitor.post('/requests/', body, { 'content-type': type })).status).toBe(415);
    expect((await visitor.post('/requests/', `${body}&message=%ff`)).status).toBe(303);
    const bytes = await fetch(`${server.url}/requests/`, {
      method: 'POST',
      headers: { ...TYPE, origin: server.url },
      body: Buffer.from([0x61, 0x3d, 0xff]),
    });
    expect(bytes.status).toBe(415);
  });

  test('ten megabytes are refused before they are read, with and without a length', async () => {
    const visitor = server.visitor();
    const huge = await bodyFor(visitor, { message: 'x'.repeat(10_000_000) });
    const told = await visitor.post('/requests/', huge).catch((error: Error) => error);
    // The connection is closed while the rest is on its way; who sends on meets a broken pipe instead of the page.
    if (!(told instanceof Error)) expect(told.status).toBe(413);
    const { status, sent } = await trickle(server.url, visitor, 10_000_000);
    expect(status).toBe(413);
    expect(sent).toBeLessThan(2_000_000);
    expect((await visitor.post('/requests/', await bodyFor(visitor))).status).toBe(303);
  });

  test('every answer has its headers, and none is kept', async () => {
    for (const path of ['/requests/', '/requests/unknown/', '/requests/confirm/unknown/']) {
      const { headers } = await server.visitor().get(path);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toMatch(
        /default-src 'none'.*form-action 'self'.*frame-ancestors 'none'/,
      );
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    }
  });

  test('hostile text stays text: in the page, in the letter, in its headers', async () => {
    const visitor = server.visitor();
    const hostile = 'Eve"><script>alert(1)</script>';
    expect((await visitor.send('/requests/', { ...ada(), company: hostile })).status).toBe(303);
    const split = await visitor.send('/requests/', { ...ada(), email: 'eve@quill.swiss\r\nBcc: all@quill.swiss' });
    expect(split.status).toBe(422);
    const page = await (await visitor.send('/requests/', { ...ada(), company: hostile, needs: [] })).text();
    // Inside the quotes of an attribute: nothing in it but a quote could end it.
    expect(page).toMatch(/ value="Eve&(?:quot|#34);/);
    expect(page.replaceAll(/ value="[^"]*"/g, '')).not.toContain('<script');
  });

  test('the page of letters is not there where letters are sent', async () => {
    expect((await server.visitor().get('/letters/')).status).toBe(404);
  });

  test.each([
    ['a host that hides another', { headers: { host: 'trust.fern.swiss@evil.example' } }],
    ['a host that is none', { headers: { host: 'a b/c?d' } }],
    ['a method that no browser sends', { method: 'TRACE' }],
  ])('%s is refused before a page sees it, and nothing is said of its address', async (_, options) => {
    const before = server.said.length;
    const status = await new Promise((resolve, reject) => {
      const going = open(`${server.url}/requests/secret-of-somebody/`, options, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      going.once('error', reject);
      going.end();
    });
    expect(status).toBe(400);
    expect(server.said.slice(before)).toEqual([]);
  });

  test('what is no form is the static site’s', async () => {
    expect(await (await server.visitor().get('/')).text()).toBe('The static site.');
    // RFC 9116, 3, wants it of security.txt; without it programs take ’ for three other characters.
    expect((await server.visitor().get('/llms.txt')).headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect((await server.visitor().get('/nothing/')).status).toBe(404);
    expect((await fetch(`${server.url}/requests/`, { method: 'DELETE' })).status).toBe(405);
  });
});

test('behind a proxy that ends TLS: its own origin counts, and the cookie is bound to the host', async () => {
  const server = await startServer({ url: 'https://trust.fern.swiss' });
  try {
    const visitor = server.visitor();
    const body = await bodyFor(visitor);
    const cookie = (await server.visitor().get('/requests/')).headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^__Host-form=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect((await visitor.post('/requests/', body, { origin: server.url })).status).toBe(403);
    expect((await visitor.post('/requests/', body, { origin: 'https://trust.fern.swiss' })).status).toBe(303);
  } finally {
    await server.stop();
  }
});

test('too many from one network, and too many letters to one mailbox', async () => {
  const server = await startServer({
    company: { 'intake.yaml': `${files['intake.yaml']}proxies: 1\n` },
  });
  try {
    const from = (address: string) => ({ 'x-forwarded-for': `198.51.100.9, ${address}` });
    const statuses = [];
    for (let count = 0; count < 31; count += 1) {
      const visitor = server.visitor();
      statuses.push((await visitor.post('/requests/', await bodyFor(visitor), from('203.0.113.5'))).status);
    }
    expect(statuses).toEqual([...Array(30).fill(303), 429]);
    const other = server.visitor();
    expect((await other.post('/requests/', await bodyFor(other), from('203.0.113.6'))).status).toBe(303);
    // To print an offer costs as much as a form: the address that opens it opens it that often.
    const own = ada();
    const status = (await server.visitor().send('/requests/', own)).headers.get('location');
    await server.visitor().send(await confirmationTo(server, own.email), {});
    expect((await other.get(`${status}offer.pdf`, from('203.0.113.5'))).status).toBe(429);
    expect((await other.get(`${status}offer.pdf`, from('203.0.113.6'))).status).toBe(200);
    const form = ada();
    const letters = [];
    for (let count = 0; count < 6; count += 1) {
      const visitor = server.visitor();
      const body = await bodyFor(visitor, { ...form, needs: 'dpa', email: form.email, website: form.website });
      letters.push(await visitor.post('/requests/', body, from(`203.0.113.${count + 10}`)));
    }
    expect(letters.map(({ status }) => status)).toEqual([303, 303, 303, 303, 303, 429]);
    expect(letters.at(-1)?.headers.get('retry-after')).toBe('600');
  } finally {
    await server.stop();
  }
});

test('while the database is away: 503, no receipt, an address to write to; and what was acknowledged is there afterwards', async () => {
  let postgres: PostgresServer | undefined = await startPostgres();
  const server = await startServer({ database: postgres.url() });
  try {
    const visitor = server.visitor();
    const kept = (await visitor.send('/requests/', ada())).headers.get('location') ?? '';
    const body = await bodyFor(visitor);
    await postgres.stop();
    postgres = undefined;
    const answer = await visitor.post('/requests/', body);
    const page = await answer.text();
    expect(answer.status).toBe(503);
    expect(answer.headers.get('location')).toBeNull();
    expect(page).toContain('This does not work just now');
    expect(page).toContain('privacy@fern.swiss');
    expect((await visitor.get(kept)).status).toBe(503);
    expect((await visitor.get('/')).status).toBe(200);
    expect(server.said.join('')).not.toMatch(/postgres(ql)?:\/\/|quill|requests\//);
  } finally {
    await server.stop();
    await postgres?.stop();
  }
});

test('where even the page of a refusal fails, it is said in plain text, with an address to write to and not the one that was asked', async () => {
  const told: string[] = [];
  const house = {
    name: 'Fern',
    legalName: 'Fern GmbH',
    contact: 'privacy@fern.swiss',
    reports: 'x@fern.swiss',
    demo: false,
  };
  const context = createContext({
    request: new Request('http://trust.fern.swiss/requests/secret-of-somebody/'),
    defaultLocale: 'en',
  });
  // The database is away.
  Object.assign(context.locals, { house, visitor: '203.0.113.5', onTrouble: (code: string) => told.push(code) });
  const answer = await onRequest(context, () => Promise.reject(new RangeError('secret-of-somebody')));
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([503, 'no-store']);
  const text = await answer.text();
  expect(text).toContain('privacy@fern.swiss');
  expect([text, ...told].join()).not.toContain('secret-of-somebody');
  expect(told).toEqual(['RangeError']);
});

/** Sends `total` bytes in pieces, without saying how many, until it is answered. */
function trickle(url: string, visitor: Visitor, total: number): Promise<{ status: number | undefined; sent: number }> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const going = open(`${url}/requests/`, { method: 'POST', headers: { ...TYPE, cookie, origin: url } }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode, sent });
      going.destroy();
    });
    going.once('error', reject);
    const more = () => {
      if (sent >= total || going.destroyed) return;
      sent += 16_384;
      going.write('x'.repeat(16_384), () => setImmediate(more));
    };
    more();
  });
}
