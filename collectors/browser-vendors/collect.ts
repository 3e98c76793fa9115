import { answersIn } from '../clients/answers.ts';
import { type DeclaredPage, type PageLook, type Tour, tour } from '../clients/browser.ts';
import { type CollectContext, type Known, SourceUnreadable } from '../define.ts';
import { comparisonWith } from '../vendors/comparison.ts';
import type { Matcher } from '../vendors/matcher.ts';
import { vendorsOf } from '../vendors/observe.ts';
import { storageStateIn } from './connection.ts';
import type { Expect, Raw } from './schema.ts';

/** Loads the pages and keeps of each host what it is; the hosts and addresses themselves go no further. */
export async function collect(context: CollectContext<Expect>, known: Known): Promise<Raw> {
  const { expect, connection } = context;
  const ownHosts = [...expect.ownHosts, ...hostsOfPages(expect)];
  const { matcher, today, declared } = comparisonWith(known, { ...expect, ownHosts });
  const seen = await look(context);
  if (seen.pages.every(({ problem }) => problem !== null)) throw nothingSeen(seen.pages);
  const hosts = [...new Set(seen.pages.flatMap((page) => page.hosts.map(({ host }) => host)))];
  const { vendors, own, none, unknown, total } = vendorsOf(
    hosts.map((value) => ({ kind: 'host' as const, value })),
    matcher,
  );
  const order = pagesOf(expect).map(({ url }) => url);
  const place = ({ url }: PageLook) => (order.includes(url) ? order.indexOf(url) : order.length);
  return {
    reading: { today, declared, observed: vendors, signals: total },
    hosts: {
      own,
      known: total - own - none.reduce((sum, { count }) => sum + count, 0) - unknown.length,
      none: none.map(({ pattern, reason }) => ({ pattern, reason })),
      // Only hosts of known vendors are published; `doctor` names the others to whoever runs it.
      unknown: [],
      unknownCount: unknown.length,
    },
    pages: seen.pages
      .toSorted((a, b) => place(a) - place(b))
      .map((page) => ({ declared: order.includes(page.url), problem: page.problem })),
    more: seen.more,
    requests: vendors.map(({ id }) => requestsOf(id, seen, matcher)),
    answeredLocally: connection.resolve !== undefined,
    signedIn: connection.storageState !== undefined,
  };
}

/** Loads the pages. Throws SourceUnreadable. */
export async function look({ connection, expect, progress, signal }: CollectContext<Expect>): Promise<Tour> {
  const { resolve, storageState } = connection;
  if (storageState !== undefined && expect.crawlUpTo > 0)
    throw new SourceUnreadable(
      'configuration',
      'Somebody who is signed in follows no links, for a link may do something: declare the pages, without `crawlUpTo`.',
    );
  return tour({
    pages: pagesOf(expect),
    crawlUpTo: expect.crawlUpTo,
    answers: answersIn(resolve),
    storageState: storageState === undefined ? undefined : await storageStateIn(storageState, hostsOfPages(expect)),
    signal,
    progress,
  });
}

function pagesOf({ pages }: Expect): DeclaredPage[] {
  return pages.map((page) => (typeof page === 'string' ? { url: page } : page));
}

/** The hosts of the declared pages: they are the product itself. */
export function hostsOfPages(expect: Expect): Set<string> {
  return new Set(pagesOf(expect).map(({ url }) => new URL(url).hostname));
}

/** On how many pages a vendor was reached, and by which kinds of requests. */
function requestsOf(vendor: string, { pages }: Tour, matcher: Matcher): Raw['requests'][number] {
  const isOf = (host: string) => {
    const found = matcher.recognize({ kind: 'host', value: host });
    return found.is === 'vendor' && found.vendors.some(({ id }) => id === vendor);
  };
  const reached = pages.map(({ hosts }) => hosts.filter(({ host }) => isOf(host))).filter(({ length }) => length > 0);
  return {
    vendor,
    types: [...new Set(reached.flat().flatMap(({ types }) => types))].sort(),
    pages: reached.length,
  };
}

function nothingSeen(pages: Tour['pages']): SourceUnreadable {
  const count = pages.length === 1 ? 'The page' : `None of the ${pages.length} pages`;
  const not = pages.length === 1 ? 'could not be' : 'could be';
  const isRefused = pages.every(({ problem }) => problem === 'refused');
  if (isRefused) return new SourceUnreadable('denied', `${count} ${not} loaded: the server refuses this visitor.`);
  const problems = [...new Set(pages.map(({ problem }) => problem))].join(', ');
  return new SourceUnreadable('transient', `${count} ${not} loaded (${problems}).`);
}
