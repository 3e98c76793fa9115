import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { rootOf } from './fields.ts';
import { runQuery } from './graphql.ts';
import { answerRest } from './rest.ts';
import type { RestAnswer } from './rest-answers.ts';
import type { Fault, GitHubState } from './state.ts';

export type { GitHubState } from './state.ts';

/** A running stand-in for GitHub’s two APIs. */
export type GitHubServer = {
  /** Base of the REST API, for a source’s `api`; GraphQL is below it at `/graphql`. */
  url: string;
  /** Change it, and the next request sees the change. */
  state: GitHubState;
  /** What was asked so far: `GET /orgs/acme/members?page=2`, and the status of the answer. */
  requests: { line: string; status: number }[];
  stop: () => Promise<void>;
};

/**
 * Starts it on a free port of the loopback address. It pages with Link headers, answers conditional requests, limits
 * rates, denies by permission, redirects and fails as GitHub does; see GitHubState for how. `before` is called before
 * each request, and may change the state.
 */
export async function startGitHub(
  state: GitHubState,
  before: (state: GitHubState) => Promise<void> = async () => undefined,
): Promise<GitHubServer> {
  const requests: GitHubServer['requests'] = [];
  const server = createServer((request, response) => {
    response.on('close', () =>
      requests.push({ line: `${request.method} ${request.url}`, status: response.statusCode }),
    );
    before(state)
      .then(() => respond(state, request, response))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${bound}`,
    state,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Reply = { status: number; headers?: Record<string, string>; body: object };

async function respond(state: GitHubState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const body = request.method === 'POST' ? await text(request) : '';
  const fault = state.faults.find(({ path, times }) => times > 0 && url.pathname.includes(path));
  if (fault) fault.times -= 1;
  if (fault && fault.kind in breakages) {
    breakages[fault.kind]?.(response);
    return;
  }
  const { status, headers = {}, body: answer } = failureOf(fault, url) ?? replyTo(state, request, url, body, fault);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': String(Math.max(0, state.rateLimit.remaining)),
    'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + state.rateLimit.resetInSeconds),
    ...headers,
  });
  response.end(status === 304 ? undefined : JSON.stringify(answer));
}

function replyTo(
  state: GitHubState,
  request: IncomingMessage,
  url: URL,
  body: string,
  fault: Fault | undefined,
): Reply {
  const [, secret = ''] = /^(?:bearer|token) (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
  const token = state.tokens[secret];
  if (token === undefined) return { status: 401, body: { message: 'Bad credentials', status: '401' } };
  if (token.singleSignOnMissing) {
    const headers = { 'x-github-sso': 'required; url=https://github.com/orgs/acme/sso' };
    return { status: 403, headers, body: { message: 'Resource protected by organization SAML enforcement.' } };
  }
  if (state.rateLimit.remaining <= 0)
    return { status: 403, body: { message: 'API rate limit exceeded for user ID 1.' } };
  state.rateLimit.remaining -= 1;
  if (request.method === 'POST' && url.pathname === '/graphql') {
    const { query = '', variables = {} } = JSON.parse(body);
    return { status: 200, body: runQuery(query, variables, rootOf(state, token)) };
  }
  if (request.method !== 'GET') return { status: 404, body: { message: 'Not Found', status: '404' } };
  const answer = answerRest(state, { path: url.pathname, query: url.searchParams, token });
  if ('list' in answer) return listReply(state, answer, url, request.headers['if-none-match'], fault);
  const { status, location } = answer;
  const headers = location === undefined ? {} : { location: `${url.origin}${location}${url.search}` };
  return { status, headers, body: answer.body };
}

type List = Extract<RestAnswer, { list: object[] }>;

function listReply(
  state: GitHubState,
  list: List,
  url: URL,
  known: string | undefined,
  fault: Fault | undefined,
): Reply {
  const { body, link } = pageOf(list, url);
  // A cut list still names its last page, but not the next one.
  const shown = fault ? link.filter((part) => !part.includes('rel="next"')) : link;
  const etag = `W/"${createHash('sha256').update(JSON.stringify(body)).digest('hex')}"`;
  const headers: Record<string, string> = { etag };
  if (shown.length > 0) headers.link = shown.join(', ');
  if (known !== etag) return { status: 200, headers, body };
  // What is not sent anew does not count against the limit.
  state.rateLimit.remaining += 1;
  return { status: 304, headers, body };
}

/** One page of a list, and the parts of its Link header (RFC 8288). */
function pageOf({ list, wrap, cursor }: List, url: URL): { body: object; link: string[] } {
  const size = Math.min(100, Math.max(1, Number(url.searchParams.get('per_page') ?? 30)));
  const named = cursor ? Buffer.from(url.searchParams.get('after') ?? '', 'base64url').toString() : undefined;
  const page = Math.max(1, Number((cursor ? named : url.searchParams.get('page')) || 1));
  const last = Math.max(1, Math.ceil(list.length / size));
  const items = list.slice((page - 1) * size, page * size);
  const to = (number: number, rel: string) => {
    const target = new URL(url);
    if (cursor) target.searchParams.set('after', Buffer.from(String(number)).toString('base64url'));
    else target.searchParams.set('page', String(number));
    return `<${target.href}>; rel="${rel}"`;
  };
  const link = page < last ? [to(page + 1, 'next'), ...(cursor ? [] : [to(last, 'last')])] : [];
  return { body: wrap === undefined ? items : { total_count: list.length, [wrap]: items }, link };
}

/** Every failure quotes a canary, as a real one may quote data: it must not be seen anywhere. */
const canary = 'canary-7f3a5e12e13e55a9';

/** The faults that answer, though not with what was asked for. */
function failureOf(fault: Fault | undefined, url: URL): Reply | undefined {
  const message = `Something with ${canary}`;
  const replies: Partial<Record<Fault['kind'], Reply>> = {
    'redirect-elsewhere': {
      status: 301,
      headers: { location: `http://elsewhere.example${url.pathname}` },
      body: { message },
    },
    'redirect-loop': { status: 301, headers: { location: url.href }, body: { message } },
    'secondary-limit': {
      status: 403,
      headers: { 'retry-after': '7' },
      body: { message: `You have exceeded a secondary rate limit. ${message}` },
    },
    // GitHub need not say how long to wait.
    'secondary-limit-untimed': {
      status: 403,
      body: { message: `You have exceeded a secondary rate limit. ${message}` },
    },
    'graphql-limit': { status: 200, body: { errors: [{ type: 'RATE_LIMIT', message }] } },
    'graphql-timeout': {
      status: 200,
      body: { data: null, errors: [{ message: `Something went wrong while executing your query. ${message}` }] },
    },
    'rate-limit': {
      status: 429,
      headers: { 'x-ratelimit-remaining': '0' },
      body: { message: `API rate limit exceeded. ${message}` },
    },
    'server-error': { status: 502, body: { message } },
  };
  return fault && replies[fault.kind];
}

/** The faults that are no whole answer. */
const breakages: Partial<Record<Fault['kind'], (response: ServerResponse) => unknown>> = {
  silence: () => undefined,
  disconnect: (response) => response.destroy(),
  'not-json': (response) => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
    response.end(`<html>${canary}</html>`);
  },
  'cut-off': (response) => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': '1000' });
    response.write(`[{"secret": "${canary}`, () => response.destroy());
  },
};
