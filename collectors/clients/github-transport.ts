import { BrokenAnswer, GitHubUnreadable } from './github-failure.ts';

/** The most bytes of one answer; a page of a hundred alerts has about one million. */
const MOST_BYTES = 32 * 1024 * 1024;

/** How many requests were sent, retries and redirects included. */
export type Calls = { rest: number; graphql: number };

/**
 * The address of an API: https, or http on this very machine. Throws GitHubUnreadable for any other, so that the token
 * is never sent in the clear.
 */
export function apiAddress(api: string): URL {
  const url = URL.canParse(api) ? new URL(api) : undefined;
  const isLocal = url !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url === undefined || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLocal)) || url.username !== '')
    throw new GitHubUnreadable('configuration', 'CONFIGURATION', 'The source’s `api` is not an https address.');
  return url;
}

/**
 * Refuses whatever could write, or would leave the declared host: only GET, and GraphQL documents of queries alone, at
 * the address of the API. Throws GitHubUnreadable.
 */
export function refuseAllButReading(api: URL, method: string, url: string, body: unknown): void {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target === undefined || target.origin !== api.origin)
    throw new GitHubUnreadable(
      'schema',
      'REFUSED',
      'GitHub pointed to another host than the declared one; it was not asked.',
    );
  if (method === 'GET') return;
  const isGraphQL = method === 'POST' && /^(\/api)?\/graphql$/.test(target.pathname);
  if (!isGraphQL || !isQuery(body))
    throw new GitHubUnreadable('schema', 'REFUSED', 'A request that is not read-only was not sent.');
}

/** Whether a GraphQL body can only read: one that so much as names another operation is refused. */
function isQuery(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !('query' in body) || typeof body.query !== 'string') return false;
  return /^\s*(query\b|\{)/.test(body.query) && !/\b(mutation|subscription)\b/i.test(body.query);
}

/**
 * A fetch that waits for `attemptMs` and reads within limits, and hands on only whole JSON. Redirects are left to the caller. Each call
 * is counted in `calls`.
 */
export function boundedFetch(calls: Calls, signal: AbortSignal, attemptMs: number): typeof fetch {
  return async (input, init) => {
    calls[init?.method === 'POST' ? 'graphql' : 'rest'] += 1;
    // A controller of its own, undone at the end: joined signals would be kept until the last of them has fired.
    const controller = new AbortController();
    const abort = () => controller.abort();
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      abort();
    }, attemptMs);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      const response = await fetch(input, { ...init, redirect: 'manual', signal: controller.signal });
      const text = await textOf(response);
      if (response.status === 200) parsed(text);
      const bodiless = [204, 205, 304].includes(response.status);
      const answer = new Response(bodiless ? null : text, {
        status: response.status,
        headers: withoutLength(response.headers),
      });
      // Octokit reads the address of the last page of a wrapped list, such as that of installed apps.
      return Object.defineProperty(answer, 'url', { value: response.url });
    } catch (error) {
      if (isLate && !signal.aborted) throw new BrokenAnswer('TIMEOUT');
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  };
}

async function textOf(response: Response): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new BrokenAnswer('TOO_LARGE');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parsed(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new BrokenAnswer('BROKEN');
  }
}

/** What the body no longer is, now that it has been read and unpacked. */
function withoutLength(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of ['content-length', 'content-encoding', 'transfer-encoding']) kept.delete(name);
  return kept;
}
