import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, type TourOptions, tour } from '../../../collectors/clients/browser.ts';
import { findBrowser } from '../../browser.ts';
import { ensureBrowser } from '../../browser-install.ts';
import { type Answer, type Product, startProduct } from './product.ts';

const products: Product[] = [];
const environment = { ...process.env, CANDOR_CHROMIUM: findBrowser() };
const app = 'desk.test';

beforeAll(async () => {
  expect(await ensureBrowser()).toBe(true);
}, 600_000);
afterEach(async () => {
  for (const product of products.splice(0)) await product.close();
});

async function product(pages: Record<string, Answer>, names: string[] = []): Promise<Product> {
  const started = await startProduct(pages, names);
  products.push(started);
  return started;
}

function look({ answers }: Pick<Product, 'answers'>, paths: string[], more: Partial<TourOptions> = {}) {
  return tour({
    pages: paths.map((path) => ({ url: `http://${app}${path}` })),
    crawlUpTo: 0,
    answers,
    signal: AbortSignal.timeout(120_000),
    progress: () => undefined,
    environment,
    ...more,
  });
}

const script = (body: string): Answer => ({ headers: { 'content-type': 'text/javascript' }, body });

describe('whom a page connects to', { timeout: 180_000 }, () => {
  test('every way to reach another host is seen', async () => {
    const ways = {
      'script.test': '<script src="//script.test/a.js"></script>',
      'encrypted.test': '<script src="https://encrypted.test/a.js"></script>',
      'style.test': '<link rel="stylesheet" href="//style.test/a.css">',
      'redirect.test': '<img src="//redirect.test/from">',
      'target.test': '',
      'frame.test': '<iframe src="//frame.test/inner"></iframe>',
      'inframe.test': '',
      'worker.test': '<script>new Worker("/worker.js")</script>',
      'workersocket.test': '',
      'shared.test': '<script>new SharedWorker("/shared.js")</script>',
      'socket.test': '<script>new WebSocket("ws://socket.test/")</script>',
      'events.test': '<script>new EventSource("//events.test/")</script>',
      'late.test': '<script>setTimeout(() => fetch("//late.test/", { mode: "no-cors" }), 300)</script>',
      'beacon.test': '<script>addEventListener("pagehide", () => navigator.sendBeacon("//beacon.test/bye"))</script>',
      'hint.test': '<link rel="preconnect" href="https://hint.test">',
    };
    const started = await product(
      {
        [`${app}/`]: `<!doctype html><title>Desk</title>${Object.values(ways).join('\n')}`,
        [`${app}/worker.js`]: script(
          'fetch("//worker.test/", { mode: "no-cors" }); new WebSocket("ws://workersocket.test/")',
        ),
        [`${app}/shared.js`]: script('fetch("//shared.test/", { mode: "no-cors" })'),
        'redirect.test/from': { status: 302, headers: { location: '//target.test/to' } },
        'frame.test/inner': '<img src="//inframe.test/x">',
      },
      Object.keys(ways),
    );
    const { pages } = await look(started, ['/']);
    expect(pages.map(({ problem }) => problem)).toEqual([null]);
    expect(pages[0]?.hosts.map(({ host }) => host)).toEqual([app, ...Object.keys(ways)].sort());
    const types = new Map(pages[0]?.hosts.map(({ host, types }) => [host, types]));
    expect(types.get('script.test')).toEqual(['script']);
    expect(types.get('target.test')).toEqual(['image']);
    expect(types.get('socket.test')).toEqual(['websocket']);
    expect(types.get('hint.test')).toEqual(['preconnect']);
    // Chromium tells nobody about these; the way out does.
    expect(types.get('shared.test')).toEqual([]);
  });

  test('what was kept back was never sent: a policy, a look-up of a name alone, a link that nobody followed', async () => {
    const started = await product(
      {
        [`${app}/`]: {
          headers: { 'content-security-policy': "script-src 'self'" },
          body: `<script src="//kept.test/a.js"></script><link rel="dns-prefetch" href="//name.test">
            <a href="//other.test/">elsewhere</a>`,
        },
      },
      ['kept.test', 'name.test', 'other.test'],
    );
    const { pages } = await look(started, ['/'], { crawlUpTo: 5 });
    expect(pages.map(({ hosts }) => hosts.map(({ host }) => host))).toEqual([[app]]);
    expect(started.asked.filter((path) => !path.endsWith('/favicon.ico'))).toEqual([`${app}/`]);
  });

  test('a host that nobody answers was still asked', async () => {
    const started = await product({ [`${app}/`]: '<script src="https://gone.test/a.js"></script>' });
    const { pages } = await look(started, ['/']);
    expect(pages[0]?.hosts.map(({ host }) => host)).toEqual([app, 'gone.test']);
  });

  test('a script cannot look around in the network of the collector', async () => {
    const inside = await product({ '127.0.0.1/secret': 'internal' });
    const page = `<script>fetch("http://127.0.0.1:${inside.port}/secret", { mode: "no-cors" })</script>`;
    const outside = await product({ '127.0.0.1/': page });
    const { pages } = await look({ answers: new Map() }, [], { pages: [{ url: `http://127.0.0.1:${outside.port}/` }] });
    expect(pages.map(({ problem }) => problem)).toEqual([null]);
    expect(inside.asked).toEqual([]);
  });

  test('nothing is carried from one page to the next', async () => {
    const cookies: (string | undefined)[] = [];
    const page: Answer = (request, response) => {
      cookies.push(request.headers.cookie);
      response
        .writeHead(200, { 'content-type': 'text/html', 'set-cookie': 'seen=1' })
        .end('<link rel="icon" href="data:,">');
    };
    const started = await product({ [`${app}/`]: page, [`${app}/two`]: page });
    await look(started, ['/', '/two'], { limits: { atOnce: 1 } });
    expect(cookies).toEqual([undefined, undefined]);
  });
});

