import type { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join, relative, sep } from 'node:path';
import sirv from 'sirv';
import { serverHeaders } from '../intake/web/headers.ts';
import { codeOf } from '../ledger/files/error-code.ts';
import { CandorError, candorError } from '../schemas/index.ts';

/**
 * Builds the site of `content` into `root`/dist. It is built beside, finished there, and moved in when it is whole, so
 * that a failed or killed build leaves the old one. `seal` is the certificate of the key that seals agreements. Throws
 * BuildFailed, and what `finish` throws.
 */
export async function buildSite(
  root: string,
  content: string,
  verbose: boolean,
  seal: X509Certificate | undefined,
  finish: (site: string) => Promise<void>,
): Promise<string> {
  const { build } = await import('astro');
  const dist = join(root, 'dist');
  const fresh = join(root, `.candor/dist.${process.pid}`);
  const old = join(root, `.candor/old.${process.pid}`);
  process.env.CANDOR_CONTENT = content;
  // Of the key that seals, the pages see the public half alone.
  process.env.CANDOR_SEAL_CERTIFICATE = seal?.toString() ?? '';
  process.env.ASTRO_TELEMETRY_DISABLED = '1';
  // Whatever the shell says: a site in development would read everything anew for each part of each page.
  process.env.NODE_ENV = 'production';
  try {
    await build({ root, outDir: fresh, logLevel: verbose ? 'info' : 'error' });
    await finish(fresh);
    if (existsSync(dist)) await rename(dist, old);
    await rename(fresh, dist);
  } catch (error) {
    throw buildError(error);
  } finally {
    await Promise.all([fresh, old].map((folder) => rm(folder, { recursive: true, force: true })));
  }
  return dist;
}

/**
 * Renders the pages of one version, once: what it gives is kept and published as bytes ever after, so that a thousand
 * versions cost a build no more than their copies. `draft` is a folder with `release.json` (a Release without `files`),
 * `trust.json`, `contents.json` and `changes.json`, the last three with the bytes that will be published; up to 25
 * earlier versions are read from `content` to say what changed since. Gives the files by their path relative to
 * /versions/: `7/index.html`, `7/changes/index.html`, `assets/….css`. Throws BuildFailed.
 */
export async function renderRelease(
  root: string,
  content: string,
  draft: string,
  verbose: boolean,
): Promise<Map<string, Buffer>> {
  const { build } = await import('astro');
  await mkdir(join(root, '.candor'), { recursive: true });
  const folder = await mkdtemp(join(root, '.candor', 'release-'));
  const none = join(folder, 'none');
  const before = process.env.CANDOR_CONTENT;
  process.env.CANDOR_CONTENT = content;
  process.env.CANDOR_RELEASE = draft;
  process.env.ASTRO_TELEMETRY_DISABLED = '1';
  process.env.NODE_ENV = 'production';
  try {
    // An adopter’s own pages and public files are of today, and no part of a version.
    const own = { srcDir: none, publicDir: none, outDir: join(folder, 'site') };
    await build({ root, ...own, logLevel: verbose ? 'info' : 'error' });
    return await filesBelow(join(folder, 'site', 'versions'));
  } catch (error) {
    throw buildError(error);
  } finally {
    delete process.env.CANDOR_RELEASE;
    if (before === undefined) delete process.env.CANDOR_CONTENT;
    else process.env.CANDOR_CONTENT = before;
    await rm(folder, { recursive: true, force: true });
  }
}

/** What stopped a build: ours as it is, and what the disk said apart from what the pages said. */
export function buildError(error: unknown): unknown {
  if (error instanceof CandorError || (error instanceof Error && error.name === 'AbortError')) return error;
  const code = codeOf(error);
  if (code !== undefined && onDisk.has(code)) return candorError('BuildNotWritten', { problem: code });
  return candorError('BuildFailed', { problem: error instanceof Error ? error.message : String(error) });
}

const onDisk: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EMFILE']);

async function filesBelow(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const path = (file: string) => relative(folder, file).split(sep).join('/');
  return new Map(await Promise.all(files.sort().map(async (file) => [path(file), await readFile(file)] as const)));
}

/** Throws BuildMissing when there is no built site. */
export function requireSite(dist: string): void {
  if (!existsSync(join(dist, 'index.html'))) throw candorError('BuildMissing', { folder: dist });
}

/** What answers instead of the files, where it can; else it calls `next`. `client`: a folder of more files. */
export type Answerer = {
  answer: (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
  client: string;
};

/** How long a visitor may take to send a request, in ms: 16 MiB at half a megabit a second. A slow one holds a connection of its own, and little else. */
const REQUEST_MS = 300_000;
/** How long an idle connection stays open, in ms: longer than proxies keep theirs (60 s), so that none sends on one that is just closed. */
const IDLE_MS = 75_000;

/** Serves a built site, and `forms` before it, at once. Throws PortTaken, BuildMissing. */
export function serveSite(
  dist: string,
  port: number,
  host: string,
  forms?: Answerer,
): Promise<{ server: Server; url: string }> {
  requireSite(dist);
  const headers: Readonly<Record<string, string>> = { ...serverHeaders, 'Cache-Control': 'no-cache' };
  const setHeaders = (response: ServerResponse, path: string) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    // The library names a charset for HTML alone.
    if (path.endsWith('.txt')) response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  };
  const filesOf = (folder: string) => sirv(folder, { dev: true, dotfiles: false, setHeaders });
  const files = filesOf(dist);
  const styles = forms === undefined ? undefined : filesOf(forms.client);
  const server = createServer({ requestTimeout: REQUEST_MS, keepAliveTimeout: IDLE_MS }, (request, response) => {
    const missing = async () => {
      const page = await readFile(join(dist, '404.html')).catch(() => 'Not found');
      response.writeHead(404, { ...headers, 'Content-Type': 'text/html; charset=utf-8' }).end(page);
    };
    const site = () => files(request, response, missing);
    if (forms === undefined || styles === undefined) site();
    else forms.answer(request, response, () => styles(request, response, site));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const taken = 'code' in error && error.code === 'EADDRINUSE';
      reject(taken ? candorError('PortTaken', { port }) : error);
    });
    server.listen(port, host, () => resolve({ server, url: `http://${host}:${port}/` }));
  });
}

/** Keeps serving until `signal` aborts, then closes every connection. */
export async function untilAborted(server: Server, signal: AbortSignal): Promise<void> {
  if (!signal.aborted)
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  server.close();
  server.closeAllConnections();
}

/** The first of `tries` ports from `from` on that nobody listens on. Throws PortTaken when all are in use. */
export async function freePort(from: number, tries: number): Promise<number> {
  for (let port = from; port < from + tries; port += 1) if (await isFree(port)) return port;
  throw candorError('PortTaken', { port: from });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, 'localhost', () => probe.close(() => resolve(true)));
  });
}
