import { createDnsClient, type DnsClient } from '../clients/dns.ts';
import { type CollectContext, type Known, SourceUnreadable } from '../define.ts';
import { comparisonWith } from '../vendors/comparison.ts';
import { hostReadingOf } from '../vendors/hosts.ts';
import { vendorsOf } from '../vendors/observe.ts';
import type { Signal } from '../vendors/signal.ts';
import { followAliases } from './aliases.ts';
import type { Expect, Problem, Raw } from './schema.ts';
import { followSpf, spfOf } from './spf.ts';

/** Names that are asked about at the same time. */
const AT_ONCE = 4;

/** What one declared name gave. */
type Look = { name: string; signals: Signal[]; problems: Problem[]; lookups: number };

/** Asks about the declared names. Throws SourceUnreadable when nothing at all was answered. */
export async function collect(context: CollectContext<Expect>, known: Known): Promise<Raw> {
  const { connection, expect, signal, progress } = context;
  const { servers } = connection;
  const ownHosts = [...expect.ownHosts, ...expect.domains];
  const { matcher, ...compared } = comparisonWith(known, { ...expect, ownHosts });
  const client = createDnsClient(servers, expect.timeoutMs, signal);
  const isOwn = (value: string) => matcher.recognize({ kind: 'host', value }).is === 'own';
  const looks: Look[] = [];
  const queue = [
    ...expect.domains.map((name) => () => lookAtDomain(name, client, isOwn)),
    ...expect.hosts.map((name) => () => lookAtHost(name, client, isOwn)),
  ];
  for (let at = 0; at < queue.length; at += AT_ONCE) {
    looks.push(...(await Promise.all(queue.slice(at, at + AT_ONCE).map((look) => look()))));
    progress(`${looks.length} of ${queue.length} names`);
  }
  if (signal.aborted) throw new SourceUnreadable('transient', 'The run was stopped before all names were asked about.');
  unreadableIfSilent(looks);
  const signals = looks.flatMap((look) => look.signals);
  const seen = vendorsOf(signals, matcher);
  return {
    ...compared,
    observed: seen.vendors,
    signals: seen.total,
    hosts: hostReadingOf(
      signals.filter(({ kind }) => kind !== 'txt'),
      matcher,
    ),
    names: looks.map(({ name, problems }) => ({ name, problems: [...new Set(problems)] })),
    spfLookups: Math.max(0, ...looks.map(({ lookups }) => lookups)),
    unknownTexts: seen.unknown.filter(({ kind }) => kind === 'txt').length,
  };
}

async function lookAtDomain(name: string, client: DnsClient, isOwn: (host: string) => boolean): Promise<Look> {
  const [mail, texts] = [await client.mx(name), await client.txt(name)];
  const problems = [mail, texts].flatMap((answer) =>
    answer.is === 'answered' ? [] : [answer.is === 'unanswered' ? answer.problem : answer.is],
  );
  const records = texts.is === 'answered' ? texts.records : [];
  const spf = await followSpf(name, records, client, isOwn);
  const policies = new Set(spfOf(records));
  return {
    name,
    signals: [
      ...of('mx', mail.is === 'answered' ? mail.records : []),
      ...of('spf', spf.targets),
      ...of(
        'txt',
        records.filter((record) => !policies.has(record)),
      ),
    ],
    problems: [...problems, ...spf.problems],
    lookups: spf.lookups,
  };
}

async function lookAtHost(name: string, client: DnsClient, isOwn: (host: string) => boolean): Promise<Look> {
  const { targets, problems } = await followAliases(name, client, isOwn);
  return { name, signals: of('cname', targets), problems, lookups: 0 };
}

function of(kind: Signal['kind'], values: readonly string[]): Signal[] {
  return values.map((value) => ({ kind, value }));
}

/** When nothing was answered, the source could not be read; an answer that there is nothing is an answer. */
function unreadableIfSilent(looks: readonly Look[]): void {
  const all = (...silent: Problem[]) =>
    looks.every(
      ({ problems, signals }) => signals.length === 0 && problems.some((problem) => silent.includes(problem)),
    );
  if (all('refused')) throw new SourceUnreadable('denied', 'The DNS server refuses to answer this machine.');
  if (all('timeout', 'server failure', 'refused', 'malformed'))
    throw new SourceUnreadable('transient', 'The DNS server answered none of the questions.');
}
