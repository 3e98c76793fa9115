import { randomUUID } from 'node:crypto';
import { Octokit } from 'octokit';
import { z } from 'zod';
import { GitHubUnreadable, gitHubFailure, rateLimited, rateLimitTypes, stopped } from './github-failure.ts';
import { type Connection, lastPageOf, readConnection, totalOf } from './github-pages.ts';
import { apiAddress, boundedFetch, type Calls, refuseAllButReading } from './github-transport.ts';

export { GitHubUnreadable } from './github-failure.ts';
export type { Connection } from './github-pages.ts';

/** How far a list was read. `total` is what GitHub says there are, null where it does not say. */
export type Extent = { read: number; pages: number; total: number | null; complete: boolean };

/** A part of a GraphQL answer that GitHub withheld: where (`r1.rulesets`; the names are our own), and why. */
export type Withheld = { path: string; why: 'denied' | 'not-found' | 'unknown' };

/** Values for the `{placeholders}` of a path; the others become its query string. */
export type Parameters = Readonly<Record<string, string | number | boolean>>;

/** Values for the `$variables` of a query. */
export type Variables = Readonly<Record<string, unknown>>;

/** Takes one entry of a list; false ends the reading, which leaves the list incomplete. */
export type Visit<Item> = (item: Item) => unknown;

/**
 * A client that can only read. Each method throws GitHubUnreadable, in our own words. `shape` lists only what is used;
 * other fields are dropped.
 */
export type GitHub = {
  /** One GET of a path such as `/orgs/{org}`. A renamed repository is followed. */
  get: <T>(shape: z.ZodType<T>, path: string, parameters?: Parameters) => Promise<T>;
  /** Reads a list page by page, 100 entries each; only one page is in memory. An empty repository has empty lists. */
  each: <T>(shape: z.ZodType<T>, path: string, parameters: Parameters, visit: Visit<T>) => Promise<Extent>;
  /** One GraphQL query. Parts that were withheld are null in `data` and listed in `withheld`. */
  query: <T>(shape: z.ZodType<T>, text: string, variables?: Variables) => Promise<{ data: T; withheld: Withheld[] }>;
  /**
   * Reads a connection page by page; the query takes `$after: String`. Where `connectionOf` finds none, or a node is
   * null because the token may not see it, the list is incomplete.
   */
  eachNode: <T, Node>(
    shape: z.ZodType<T>,
    text: string,
    variables: Variables,
    connectionOf: (data: T) => Connection<Node> | null | undefined,
    visit: Visit<Node>,
  ) => Promise<Extent & { withheld: Withheld[] }>;
  /** The requests that were sent so far, retries and redirects included. */
  calls: () => Readonly<Calls>;
};

/**
 * How long it waits for GitHub: one attempt at one request for `attemptMs`; waits for rate limits end `waitMs` after
 * opening. Tests shorten `secondMs`, the length of a second.
 */
export type Patience = { attemptMs: number; waitMs: number; secondMs: number; retries: number };

/** A run is given up after ten minutes, so that waiting for rate limits may take half of them. */
const patient: Patience = { attemptMs: 30_000, waitMs: 5 * 60_000, secondMs: 1_000, retries: 3 };
const MOST_REDIRECTS = 3;

/**
 * Opens a client for a source's connection: `token`, and `api` where it is not github.com. At most ten requests are
 * under way at once. Throws GitHubUnreadable of kind `configuration`; nothing is sent yet.
 */
export function openGitHub(options: {
  connection: Readonly<Record<string, string>>;
  signal: AbortSignal;
  patience?: Partial<Patience>;
}): GitHub {
  const { connection, signal } = options;
  const api = apiAddress(connection.api ?? 'https://api.github.com');
  if (connection.token === undefined)
    throw new GitHubUnreadable('configuration', 'CONFIGURATION', 'The source’s connection names no `token`.');
  const calls: Calls = { rest: 0, graphql: 0 };
  const patience = { ...patient, ...options.patience };
  const octokit = octokitFor(api, connection.token, boundedFetch(calls, signal, patience.attemptMs), patience);
  // GitHub Enterprise Server has both APIs below /api.
  const graphQL = api.pathname.startsWith('/api/v3') ? `${api.origin}/api/graphql` : '/graphql';

  const query: GitHub['query'] = async (shape, text, variables = {}) => {
    const { data: answer } = await attempt(signal, () =>
      octokit.request(`POST ${graphQL}`, { query: text, variables }),
    );
    const { data = null, errors = [] } = fitting(GraphQLAnswer, answer);
    const withheld = errors.map(withheldOf);
    // Octokit waits for one of the types alone, and of GitHub Enterprise Server for none.
    if (errors.some(({ type }) => rateLimitTypes.has(type))) throw rateLimited();
    if (data === null) throw nothingAnswered(withheld);
    return { data: fitting(shape, data), withheld };
  };
  return {
    query,
    get: async (shape, path, parameters = {}) => {
      const { data } = await attempt(signal, () => octokit.request(`GET ${path}`, { ...parameters }));
      return fitting(shape, data);
    },
    each: async (shape, path, parameters, visit) => {
      const pages = octokit.paginate.iterator(`GET ${path}`, { per_page: 100, ...parameters })[Symbol.asyncIterator]();
      const extent: Extent = { read: 0, pages: 0, total: null, complete: false };
      let last = 1;
      for (;;) {
        const page = await attempt(signal, () => pages.next());
        if (page.done) break;
        extent.pages += 1;
        extent.total ??= totalOf(page.value.data);
        last = Math.max(last, lastPageOf(page.value.headers.link));
        for (const item of fitting(z.array(shape), page.value.data)) {
          extent.read += 1;
          if ((await visit(item)) === false) return extent;
        }
      }
      // The first page names the last one: a chain of pages that ends before it was cut.
      return { ...extent, complete: extent.pages >= last && extent.read >= (extent.total ?? 0) };
    },
    eachNode: async (shape, text, variables, connectionOf, visit) => {
      const withheld: Withheld[] = [];
      const extent = await readConnection(async (after) => {
        const page = await query(shape, text, { ...variables, after });
        withheld.push(...page.withheld);
        return connectionOf(page.data);
      }, visit);
      return { ...extent, withheld };
    },
    calls: () => ({ ...calls }),
  };
}

