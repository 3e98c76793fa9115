import { isIP } from 'node:net';
import { type Content, SignalKind, type VendorSignals } from '../../schemas/index.ts';
import { isPrivateAddress } from './address.ts';
import { noVendors, type Vendor, vendors } from './catalogue.ts';
import { hostOf, vendorIdsOf } from './declared.ts';
import { hostPatterns, normalize, patternsOf, type Signal } from './signal.ts';

/**
 * What a signal is: of one vendor (of several only where two claim the same pattern), the company’s own, known to be
 * nobody’s subprocessor, or unknown. `pattern` is the entry of the map that told, and may be published.
 */
export type Recognition =
  | { is: 'vendor'; vendors: readonly Vendor[]; pattern: string }
  | { is: 'own' }
  | { is: 'none'; reason: string; pattern: string }
  | { is: 'unknown' };

/** Recognizes signals. Made once for a run; recognizing costs a few look-ups a signal. */
export type Matcher = { vendors: readonly Vendor[]; recognize: (signal: Signal) => Recognition };

/** What a company adds to the map. */
export type MatcherOptions = {
  /** Its subprocessors with the signals that they add, and its site. */
  content?: Pick<Content, 'subprocessors' | 'organization'> | undefined;
  /** Hosts of the company, besides those of its site and its trust center. They never hide a vendor of the map. */
  ownHosts?: readonly string[];
  /** Hosts that are no vendor’s, with the reason. They never hide a vendor of the map. */
  notVendors?: Readonly<Record<string, string>>;
};

type Index = ReadonlyMap<SignalKind, ReadonlyMap<string, readonly Vendor[]>>;
type Found = Extract<Recognition, { is: 'vendor' }>;

/** Kinds whose values are host names. All are looked up among `host` too. */
const hostKinds: ReadonlySet<SignalKind> = new Set(['mx', 'spf', 'cname', 'host']);
/** Last labels that no public host has: RFC 6761, RFC 6762, RFC 8375, and ICANN’s `internal`. */
const privateLabels: ReadonlySet<string> = new Set(['localhost', 'local', 'internal', 'test', 'invalid', 'arpa']);
/** A name without a dot is one of the company’s own network. */
const singleLabel = /^[a-z0-9_-]+$/;
const nobodys = new Map(noVendors.flatMap(({ host, reason }) => host.map((name) => [name, reason] as const)));

/** The map, with what the company adds to it. */
export function createMatcher({ content, ownHosts = [], notVendors = {} }: MatcherOptions = {}): Matcher {
  const all = content === undefined ? vendors : withDeclared(vendors, content);
  const index = indexOf(all);
  const named = content === undefined ? [] : [content.organization.url, content.organization.trustUrl];
  const company = new Map(named.map((host) => [hostOf(host), 'own'] as const));
  const own = new Map(ownHosts.map((host) => [hostOf(host), 'own'] as const));
  const excused = new Map(Object.entries(notVendors).map(([host, reason]) => [hostOf(host), reason] as const));

  const recognizeHost = (signal: Signal): Recognition => {
    const value = normalize(signal);
    if (isIP(value) !== 0) return { is: isPrivateAddress(value) ? 'own' : 'unknown' };
    const found = longer(lookup(index, signal), lookup(index, { ...signal, kind: 'host' }));
    // Some companies are vendors themselves, and known by the site that the page names. A host that is only called its own
    // is still the vendor’s, where the map has it.
    const site = nearest(company, value);
    if (site !== undefined && (found === undefined || site.length <= found.pattern.length)) return { is: 'own' };
    if (found === undefined && nearest(own, value) !== undefined) return { is: 'own' };
    const nobody = nearest(nobodys, value);
    if (nobody !== undefined && (found === undefined || nobody.length > found.pattern.length))
      return { is: 'none', reason: nobodys.get(nobody) ?? '', pattern: nobody };
    if (found !== undefined) return found;
    const last = value.slice(value.lastIndexOf('.') + 1);
    if (privateLabels.has(last) || singleLabel.test(value)) return { is: 'own' };
    const pattern = nearest(excused, value);
    return pattern === undefined ? { is: 'unknown' } : { is: 'none', reason: excused.get(pattern) ?? '', pattern };
  };

  return {
    vendors: all,
    recognize: (signal) =>
      hostKinds.has(signal.kind) ? recognizeHost(signal) : (lookup(index, signal) ?? { is: 'unknown' }),
  };
}

/** The map and the signals that subprocessors add. One that the map does not have is known by the host of its address. */
function withDeclared(
  vendors: readonly Vendor[],
  { subprocessors }: Pick<Content, 'subprocessors'>,
): readonly Vendor[] {
  const all = new Map(vendors.map((vendor) => [vendor.id, vendor]));
  for (const entry of subprocessors) {
    const { name, url, signals = {} } = entry.data;
    for (const id of vendorIdsOf(entry, vendors)) {
      const known = all.get(id) ?? { id, name, website: url, signals: { host: [hostOf(url)] } };
      all.set(id, { ...known, signals: merged(known.signals, signals) });
    }
  }
  return [...all.values()];
}

function merged(a: VendorSignals, b: VendorSignals): VendorSignals {
  return Object.fromEntries(
    SignalKind.options.flatMap((kind) => {
      const both = [...new Set([...(a[kind] ?? []), ...(b[kind] ?? [])])];
      return both.length === 0 ? [] : [[kind, both]];
    }),
  );
}

/** Which vendors claim which pattern, by kind. */
export function indexOf(vendors: readonly Vendor[]): Index {
  const index = new Map<SignalKind, Map<string, Vendor[]>>();
  for (const vendor of vendors)
    for (const kind of SignalKind.options)
      for (const pattern of vendor.signals[kind] ?? []) {
        const ofKind = index.get(kind) ?? new Map<string, Vendor[]>();
        const key = normalize({ kind, value: pattern });
        ofKind.set(key, [...(ofKind.get(key) ?? []), vendor]);
        index.set(kind, ofKind);
      }
  return index;
}

function lookup(index: Index, signal: Signal): Found | undefined {
  const ofKind = index.get(signal.kind);
  if (ofKind === undefined) return undefined;
  for (const pattern of patternsOf(signal)) {
    const vendors = ofKind.get(pattern);
    if (vendors !== undefined) return { is: 'vendor', vendors, pattern };
  }
  return undefined;
}

function longer(a: Found | undefined, b: Found | undefined): Found | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.pattern.length > a.pattern.length ? b : a;
}

function nearest(hosts: ReadonlyMap<string, string>, value: string): string | undefined {
  for (const pattern of hostPatterns(value)) if (hosts.has(pattern)) return pattern;
  return undefined;
}
