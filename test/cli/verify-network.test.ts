import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sirv from 'sirv';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DAY, HOUR, makePage, type Page, richPage } from '../ledger/verify/page.ts';
import { T0 } from '../posture/worlds.ts';
import { type Ran, run } from './company.ts';

const NOW = T0 + 2 * DAY + 2 * HOUR;
let page: Page;
let here: string;

beforeAll(async () => {
  page = await richPage();
  here = await mkdtemp(join(tmpdir(), 'candor-visitor-'));
});
afterAll(async () => {
  await page.remove();
  await rm(here, { recursive: true });
});
afterEach(() => rm(join(here, 'state'), { recursive: true, force: true }));

function verify(words: string[]): Promise<Ran> {
  const environment = { CANDOR_STATE: join(here, 'state') };
  return run(here, ['verify', ...words], { now: new Date(NOW).toISOString(), environment });
}

const plain = (text: string) => text.replace(/localhost:\d+/g, 'localhost');

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  return new Promise((resolve) =>
    server.listen(0, 'localhost', () => {
      const address = server.address();
      resolve(`http://localhost:${typeof address === 'object' ? address?.port : ''}/trust/`);
    }),
  );
}

/** A host that serves the page below /trust/. */
function host(site = page.site): RequestListener {
  const files = sirv(site, { dev: true, dotfiles: true });
  return (request, response) => {
    request.url = request.url?.replace(/^\/trust\//, '/') ?? '/';
    files(request, response, () => {
      response.writeHead(404).end('not found');
    });
  };
}

test('a page below a folder of a host', async () => {
  const ran = await verify([await serve(host())]);
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(ran.out).toContain('files are the ones that were signed');
});

test('a host that stumbles is asked again', async () => {
  let count = 0;
  const steady = host();
  const url = await serve((request, response) => {
    count += 1;
    if (count % 3 === 0) response.writeHead(503).end();
    else steady(request, response);
  });
  expect(await verify([url])).toMatchObject({ code: 0 });
});

test('a file that is missing on the host is named', async () => {
  const steady = host();
  const url = await serve((request, response) => {
    if (request.url?.endsWith('rows.json')) response.writeHead(404).end();
    else steady(request, response);
  });
  expect((await verify([url])).err).toContain('evidence/app-db/rows.json: it is missing; the manifest names it.');
});

test.each([
  ['nobody listens', 'closed', undefined],
  ['only errors', '', (_, response) => response.writeHead(500).end()],
  [
    'another host is named',
    '',
    (_, response) => response.writeHead(302, { Location: 'https://elsewhere.example/' }).end(),
  ],
  ['the connection is cut', '', (request) => request.socket.destroy()],
  ['no TLS where it is asked for', 'https', (_, response) => response.end()],
] satisfies [string, string, RequestListener | undefined][])(
  '%s: not proven, not disproven, exit 3',
  async (_, fixed, listener) => {
    const served = await serve(listener ?? (() => undefined));
    const url = fixed === 'https' ? served.replace('http:', 'https:') : served;
    if (fixed === 'closed') await new Promise((resolve) => servers.pop()?.close(resolve));
    const ran = await verify([url]);
    expect(plain(ran.err)).toMatchSnapshot();
    expect(ran).toMatchObject({ code: 3, out: '' });
  },
);

test.each(['http://localhost:1/', 'https://trust.quill.invalid/'])(
  'an address that leads nowhere, %s: in words',
  async (address) => {
    const ran = await verify([address]);
    expect(ran.err).toMatch(
      /cannot be read: (its port is blocked: web clients open no connection to it|no host has this name \(ENOTFOUND\)|its name could not be looked up; is there a network\? \(EAI_AGAIN\))\.\n {2}hint: check the address and the network/,
    );
    expect(ran).toMatchObject({ code: 3, out: '' });
  },
);

test('a file that was changed on the host: it may just be changing', async () => {
  const steady = host();
  const url = await serve((request, response) => {
    if (request.url?.endsWith('rows.json')) response.end('{}');
    else steady(request, response);
  });
  expect((await verify([url])).err).toMatchInlineSnapshot(`
    "error VerificationFailed: evidence/app-db/rows.json: it is not the file that the manifest names; it was changed.
      hint: try again in a minute, it may just be changing; if it stays so, tell the company, and rely on nothing here until it is explained.
    "
  `);
});

test('a page that became another while it was saved is not', async () => {
  const other = await makePage();
  await other.collect(T0);
  await other.publish(NOW);
  const [steady, forged] = [host(), host(other.site)];
  let lists = 0;
  const url = await serve((request, response) => {
    if (request.url === '/trust/manifest.json') lists += 1;
    (lists > 1 ? forged : steady)(request, response);
  });
  const ran = await verify([url, '--save', 'swapped']);
  expect(ran.out).toContain('It holds.');
  expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('it changed while it was verified') });
  await expect(readdir(join(here, 'swapped'))).rejects.toThrow();
  await other.remove();
});

test('what is said of an address that is not the page’s own', async () => {
  expect((await verify([await serve(host())])).out).toMatch(
    /That this log is the one of http:.*: it is called trust.quill.example\/log\./,
  );
});

test('an address with more than a folder in it', async () => {
  const url = await serve(host());
  for (const more of ['?lang=en', '#keys']) expect(await verify([`${url}${more}`])).toMatchObject({ code: 0 });
  expect(await verify([url.replace('http', 'HTTP').slice(0, -1)])).toMatchObject({ code: 0 });
});

test.each(['https://', 'http://[::1', 'https://me:secret@trust.quill.example/'])(
  'what is no address of a page: %s',
  async (address) => {
    const ran = await verify([address]);
    expect(ran).toMatchObject({ code: 3, out: '' });
    expect(ran.err).toMatch(/^error VerificationUnreachable: .*(it is no address|a stranger has no password)/);
    expect(ran.err).not.toContain('secret');
  },
);

test('a folder that is not there', async () => {
  const ran = await verify(['nowhere']);
  expect(ran.err.replace(here, '/here')).toMatchInlineSnapshot(`
    "error VerificationUnreachable: /here/nowhere cannot be read: there is no such folder.
      hint: name the folder of a built page, such as \`dist\`, or the address of one.
    "
  `);
});
