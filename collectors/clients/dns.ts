import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { SourceUnreadable } from '../define.ts';

const TRIES = 2;

/** Why a question has no answer. None of these says that there is nothing. */
export type Unanswered = 'timeout' | 'refused' | 'server failure' | 'malformed';

/** What DNS says to one question. No records is an answer; a name that does not exist (NXDOMAIN) is another one. */
export type Answer<T> =
  | { is: 'answered'; records: T[] }
  | { is: 'no such name' }
  | { is: 'unanswered'; problem: Unanswered };

/** Asks the declared servers, and only those. Answers that do not fit UDP are asked for again by TCP (RFC 7766). */
export type DnsClient = {
  /** The hosts that receive mail for a domain; the null MX of RFC 7505 is no record. */
  mx: (name: string) => Promise<Answer<string>>;
  /** Texts, each with its parts put together. */
  txt: (name: string) => Promise<Answer<string>>;
  /** The target of an alias. */
  cname: (name: string) => Promise<Answer<string>>;
};

/**
 * A client of the servers `servers`, such as `9.9.9.9, 127.0.0.1:5353`, or of those of the system when left out. Each
 * question is tried twice for `timeoutMs`. Throws SourceUnreadable (`configuration`) when they are no addresses.
 */
export function createDnsClient(servers: string | undefined, timeoutMs: number, signal: AbortSignal): DnsClient {
  const resolver = new Resolver({ timeout: timeoutMs, tries: TRIES });
  if (servers !== undefined) resolver.setServers(serversOf(servers));
  signal.addEventListener('abort', () => resolver.cancel(), { once: true });
  const ask = async (question: () => Promise<string[]>): Promise<Answer<string>> => {
    if (signal.aborted) return { is: 'unanswered', problem: 'timeout' };
    try {
      const records = await question();
      return { is: 'answered', records: records.filter((record) => record !== '' && record !== '.') };
    } catch (error) {
      return answerOf(error instanceof Error && 'code' in error ? error.code : undefined);
    }
  };
  return {
    mx: (name) => ask(async () => (await resolver.resolveMx(name)).map(({ exchange }) => exchange)),
    txt: (name) => ask(async () => (await resolver.resolveTxt(name)).map((parts) => parts.join(''))),
    cname: (name) => ask(() => resolver.resolveCname(name)),
  };
}

/** After c-ares’ codes, as node:dns names them. */
function answerOf(code: unknown): Answer<string> {
  if (code === 'ENODATA') return { is: 'answered', records: [] };
  if (code === 'ENOTFOUND') return { is: 'no such name' };
  if (code === 'EREFUSED') return { is: 'unanswered', problem: 'refused' };
  if (code === 'ESERVFAIL' || code === 'ENOTIMP') return { is: 'unanswered', problem: 'server failure' };
  if (code === 'ETIMEOUT' || code === 'ECONNREFUSED' || code === 'ECANCELLED')
    return { is: 'unanswered', problem: 'timeout' };
  return { is: 'unanswered', problem: 'malformed' };
}

function serversOf(servers: string): string[] {
  const all = servers.split(',').map((server) => server.trim());
  const valid = all.every((server) => {
    const address = /^\[(.+)\](?::\d{1,5})?$/.exec(server)?.[1] ?? (isIP(server) === 6 ? server : server.split(':')[0]);
    return address !== undefined && isIP(address) !== 0;
  });
  if (!valid)
    throw new SourceUnreadable(
      'configuration',
      'The `servers` of the source are no addresses such as 9.9.9.9, 127.0.0.1:5353.',
    );
  return all;
}
