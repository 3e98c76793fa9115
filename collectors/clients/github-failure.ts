import { SourceUnreadable } from '../define.ts';

/**
 * A GitHub failure in our own words; nothing that the server said is in it. `code` is ours: `UNAUTHORIZED`, `FORBIDDEN`,
 * `SSO`, `NOT_FOUND`, `GONE`, `CONFLICT`, `INVALID`, `RATE_LIMITED`, `SERVER`, `BROKEN`, `TIMEOUT`, `NETWORK`, `ABORTED`,
 * `SHAPE`, `REFUSED` (we would not send it) or `CONFIGURATION`.
 */
export class GitHubUnreadable extends SourceUnreadable {
  readonly code: string;
  constructor(kind: SourceUnreadable['kind'], code: string, message: string) {
    super(kind, message);
    this.name = 'GitHubUnreadable';
    this.code = code;
  }
}

/** Thrown by our transport, so that octokit tries again: the answer was no whole JSON, or took too long. */
export class BrokenAnswer extends Error {
  readonly code: 'BROKEN' | 'TIMEOUT' | 'TOO_LARGE';
  constructor(code: BrokenAnswer['code']) {
    super(code);
    this.name = 'BrokenAnswer';
    this.code = code;
  }
}

type Words = readonly [kind: SourceUnreadable['kind'], code: string, message: string];

// After "Troubleshooting the REST API" and "Best practices" of GitHub's documentation.
const byStatus: Readonly<Record<number, Words>> = {
  400: ['schema', 'INVALID', 'GitHub did not understand the request.'],
  401: ['denied', 'UNAUTHORIZED', 'GitHub refused the token: it is wrong, revoked or expired.'],
  403: ['denied', 'FORBIDDEN', 'The token may not read this.'],
  404: ['denied', 'NOT_FOUND', 'GitHub says that it does not exist; it says the same of what the token may not see.'],
  409: ['schema', 'CONFLICT', 'GitHub cannot answer this of the repository as it is, for example because it is empty.'],
  410: ['denied', 'GONE', 'The feature is switched off there.'],
  422: ['schema', 'INVALID', 'GitHub did not accept the request.'],
  451: ['denied', 'FORBIDDEN', 'GitHub does not show this for legal reasons.'],
};

const tlsWords: Words = ['configuration', 'NETWORK', 'The server’s TLS certificate could not be verified.'];
const byErrno: Readonly<Record<string, Words>> = {
  BROKEN: ['transient', 'BROKEN', 'GitHub’s answer was cut off or is no JSON.'],
  TIMEOUT: ['transient', 'TIMEOUT', 'GitHub did not answer in time.'],
  TOO_LARGE: ['transient', 'BROKEN', 'GitHub’s answer was larger than we read.'],
  ECONNREFUSED: ['transient', 'NETWORK', 'The connection was refused: nothing listens at that address.'],
  ENOTFOUND: ['configuration', 'NETWORK', 'The host name of the API could not be found in DNS.'],
  EAI_AGAIN: ['transient', 'NETWORK', 'DNS did not answer for the host name of the API.'],
  ECONNRESET: ['transient', 'NETWORK', 'The connection was reset while GitHub was answering.'],
  UND_ERR_SOCKET: ['transient', 'NETWORK', 'The connection was closed while GitHub was answering.'],
  CERT_HAS_EXPIRED: ['configuration', 'NETWORK', 'The server’s TLS certificate has expired.'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['configuration', 'NETWORK', 'The server’s TLS certificate names another host.'],
  DEPTH_ZERO_SELF_SIGNED_CERT: tlsWords,
  SELF_SIGNED_CERT_IN_CHAIN: tlsWords,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: tlsWords,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: tlsWords,
};

/** Turns whatever octokit threw into our own words; what it threw quotes the server, so it is dropped. */
export function gitHubFailure(thrown: unknown): GitHubUnreadable {
  if (thrown instanceof GitHubUnreadable) return thrown;
  if (isRateLimit(thrown)) return rateLimited();
  if (thrown instanceof Error && thrown.name === 'AbortError') return stopped();
  const errno = errnoOf(thrown);
  const words = errno === undefined ? undefined : byErrno[errno];
  if (words !== undefined) return new GitHubUnreadable(...words);
  const { status, headers } = responseOf(thrown);
  if (status === 403 && headers['x-github-sso'] !== undefined)
    return new GitHubUnreadable(
      'denied',
      'SSO',
      'The token is not authorized for the single sign-on of the organization.',
    );
  const known = byStatus[status];
  if (known !== undefined) return new GitHubUnreadable(...known);
  if (status >= 500 && Object.keys(headers).length > 0)
    return new GitHubUnreadable('transient', 'SERVER', `GitHub failed (status ${status}).`);
  return new GitHubUnreadable('transient', 'NETWORK', 'The connection to GitHub failed.');
}

/** Said when GitHub would have us wait for longer than a run lasts. */
export function rateLimited(): GitHubUnreadable {
  return new GitHubUnreadable(
    'transient',
    'RATE_LIMITED',
    'GitHub’s rate limit is used up, and would last longer than this run.',
  );
}

/** Said when the run was given up while GitHub was asked. */
export function stopped(): GitHubUnreadable {
  return new GitHubUnreadable('transient', 'ABORTED', 'The run was stopped before GitHub had answered.');
}

/** The types of GraphQL errors that tell of a rate limit. */
export const rateLimitTypes: ReadonlySet<unknown> = new Set(['RATE_LIMITED', 'RATE_LIMIT']);

function isRateLimit(thrown: unknown): boolean {
  const { status, headers, types, message } = responseOf(thrown);
  if (types.some((type) => rateLimitTypes.has(type))) return true;
  if (status !== 403 && status !== 429) return false;
  if (status === 429 || headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined) return true;
  // A secondary limit may tell of itself in nothing but its message.
  return typeof message === 'string' && /\brate limit/i.test(message);
}

type Answer = { status: number; headers: Record<string, unknown>; types: unknown[]; message: unknown };

/** Of an error of octokit: the status, the headers, the types of the GraphQL errors in it, and GitHub's own message. */
function responseOf(thrown: unknown): Answer {
  const response = fieldOf(thrown, 'response');
  const headers = fieldOf(response, 'headers');
  const data = fieldOf(response, 'data');
  const errors = fieldOf(data, 'errors');
  const status = fieldOf(thrown, 'status');
  return {
    status: typeof status === 'number' ? status : 0,
    headers: typeof headers === 'object' && headers !== null ? { ...headers } : {},
    types: Array.isArray(errors) ? errors.map((error) => fieldOf(error, 'type')) : [],
    message: fieldOf(data, 'message'),
  };
}

/** The errno of the innermost cause that has one. */
function errnoOf(thrown: unknown): string | undefined {
  const cause = fieldOf(thrown, 'cause');
  const inner = cause === undefined ? undefined : errnoOf(cause);
  if (inner !== undefined) return inner;
  // Several addresses were tried and each failed; the first says enough.
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return errnoOf(thrown.errors[0]);
  const code = fieldOf(thrown, 'code');
  return typeof code === 'string' ? code : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
