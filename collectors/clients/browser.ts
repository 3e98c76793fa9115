import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { SourceUnreadable } from '../define.ts';
import { type DeclaredPage, lookAt, type PageLook, type PageOptions, pageLimits } from './browser-page.ts';

export type { DeclaredPage, PageLook } from './browser-page.ts';

/** All pages that were tried, in order of address; `more` when the crawl ended before it had seen every link. */
export type Tour = { pages: PageLook[]; more: boolean };

/** How to look. */
export type TourOptions = PageOptions & {
  pages: readonly DeclaredPage[];
  signal: AbortSignal;
  progress: (message: string) => void;
  environment?: Readonly<Record<string, string | undefined>>;
  limits?: Partial<typeof tourLimits>;
};

const tourLimits = {
  ...pageLimits,
  /** Pages that are loaded at the same time, each in a context of its own. */
  atOnce: 4,
  /** All pages together; what is not seen by then is not seen. */
  tourMs: 8 * 60_000,
};

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** The Chromium to use: CANDOR_CHROMIUM, else the one that Playwright has downloaded, else one on PATH; or undefined. */
export function findChromium(environment: Readonly<Record<string, string | undefined>> = process.env) {
  const { CANDOR_CHROMIUM: named, PATH = '' } = environment;
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined;
  const own = chromium.executablePath();
  if (own !== '' && existsSync(own)) return own;
  return PATH.split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, process.platform === 'win32' ? `${name}.exe` : name)))
    .find(runs);
}

/**
 * Loads each page in a real Chromium, in a fresh context that is thrown away, and notes whom it connects to. No request is
 * made but for the pages and by them. Throws SourceUnreadable when there is no Chromium or it does not start.
 */
export async function tour(options: TourOptions): Promise<Tour> {
  const limit = { ...tourLimits, ...options.limits };
  const browser = await launch(options.environment ?? process.env);
  const end = () => void browser.close().catch(() => undefined);
  options.signal.addEventListener('abort', end, { once: true });
  if (options.signal.aborted) end();
  const queue = [...options.pages];
  const known = new Set(queue.map(({ url }) => withoutFragment(url)));
  const room = Math.max(options.crawlUpTo, known.size);
  const origins = new Set(queue.map(({ url }) => new URL(url).origin));
  const own = new Set(queue.map(({ url }) => hostAndPort(new URL(url))));
  const seen: PageLook[] = [];
  let more = false;
  const startedAt = performance.now();
  const lookAtNext = async (page: DeclaredPage) => {
    if (performance.now() - startedAt > limit.tourMs) {
      seen.push({ url: page.url, problem: 'too slow', hosts: [] });
      return;
    }
    const { look, links } = await lookAt(browser, page, own, options, limit);
    seen.push(look);
    options.progress(`${seen.length} of ${known.size} pages`);
    if (options.crawlUpTo === 0) return;
    for (const link of links.map(withoutFragment)) {
      if (known.has(link) || !origins.has(new URL(link).origin)) continue;
      if (known.size < room) queue.push({ url: link, isLink: true });
      else more = true;
      if (!more) known.add(link);
    }
  };
  const active = new Set<Promise<void>>();
  try {
    while (queue.length > 0 || active.size > 0) {
      while (active.size < limit.atOnce) {
        const page = queue.shift();
        if (page === undefined) break;
        const looking = lookAtNext(page).finally(() => active.delete(looking));
        active.add(looking);
      }
      await Promise.race(active);
    }
    // A browser that is gone makes each page look unreachable.
    if (options.signal.aborted || !browser.isConnected()) throw new Error('ended');
  } catch (error) {
    await browser.close().catch(() => undefined);
    await Promise.allSettled(active);
    if (options.signal.aborted) throw new SourceUnreadable('transient', 'The run was stopped before all was seen.');
    if (error instanceof SourceUnreadable) throw error;
    throw new SourceUnreadable('transient', 'Chromium ended while it was looking.');
  } finally {
    options.signal.removeEventListener('abort', end);
    await browser.close().catch(() => undefined);
  }
  return { pages: seen.sort((a, b) => (a.url < b.url ? -1 : 1)), more };
}

/** Starts Chromium so that it reaches nothing by itself: no DNS, and a proxy that is not there outside of a context. */
async function launch(environment: Readonly<Record<string, string | undefined>>): Promise<Browser> {
  const executablePath = findChromium(environment);
  if (executablePath === undefined)
    throw new SourceUnreadable(
      'configuration',
      'There is no Chromium here: none is named by CANDOR_CHROMIUM, downloaded by Playwright, or on PATH.',
    );
  const isRoot = process.getuid?.() === 0;
  const args = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-quic',
    '--disable-sync',
    '--no-first-run',
    '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  ];
  try {
    // The sandbox cannot start as root.
    return await chromium.launch({
      executablePath,
      args,
      chromiumSandbox: !isRoot && environment.CANDOR_CHROMIUM_SANDBOX !== 'off',
      proxy: { server: 'http://127.0.0.1:9' },
      timeout: 60_000,
    });
  } catch {
    throw new SourceUnreadable('configuration', 'Chromium was found, but it did not start.');
  }
}

function withoutFragment(address: string): string {
  const url = new URL(address);
  url.hash = '';
  return url.href;
}

function hostAndPort({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
}

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
