import { answersIn } from '../clients/answers.ts';
import { headersOf, type ResponseLook } from '../clients/response-headers.ts';
import { type CollectContext, type Known, SourceUnreadable } from '../define.ts';
import { comparisonWith } from '../vendors/comparison.ts';
import { vendorsOf } from '../vendors/observe.ts';
import type { Signal } from '../vendors/signal.ts';
import { namedBy } from './policy.ts';
import type { Expect, Raw } from './schema.ts';

/** Addresses that are asked at the same time. */
const AT_ONCE = 4;

/** Asks each address for its headers and keeps of them whom they name; the headers themselves go no further. */
export async function collect(context: CollectContext<Expect>, known: Known): Promise<Raw> {
  const { connection, expect } = context;
  const ownHosts = [...expect.ownHosts, ...hostsOfUrls(expect)];
  const { matcher, today, declared } = comparisonWith(known, { ...expect, ownHosts });
  const looks = await lookAtAll(context);
  if (looks.every(({ problem }) => problem !== null)) throw nothingAnswered(looks);
  const named = looks.map(({ headers }) => namedBy(headers));
  const hosts = [...new Set(named.flatMap((each) => each.hosts))].map((value): Signal => ({ kind: 'host', value }));
  const headers = looks.flatMap((look) =>
    look.headers.map(([name, value]): Signal => ({ kind: 'header', value: `${name}: ${value}` })),
  );
  const { own, none, unknown } = vendorsOf(hosts, matcher);
  const all = vendorsOf([...hosts, ...headers], matcher);
  return {
    reading: { today, declared, observed: all.vendors, signals: all.total },
    hosts: {
      own,
      known: hosts.length - own - none.reduce((sum, { count }) => sum + count, 0) - unknown.length,
      none: none.map(({ pattern, reason }) => ({ pattern, reason })),
      unknown: [],
      unknownCount: unknown.length,
    },
    answers: looks.map((look, index) => ({
      problem: look.problem,
      policy: policyOf(look, named[index]?.any ?? false),
    })),
    answeredLocally: connection.resolve !== undefined,
  };
}

/** Asks every declared address, in order. */
export async function lookAtAll({
  connection,
  expect,
  signal,
  progress,
}: CollectContext<Expect>): Promise<ResponseLook[]> {
  const answers = answersIn(connection.resolve);
  const hosts = hostsOfUrls(expect);
  const looks: ResponseLook[] = [];
  let next = 0;
  let done = 0;
  const worker = async () => {
    for (let index = next++; index < expect.urls.length; index = next++) {
      looks[index] = await headersOf(expect.urls[index] ?? '', { hosts, answers, signal });
      done += 1;
      progress(`${done} of ${expect.urls.length} addresses`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (signal.aborted) throw new SourceUnreadable('transient', 'The run was stopped before all had answered.');
  return looks;
}

/** The hosts of the declared addresses: they are the product itself. */
export function hostsOfUrls({ urls }: Expect): Set<string> {
  return new Set(urls.map((url) => new URL(url).hostname));
}

function policyOf({ headers }: ResponseLook, any: boolean): Raw['answers'][number]['policy'] {
  if (!headers.some(([name]) => name === 'content-security-policy')) return 'none';
  return any ? 'any' : 'named';
}

function nothingAnswered(looks: readonly ResponseLook[]): SourceUnreadable {
  if (looks.every(({ problem }) => problem === 'refused'))
    return new SourceUnreadable('denied', 'No address answered: the server refuses this visitor.');
  const problems = [...new Set(looks.map(({ problem }) => problem))].join(', ');
  return new SourceUnreadable('transient', `No address answered (${problems}).`);
}