describe('which pages count as seen', { timeout: 180_000 }, () => {
  test.each<[string, Answer, string]>([
    ['an error', { status: 500, body: 'no' }, 'an error status'],
    ['a refusal', { status: 403, body: 'no' }, 'refused'],
    ['an error without a body', { status: 503 }, 'unreachable'],
    ['a page that never comes', () => undefined, 'too slow'],
    ['a connection that breaks', (request) => request.socket.destroy(), 'unreachable'],
    ['a sign-in page', { status: 302, headers: { location: '/login' } }, 'led elsewhere'],
  ])('%s does not', async (_, answer, problem) => {
    const started = await product({ [`${app}/`]: answer, [`${app}/login`]: 'Please sign in.' });
    const { pages } = await look(started, ['/'], { limits: { pageMs: 4_000 } });
    expect(pages.map((page) => page.problem)).toEqual([problem]);
  });

  test('one that never comes to rest does not, for it may ask for more', async () => {
    const body = '<script>setInterval(() => fetch("/ping"), 50)</script>';
    const started = await product({ [`${app}/`]: body, [`${app}/once`]: '<script>fetch("/ping")</script>' });
    const { pages } = await look(started, ['/', '/once'], { limits: { settleMs: 6_000 } });
    expect(pages.map((page) => page.problem)).toEqual(['never at rest', null]);
  });

  test('a file does not where a page is declared, and does behind a link', async () => {
    const file = { headers: { 'content-type': 'text/csv' }, body: 'a,b' };
    const started = await product({ [`${app}/`]: '<a href="/a.csv">a</a>', [`${app}/a.csv`]: file });
    expect((await look(started, ['/a.csv'])).pages[0]?.problem).toBe('not the page that is meant');
    const { pages } = await look(started, ['/'], { crawlUpTo: 5 });
    expect(pages.map(({ url, problem }) => [new URL(url).pathname, problem])).toEqual([
      ['/', null],
      ['/a.csv', null],
    ]);
  });

  test('one that does not show what it should does not, and one that does does', async () => {
    const started = await product({ [`${app}/`]: '<main id="inbox">3 tickets</main>' });
    const pages = (shows: string) => look(started, [], { pages: [{ url: `http://${app}/`, shows }] });
    expect((await pages('#inbox')).pages[0]?.problem).toBe(null);
    expect((await pages('#archive')).pages[0]?.problem).toBe('not the page that is meant');
  });

  test('a slash at the end is no other place', async () => {
    const started = await product({
      [`${app}/about`]: { status: 301, headers: { location: '/about/?from=old#top' } },
      [`${app}/about/?from=old`]: 'About us.',
    });
    expect((await look(started, ['/about'])).pages[0]?.problem).toBe(null);
  });
});

