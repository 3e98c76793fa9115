import type { DnsClient } from '../clients/dns.ts';
import type { Problem } from './schema.ts';

/** Resolvers give up at about as many. */
const MOST_ALIASES = 16;

/**
 * Follows the aliases of a host, to the first target that is not the company’s own: what a vendor’s host is an alias of is
 * the vendor’s affair. A target that does not exist is still a target, for its vendor could answer for it.
 */
export async function followAliases(
  host: string,
  client: DnsClient,
  isOwn: (host: string) => boolean,
): Promise<{ targets: string[]; problems: Problem[] }> {
  const targets: string[] = [];
  for (let at = host; targets.length <= MOST_ALIASES; ) {
    const answer = await client.cname(at);
    if (answer.is === 'unanswered') return { targets, problems: [answer.problem] };
    if (answer.is === 'no such name') return { targets, problems: at === host ? ['no such name'] : [] };
    const target = answer.records[0]?.toLowerCase().replace(/\.$/, '');
    if (target === undefined) return { targets, problems: [] };
    if (target === host || targets.includes(target)) return { targets, problems: ['alias loop'] };
    targets.push(target);
    if (!isOwn(target)) return { targets, problems: [] };
    at = target;
  }
  return { targets, problems: ['too many aliases'] };
}
