import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { Answers } from './answers.ts';
import { type Gate, openGate } from './browser-gate.ts';

/**
 * A page to load; `shows` is a CSS selector of something that only the page that is meant has. Behind a link there may be a
 * file: it runs nothing, so that one was seen when it was asked for.
 */
export type DeclaredPage = { url: string; shows?: string | undefined; isLink?: boolean };

/** Why a page was not seen, in words of ours: after these it is unknown what it would have loaded. */
export type PageProblem =
  | 'refused'
  | 'unreachable'
  | 'too slow'
  | 'an error status'
  | 'led elsewhere'
  | 'never at rest'
  | 'not the page that is meant';

/** What one page made the browser connect to. Private: addresses may hold paths and queries. */
export type PageLook = {
  url: string;
  problem: PageProblem | null;
  /** Hosts in lower case, each with the kinds of its requests as Chromium names them; none where only a connection was made. */
  hosts: { host: string; types: string[] }[];
};

/** How each page is looked at. */
export type PageOptions = {
  /** Follow links to the same origins until this many pages are known; 0 follows none. */
  crawlUpTo: number;
  /** For tests and demonstrations: hosts that are answered by this machine. When given, nothing leaves it but declared pages. */
  answers: Answers;
  /** Playwright’s storage state: cookies and local storage of somebody who is signed in. */
  storageState?: Exclude<BrowserContextOptions['storageState'], string> | undefined;
};

/** Time limits, in milliseconds. */
export const pageLimits = {
  /** The most that one page may take until its load event. */
  pageMs: 30_000,
  /** After the load event a page is quiet when nothing was asked for this long … */
  quietMs: 500,
  /** … and is left after this long even when it never is; what it would have asked for later is unknown. */
  settleMs: 10_000,
};

type PageLimits = typeof pageLimits;

/** Loads one page in a context of its own and notes whom it connects to; a page that cannot be loaded is a look with a problem. */
export async function lookAt(
  browser: Browser,
  page: DeclaredPage,
  own: ReadonlySet<string>,
  { answers, storageState, crawlUpTo }: PageOptions,
  limit: PageLimits,
): Promise<{ look: PageLook; links: string[] }> {
  const gate = await openGate({ own, answers });
  const types = new Map<string, Set<string>>();
  let context: BrowserContext | undefined;
  try {
    context = await browser.newContext({
      acceptDownloads: false,
      proxy: { server: gate.url },
      ...(storageState === undefined ? {} : { storageState }),
    });
    let askedAt = performance.now();
    const note = (address: string, type: string) => {
      askedAt = performance.now();
      const host = URL.parse(address)?.hostname ?? '';
      types.set(host, (types.get(host) ?? new Set()).add(type));
    };
    context.on('request', (request) => note(request.url(), request.resourceType()));
    const tab = await context.newPage();
    tab.on('websocket', (socket) => note(socket.url(), 'websocket'));
    context.on('page', (popup) => void popup.close().catch(() => undefined));
    const lastAt = () => Math.max(askedAt, gate.lastAt());
    const problem = await load(tab, page, lastAt, limit);
    const links = problem === null && crawlUpTo > 0 ? await linksOf(tab) : [];
    const hinted = problem === null ? await preconnectsOf(tab) : [];
    // What a page sends when it is left is a part of what it sends.
    await tab.goto('about:blank', { timeout: limit.pageMs }).catch(() => undefined);
    await quiet(lastAt, Math.min(limit.quietMs, 250), limit.settleMs);
    return { look: { url: page.url, problem, hosts: hostsOf(gate, types, hinted) }, links };
  } finally {
    await context?.close().catch(() => undefined);
    gate.close();
  }
}

async function load(
  tab: Page,
  { url, shows, isLink }: DeclaredPage,
  lastAt: () => number,
  limit: PageLimits,
): Promise<PageProblem | null> {
  try {
    const response = await tab.goto(url, { waitUntil: 'load', timeout: limit.pageMs });
    const status = response?.status() ?? 500;
    if (status === 401 || status === 403) return 'refused';
    if (status >= 400) return 'an error status';
  } catch (error) {
    // Playwright tells it by words alone: its event may come later.
    const isFile = error instanceof Error && error.message.includes('Download is starting');
    if (isFile) return isLink ? null : 'not the page that is meant';
    return error instanceof Error && error.name === 'TimeoutError' ? 'too slow' : 'unreachable';
  }
  const rests = await quiet(lastAt, limit.quietMs, limit.settleMs, () => turn(tab, limit.quietMs / 5));
  if (!isSamePlace(url, tab.url())) return 'led elsewhere';
  if (!rests) return 'never at rest';
  const meant = shows === undefined || (await tab.locator(shows).count()) > 0;
  return meant ? null : 'not the page that is meant';
}

/**
 * Waits until nothing was asked for `quietMs`, but no longer than `atMostMs`; false when it never was. With `turn`, which
 * gives the page time by its own clock, silence counts only when it lasts beyond that: on a busy machine a page may have
 * been silent because it did not get to run.
 */
async function quiet(
  lastAt: () => number,
  quietMs: number,
  atMostMs: number,
  turn?: () => Promise<unknown>,
): Promise<boolean> {
  const end = performance.now() + atMostMs;
  for (let now = performance.now(); now < end; now = performance.now()) {
    const before = lastAt();
    const wait = before + quietMs - now;
    if (wait <= 0) {
      if (turn === undefined) return true;
      const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), end - now).unref());
      const had = await Promise.race([turn().then(() => true), late]);
      if (had && lastAt() === before) return true;
      continue;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(wait, end - now)));
  }
  return false;
}

/** Lets timers of the page run that were due within `ms` of its own time. */
async function turn(tab: Page, ms: number): Promise<void> {
  await tab.evaluate((wait) => new Promise<void>((resolve) => setTimeout(resolve, wait)), ms).catch(() => undefined);
}

/** Links that a visitor could follow and that change nothing when they are. */
async function linksOf(tab: Page): Promise<string[]> {
  const found = await tab
    .locator('a[href]:not([download])')
    .evaluateAll((links) => links.flatMap((link) => (link instanceof HTMLAnchorElement ? [link.href] : [])));
  return found.filter((link) => /^https?:/.test(link) && !/log-?out|sign-?out|delete|unsubscribe/i.test(link)).sort();
}

/** In a context of its own Chromium follows no preconnect hints, but the browsers of visitors do; so they are read. */
async function preconnectsOf(tab: Page): Promise<string[]> {
  const found = await Promise.all(
    tab.frames().map((frame) =>
      frame
        .locator('link[rel~="preconnect" i][href]')
        .evaluateAll((links) => links.flatMap((link) => (link instanceof HTMLLinkElement ? [link.href] : [])))
        .catch(() => []),
    ),
  );
  return found.flat().flatMap((address) => URL.parse(address)?.hostname ?? []);
}

/** Only hosts that were connected with, or would be: what the page’s own policy kept back was never sent. */
function hostsOf({ contacted }: Gate, asked: ReadonlyMap<string, ReadonlySet<string>>, hinted: readonly string[]) {
  return [...new Set([...contacted, ...hinted])].sort().map((host) => ({
    host,
    types: [...(asked.get(host) ?? []), ...(hinted.includes(host) ? ['preconnect'] : [])].sort(),
  }));
}

/** The same page but for the scheme, a slash at the end, the query and the fragment. */
function isSamePlace(declared: string, reached: string): boolean {
  const place = (address: string) => {
    const url = URL.parse(address);
    return `${url?.hostname}${url?.pathname.replace(/\/$/, '')}`;
  };
  return place(declared) === place(reached);
}
