import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '../../../site/places.ts';
import { files, root } from './content.ts';
import { type Running, startServer, tokenIn } from './running.ts';

// Every page of the server, as its files lie there: a new one is in here without anybody writing it down.
const all = routes(root, 'forms').map(({ pattern }) => pattern.replace(/(?<![.\w])$|(?<=\w|\])$/, ''));
const withSecret = all.filter((pattern) => pattern.includes('[') && !pattern.startsWith('/inbox/'));
const staff = all.filter((pattern) => pattern.startsWith('/inbox') && !/sign-(in|out)/.test(pattern));

let server: Running;
beforeAll(async () => {
  server = await startServer({ company: { 'intake.yaml': `${files['intake.yaml']}proxies: 1\n` } });
});
afterAll(async () => {
  await server.stop();
});

/** The address of a pattern, with something in place of its secret. */
function addressOf(pattern: string, secret: string): string {
  const path = pattern.replace(/\[[^\]]+\]/, secret);
  return /\.\w+$/.test(path) ? path : `${path}/`;
}

/** What a POST needs besides: a cookie and a token that were shown to this visitor. */
let networks = 0;
async function posted(path: string) {
  networks += 1;
  const visitor = server.visitor();
  const page = await (await visitor.get('/requests/')).text();
  return visitor.post(path, new URLSearchParams({ 'form-token': tokenIn(page) }).toString(), {
    'x-forwarded-for': `10.0.${networks >> 8}.${networks & 255}`,
  });
}

test('there are such pages', () => {
  expect(withSecret.length).toBeGreaterThan(8);
  expect(staff.length).toBeGreaterThan(3);
});

test.each(withSecret)('%s tells a stranger nothing', async (pattern) => {
  const unknown = await server.visitor().get('/requests/confirm-nothing/');
  const nothing = await unknown.text();
  const secrets = ['A'.repeat(43), 'x', "'%20or%201=1--", `dpa-request-${'0'.repeat(16)}`, 'é'.repeat(200)];
  const seen = new Set<string>();
  for (const secret of secrets) {
    const path = addressOf(pattern, secret);
    // Where a link only leads to a button, opening it says the same for every link; what counts is the POST.
    const opened = await server.visitor().get(path);
    // A download is asked for by a button; whoever opens its address is led to the page with it, whatever it is.
    expect(opened.status === 303 ? decodeURIComponent(opened.headers.get('location') ?? '') : opened.status).toSatisfy(
      (it: unknown) => it === 200 || it === 404 || (typeof it === 'string' && decodeURIComponent(path).startsWith(it)),
    );
    const page = await opened.text();
    if (opened.status === 404) expect(page).toBe(nothing);
    else seen.add(page.replaceAll(/value="[\w-]{43}"/g, 'value=""'));
    const answer = await posted(path);
    const said = await answer.text();
    // One click answers alike for every secret (RFC 8058); a file has no form that could be posted to it.
    const expected = pattern.startsWith('/subscriptions/end/')
      ? [200, 404]
      : path.endsWith('.pdf')
        ? [404, 405]
        : [404];
    expect(expected, `${answer.status} ${path}`).toContain(answer.status);
    if (answer.status === 404 && !path.endsWith('.pdf')) expect(said).toBe(nothing);
  }
  expect(seen.size).toBeLessThanOrEqual(1);
});

test.each(staff)('%s is for those who signed in', async (pattern) => {
  const path = addressOf(pattern, `dpa-request-${'0'.repeat(16)}`);
  const opened = await server.visitor().get(path);
  expect({ status: opened.status, to: opened.headers.get('location') }).toEqual({ status: 303, to: '/inbox/sign-in/' });
  const answer = await posted(path);
  expect([303, 403]).toContain(answer.status);
  if (answer.status === 303) expect(answer.headers.get('location')).toBe('/inbox/sign-in/');
  // A session that was made up is none.
  const visitor = server.visitor();
  visitor.cookies.set('staff', 'A'.repeat(43));
  expect((await visitor.get(path)).status).toBe(303);
});
