import type { DnsClient } from '../clients/dns.ts';
import type { Problem } from './schema.ts';

/** What RFC 7208, section 4.6.4, allows: `include`, `a`, `mx`, `ptr`, `exists` and `redirect` cost one look-up each. */
const MOST_LOOKUPS = 10;

/** What an SPF record leads to. */
export type Spf = {
  /** Hosts that the domain’s own records name; what a vendor’s record includes is the vendor’s affair. */
  targets: string[];
  lookups: number;
  problems: Problem[];
};

/** The SPF record among texts: the one that begins with `v=spf1` (RFC 7208, 4.5). */
export function spfOf(texts: readonly string[]): string[] {
  return texts.filter((text) => /^v=spf1(\s|$)/i.test(text));
}

/**
 * Follows the SPF record of a domain through its includes. `isOwn` says whether a host is the company’s, so that its
 * includes are the company’s choice. Stops after ten look-ups, as receivers do.
 */
export async function followSpf(
  domain: string,
  texts: readonly string[],
  client: DnsClient,
  isOwn: (host: string) => boolean,
): Promise<Spf> {
  const found: Spf = { targets: [], lookups: 0, problems: [] };
  const read = async (
    name: string,
    records: readonly string[],
    own: boolean,
    above: readonly string[],
  ): Promise<void> => {
    const [record, second] = spfOf(records);
    if (second !== undefined) found.problems.push('two SPF records');
    if (record === undefined) {
      if (above.length > 0) found.problems.push('SPF include without record');
      return;
    }
    for (const { mechanism, target, isMacro } of termsOf(record, name)) {
      found.lookups += 1;
      if (own && target !== undefined) found.targets.push(target);
      if (found.lookups > MOST_LOOKUPS) {
        if (found.lookups === MOST_LOOKUPS + 1) found.problems.push('too many SPF lookups');
        // What the company’s own record names is still read; nothing more is asked.
        continue;
      }
      if (mechanism !== 'include' && mechanism !== 'redirect') continue;
      // The name is another one for each mail. A vendor’s is the vendor’s affair; what our own would name is unknown.
      if (isMacro && own && (target === undefined || isOwn(target))) found.problems.push('SPF include by macro');
      if (isMacro || target === undefined) continue;
      if (target === name || above.includes(target)) {
        found.problems.push('SPF loop');
        continue;
      }
      const answer = await client.txt(target);
      if (answer.is === 'answered') await read(target, answer.records, own && isOwn(target), [...above, name]);
      else if (answer.is === 'no such name') found.problems.push('SPF include without record');
      else found.problems.push(answer.problem);
    }
  };
  await read(domain, texts, true, []);
  return found;
}

/** A term: of a target that depends on the mail (a macro) only what stands behind the last macro is left. */
type Term = { mechanism: string; target: string | undefined; isMacro: boolean };

/**
 * The terms of the record of a domain that cost a look-up. What stands behind `all` is never looked at, nor is a redirect
 * beside it (RFC 7208, 5.1).
 */
function termsOf(record: string, domain: string): Term[] {
  const terms = record.split(/\s+/);
  const all = terms.findIndex((term) => /^[+\-~?]?all$/i.test(term));
  const tested = all === -1 ? terms : terms.slice(0, all).filter((term) => !/^redirect=/i.test(term));
  return tested.flatMap((term) => {
    const match = /^[+\-~?]?(include|a|mx|ptr|exists|redirect)(?:[:=]([^/\s]+))?(?:\/.*)?$/i.exec(term);
    if (match === null) return [];
    const [, mechanism = '', written] = match;
    const named = written?.toLowerCase().replace(/%\{[do]\}/g, domain);
    const target = named?.replace(/^.*\}\.?/, '').replace(/\.$/, '');
    const isMacro = named?.includes('%') ?? false;
    return [{ mechanism: mechanism.toLowerCase(), target: target === '' ? undefined : target, isMacro }];
  });
}
