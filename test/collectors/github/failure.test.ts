import { RequestError } from 'octokit';
import { expect, test } from 'vitest';
import { BrokenAnswer, gitHubFailure, stopped } from '../../../collectors/clients/github-failure.ts';

const canary = 'canary-7f3a5e12e13e55a9';
const request = { method: 'GET', url: `https://api.github.com/${canary}`, headers: {} } as const;

/** What octokit throws for an answer of this status. */
function answered(status: number, headers: Record<string, string> = { date: 'today' }): RequestError {
  const response = { status, url: request.url, headers, data: { message: canary }, retryCount: 0 };
  return new RequestError(canary, status, { request, response });
}

/** What octokit throws when the network failed with this errno. */
function unreachable(code: string): RequestError {
  const cause = Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(canary), { code }) });
  return Object.assign(new RequestError(canary, 500, { request }), { cause });
}

const line = (thrown: unknown) => {
  const { kind, code, message } = gitHubFailure(thrown);
  return `${kind} ${code}: ${message}`;
};

test('each failure in our own words', () => {
  const statuses = [400, 401, 403, 404, 409, 410, 422, 451, 429, 502];
  const words = [
    ...statuses.map((status) => `${status} ${line(answered(status))}`),
    `single sign-on ${line(answered(403, { 'x-github-sso': canary }))}`,
    `remaining 0 ${line(answered(403, { 'x-ratelimit-remaining': '0' }))}`,
    `retry-after ${line(answered(403, { 'retry-after': '60' }))}`,
    ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', 'UND_ERR_SOCKET', 'CERT_HAS_EXPIRED'].map(
      (code) => `${code} ${line(unreachable(code))}`,
    ),
    ...['ERR_TLS_CERT_ALTNAME_INVALID', 'SELF_SIGNED_CERT_IN_CHAIN', 'ANYTHING'].map(
      (code) => `${code} ${line(unreachable(code))}`,
    ),
    ...(['BROKEN', 'TIMEOUT', 'TOO_LARGE'] as const).map((code) => `${code} ${line(new BrokenAnswer(code))}`),
    `stopped ${line(stopped())}`,
    `anything ${line(canary)}`,
  ];
  expect(words.join('\n')).not.toContain(canary);
  expect(words).toMatchInlineSnapshot(`
    [
      "400 schema INVALID: GitHub did not understand the request.",
      "401 denied UNAUTHORIZED: GitHub refused the token: it is wrong, revoked or expired.",
      "403 denied FORBIDDEN: The token may not read this.",
      "404 denied NOT_FOUND: GitHub says that it does not exist; it says the same of what the token may not see.",
      "409 schema CONFLICT: GitHub cannot answer this of the repository as it is, for example because it is empty.",
      "410 denied GONE: The feature is switched off there.",
      "422 schema INVALID: GitHub did not accept the request.",
      "451 denied FORBIDDEN: GitHub does not show this for legal reasons.",
      "429 transient RATE_LIMITED: GitHub’s rate limit is used up, and would last longer than this run.",
      "502 transient SERVER: GitHub failed (status 502).",
      "single sign-on denied SSO: The token is not authorized for the single sign-on of the organization.",
      "remaining 0 transient RATE_LIMITED: GitHub’s rate limit is used up, and would last longer than this run.",
      "retry-after transient RATE_LIMITED: GitHub’s rate limit is used up, and would last longer than this run.",
      "ECONNREFUSED transient NETWORK: The connection was refused: nothing listens at that address.",
      "ENOTFOUND configuration NETWORK: The host name of the API could not be found in DNS.",
      "EAI_AGAIN transient NETWORK: DNS did not answer for the host name of the API.",
      "ECONNRESET transient NETWORK: The connection was reset while GitHub was answering.",
      "UND_ERR_SOCKET transient NETWORK: The connection was closed while GitHub was answering.",
      "CERT_HAS_EXPIRED configuration NETWORK: The server’s TLS certificate has expired.",
      "ERR_TLS_CERT_ALTNAME_INVALID configuration NETWORK: The server’s TLS certificate names another host.",
      "SELF_SIGNED_CERT_IN_CHAIN configuration NETWORK: The server’s TLS certificate could not be verified.",
      "ANYTHING transient NETWORK: The connection to GitHub failed.",
      "BROKEN transient BROKEN: GitHub’s answer was cut off or is no JSON.",
      "TIMEOUT transient TIMEOUT: GitHub did not answer in time.",
      "TOO_LARGE transient BROKEN: GitHub’s answer was larger than we read.",
      "stopped transient ABORTED: The run was stopped before GitHub had answered.",
      "anything transient NETWORK: The connection to GitHub failed.",
    ]
  `);
});