function octokitFor(api: URL, token: string, fetch: typeof globalThis.fetch, patience: Patience): Octokit {
  const { secondMs, retries } = patience;
  const deadline = Date.now() + patience.waitMs;
  const mayWait = (seconds: number, _options: unknown, _octokit: unknown, tries: number) =>
    tries < retries && Date.now() + seconds * secondMs <= deadline;
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const octokit = new Octokit({
    auth: token,
    baseUrl: api.href.replace(/\/$/, ''),
    userAgent: 'candor',
    // Octokit's own warnings quote addresses, and with them the names of private repositories.
    log,
    request: { fetch, log },
    retry: { retries, retryAfterBaseValue: secondMs, doNotRetry: [400, 401, 403, 404, 409, 410, 422, 429, 451] },
    throttle: {
      id: randomUUID(),
      retryAfterBaseValue: secondMs,
      onRateLimit: mayWait,
      onSecondaryRateLimit: mayWait,
      // The plugin takes each GraphQL request for a write and spaces them by a second; ours only read.
      write: { key: () => ({ schedule: (_options: unknown, work: () => Promise<void>) => work() }) },
    },
  });
  octokit.hook.wrap('request', async (request, options) => {
    const { method, url, body } = octokit.request.endpoint.parse(options);
    refuseAllButReading(api, method, url, body);
    const response = await request(options);
    const { location } = response.headers;
    if (![301, 302, 307, 308].includes(response.status) || location === undefined) return response;
    const redirects = Number(options.request.redirects ?? 0) + 1;
    if (redirects > MOST_REDIRECTS || method !== 'GET')
      throw new GitHubUnreadable('transient', 'BROKEN', 'GitHub redirected the request without end.');
    // Sent through this hook again, so that the new address is checked as well.
    return octokit.request({ method, url: new URL(location, url).href, request: { redirects } });
  });
  return octokit;
}

/** Asks, and gives up when the run is stopped, even while octokit waits for a rate limit. */
async function attempt<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(stopped());
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, ask()]);
  } catch (thrown) {
    throw signal.aborted ? stopped() : gitHubFailure(thrown);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function fitting<T>(shape: z.ZodType<T>, value: unknown): T {
  const checked = shape.safeParse(value);
  if (checked.success) return checked.data;
  throw new GitHubUnreadable(
    'schema',
    'SHAPE',
    'GitHub answered in a shape that this version of Candor does not know.',
  );
}

const GraphQLError = z.object({
  type: z.string().optional(),
  path: z.array(z.union([z.string(), z.number()])).optional(),
});
const GraphQLAnswer = z.object({ data: z.unknown().optional(), errors: z.array(GraphQLError).optional() });

function withheldOf({ type, path = [] }: z.infer<typeof GraphQLError>): Withheld {
  const why =
    type === 'NOT_FOUND' ? 'not-found' : type === 'FORBIDDEN' || type === 'INSUFFICIENT_SCOPES' ? 'denied' : 'unknown';
  return { path: path.join('.'), why };
}

function nothingAnswered(withheld: readonly Withheld[]): GitHubUnreadable {
  const has = (why: Withheld['why']) => withheld.some((part) => part.why === why);
  if (has('denied')) return new GitHubUnreadable('denied', 'FORBIDDEN', 'The token may not read this.');
  if (has('not-found'))
    return new GitHubUnreadable(
      'denied',
      'NOT_FOUND',
      'GitHub says that it does not exist; it says the same of what the token may not see.',
    );
  return new GitHubUnreadable('schema', 'INVALID', 'GitHub did not accept the query.');
}
