import { VendorSignals } from '../../schemas/index.ts';
import type { HostReading } from './assess.ts';
import type { Matcher } from './matcher.ts';
import { normalize, type Signal } from './signal.ts';

const hostName = VendorSignals.shape.host.unwrap().element;

/**
 * What hosts are, each host once. `publish` says whether an unknown one may be named; when it is left out all may be, as
 * the hosts of public pages and of public DNS records. What is no well-formed host name is never named.
 */
export function hostReadingOf(
  hosts: Iterable<Signal>,
  matcher: Matcher,
  publish: (host: string) => boolean = () => true,
): HostReading {
  const seen = new Set<string>();
  const unknown: string[] = [];
  const none = new Map<string, string>();
  let [own, known, unknownCount] = [0, 0, 0];
  for (const signal of hosts) {
    const host = normalize(signal);
    if (seen.has(host)) continue;
    seen.add(host);
    const found = matcher.recognize(signal);
    if (found.is === 'own') own += 1;
    else if (found.is === 'vendor') known += 1;
    else if (found.is === 'none') none.set(found.pattern, found.reason);
    else {
      unknownCount += 1;
      if (publish(host) && hostName.safeParse(host).success) unknown.push(host);
    }
  }
  const sorted = [...none].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    own,
    known,
    none: sorted.map(([pattern, reason]) => ({ pattern, reason })),
    unknown: unknown.toSorted(),
    unknownCount,
  };
}
