import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Answers } from './answers.ts';

/** Why an address did not answer, in words of ours. */
export type ResponseProblem =
  | 'refused'
  | 'unreachable'
  | 'too slow'
  | 'an error status'
  | 'led elsewhere'
  | 'led in circles';

/** All headers of an address and of those that it leads to, in order: names in lower case. */
export type ResponseLook = { problem: ResponseProblem | null; headers: [name: string, value: string][] };

type Answer = { status: number; headers: ResponseLook['headers'] };

const MOST_REDIRECTS = 5;
const ANSWER_MS = 15_000;

/**
 * Asks for an address by GET and reads the headers alone. Redirects are followed on `hosts`, and nowhere else. `answers` are
 * hosts that this machine answers, for tests.
 */
export async function headersOf(
  address: string,
  { hosts, answers, signal }: { hosts: ReadonlySet<string>; answers: Answers; signal: AbortSignal },
): Promise<ResponseLook> {
  const headers: ResponseLook['headers'] = [];
  let url = new URL(address);
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    const answer = await ask(url, answers, signal);
    if (typeof answer === 'string') return { problem: answer, headers };
    headers.push(...answer.headers);
    const to = answer.headers.find(([name]) => name === 'location')?.[1];
    if (answer.status < 300 || answer.status >= 400 || to === undefined)
      return { problem: problemOf(answer.status), headers };
    const next = URL.parse(to, url);
    if (next === null || !/^https?:$/.test(next.protocol) || !hosts.has(next.hostname))
      return { problem: 'led elsewhere', headers };
    url = next;
  }
  return { problem: 'led in circles', headers };
}

/** One answer, without its body. `fetch` would not let a host be answered by another address. */
function ask(url: URL, answers: Answers, signal: AbortSignal): Promise<Answer | ResponseProblem> {
  const here = answers.get(url.hostname);
  const limit = AbortSignal.timeout(ANSWER_MS);
  return new Promise((resolve) => {
    const asked = (url.protocol === 'https:' ? secureRequest : request)(
      url,
      {
        agent: false,
        headers: { accept: 'text/html,*/*', host: url.host },
        signal: AbortSignal.any([signal, limit]),
        ...(here === undefined ? {} : { hostname: here.address, port: here.port }),
      },
      (response) => {
        const { rawHeaders, statusCode = 0 } = response;
        const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
        const values = rawHeaders.filter((_, index) => index % 2 === 1);
        response.destroy();
        resolve({ status: statusCode, headers: names.map((name, index) => [name, values[index] ?? '']) });
      },
    );
    asked.on('error', () => resolve(limit.aborted ? 'too slow' : 'unreachable'));
    asked.end();
  });
}

function problemOf(status: number): ResponseProblem | null {
  if (status === 401 || status === 403) return 'refused';
  return status >= 400 ? 'an error status' : null;
}