describe('following links', { timeout: 180_000 }, () => {
  const pages = {
    [`${app}/`]: `<a href="/a">a</a> <a href="/b#part">b</a> <a href="/logout">leave</a> <a href="https://other.test/">x</a>
      <a download href="/file">f</a>`,
    [`${app}/a`]: '<a href="/">home</a><a href="/c">c</a>',
    [`${app}/b`]: 'b',
    [`${app}/c`]: 'c',
  };
  const paths = async (crawlUpTo: number) => {
    const { pages: found, more } = await look(await product(pages), ['/'], { crawlUpTo });
    return { paths: found.map(({ url }) => new URL(url).pathname), more };
  };

  test('all of them on the same site, each once', async () => {
    expect(await paths(10)).toEqual({ paths: ['/', '/a', '/b', '/c'], more: false });
    expect(await paths(4)).toEqual({ paths: ['/', '/a', '/b', '/c'], more: false });
  });

  test('not more than it may, and it says that there are more', async () => {
    expect(await paths(3)).toEqual({ paths: ['/', '/a', '/b'], more: true });
    expect(await paths(0)).toEqual({ paths: ['/'], more: false });
  });
});

describe('the browser itself', () => {
  test('the one that is named comes first, and one that is not there is no other', () => {
    expect(findChromium({ CANDOR_CHROMIUM: process.execPath, PATH: '' })).toBe(process.execPath);
    expect(findChromium({ CANDOR_CHROMIUM: '/nowhere/chromium', PATH: process.env.PATH })).toBeUndefined();
  });

  test('without one it says so', async () => {
    await expect(
      look({ answers: new Map() }, ['/'], { environment: { CANDOR_CHROMIUM: '/nowhere/chromium' } }),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      '[SourceUnreadable: There is no Chromium here: none is named by CANDOR_CHROMIUM, downloaded by Playwright, or on PATH.]',
    );
  });

  test('one that does not start is told, without what it said', async () => {
    await expect(
      look({ answers: new Map() }, ['/'], { environment: { CANDOR_CHROMIUM: process.execPath } }),
    ).rejects.toThrowErrorMatchingInlineSnapshot('[SourceUnreadable: Chromium was found, but it did not start.]');
  });

  test('one that dies while it looks is no look', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'candor-chromium-'));
    const wrapper = join(folder, 'chromium');
    writeFileSync(wrapper, `#!/bin/sh\necho $$ > ${folder}/pid\nexec ${findBrowser()} "$@"\n`, { mode: 0o755 });
    const started = await product({
      [`${app}/`]: () => void process.kill(Number(readFileSync(`${folder}/pid`, 'utf8')), 'SIGKILL'),
    });
    await expect(look(started, ['/'], { environment: { CANDOR_CHROMIUM: wrapper } })).rejects.toMatchObject({
      message: 'Chromium ended while it was looking.',
    });
    rmSync(folder, { recursive: true });
  });

  test('a run that is stopped ends at once', { timeout: 60_000 }, async () => {
    const stop = new AbortController();
    const started = await product({ [`${app}/`]: () => stop.abort() });
    await expect(look(started, ['/'], { signal: stop.signal })).rejects.toMatchObject({ kind: 'transient' });
  });
});
