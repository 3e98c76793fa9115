import type { Id } from '../../schemas/index.ts';
import type { HostReading } from '../vendors/assess.ts';
import type { Matcher, Recognition } from '../vendors/matcher.ts';
import type { ObservedVendor } from '../vendors/observe.ts';
import type { Line } from './log.ts';
import type { Raw } from './schema.ts';

/** Different hosts that are remembered. More cost time, not memory; and their number is then a lower bound. */
const MOST_HOSTS = 200_000;

/** Adds up the lines of a log in memory that does not grow with it. */
export class Tally {
  lines = 0;
  withoutHost = 0;
  unreadable = 0;
  #oldest = Number.POSITIVE_INFINITY;
  #newest = Number.NEGATIVE_INFINITY;
  readonly #matcher: Matcher;
  readonly #known = new Map<string, Recognition>();
  readonly #vendors = new Map<Id, { vendor: ObservedVendor; requests: number; bytes: number }>();
  readonly #counts = { own: 0, known: 0, unknown: 0 };
  readonly #none = new Map<string, string>();

  constructor(matcher: Matcher) {
    this.#matcher = matcher;
  }

  add(line: Line | null): void {
    this.lines += 1;
    const at = line === null ? undefined : timeOf(line.time);
    const [bytes, requests] = [numberOf(line?.bytes, 0), numberOf(line?.requests, 1)];
    if (
      line?.host === undefined ||
      line.host === '' ||
      at === undefined ||
      bytes === undefined ||
      requests === undefined
    ) {
      this.unreadable += 1;
      return;
    }
    this.#oldest = Math.min(this.#oldest, at);
    this.#newest = Math.max(this.#newest, at);
    const host = hostIn(line.host);
    if (host === undefined) this.withoutHost += 1;
    else this.#count(this.#recognize(host), requests, bytes);
  }

  /** What all lines together say. */
  result(): Pick<
    Raw,
    'observed' | 'signals' | 'hosts' | 'traffic' | 'oldestAt' | 'newestAt' | 'lines' | 'withoutHost' | 'unreadable'
  > {
    const { own, known, unknown } = this.#counts;
    const seen = [...this.#vendors.values()].toSorted((a, b) => (a.vendor.id < b.vendor.id ? -1 : 1));
    const none = [...this.#none].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const hosts: HostReading = {
      own,
      known,
      none: none.map(([pattern, reason]) => ({ pattern, reason })),
      // Whoever a product talks to may be a customer’s own system, so that names are not published.
      unknown: [],
      unknownCount: unknown,
    };
    return {
      observed: seen.map(({ vendor: { told, ...vendor } }) => ({
        ...vendor,
        told: told.toSorted((a, b) => (a.pattern < b.pattern ? -1 : 1)),
      })),
      signals: own + known + unknown + none.length,
      hosts,
      traffic: seen.map(({ vendor: { id }, requests, bytes }) => ({ id, requests, bytes })),
      oldestAt: instantOf(this.#oldest),
      newestAt: instantOf(this.#newest),
      lines: this.lines,
      withoutHost: this.withoutHost,
      unreadable: this.unreadable,
    };
  }

  /** Counts each host once, as long as there are not too many to remember. */
  #recognize(host: string): Recognition {
    const before = this.#known.get(host);
    if (before !== undefined) return before;
    const found = this.#matcher.recognize({ kind: 'host', value: host });
    if (this.#known.size >= MOST_HOSTS) return found;
    this.#known.set(host, found);
    if (found.is === 'own') this.#counts.own += 1;
    else if (found.is === 'vendor') this.#counts.known += 1;
    else if (found.is === 'unknown') this.#counts.unknown += 1;
    return found;
  }

  #count(found: Recognition, requests: number, bytes: number): void {
    if (found.is === 'unknown') this.#counts.unknown = Math.max(1, this.#counts.unknown);
    if (found.is === 'none') this.#none.set(found.pattern, found.reason);
    if (found.is !== 'vendor') return;
    for (const { id, name } of found.vendors) {
      const of = this.#vendors.get(id) ?? { vendor: { id, name, told: [] }, requests: 0, bytes: 0 };
      this.#vendors.set(id, of);
      // No further than a number is exact.
      of.requests = Math.min(of.requests + requests, Number.MAX_SAFE_INTEGER);
      of.bytes = Math.min(of.bytes + bytes, Number.MAX_SAFE_INTEGER);
      const told = of.vendor.told.find(({ pattern }) => pattern === found.pattern);
      if (told === undefined) of.vendor.told.push({ kind: 'host', pattern: found.pattern, count: 1 });
      else told.count += 1;
    }
  }
}

/** The host in `api.stripe.com:443`, `https://api.stripe.com/v1`, `[::1]:80` or `10.0.0.1`; undefined for `-`, and for what Squid calls an error. */
export function hostIn(value: string): string | undefined {
  const text = value.trim().slice(0, 2000);
  if (text === '-' || text.startsWith('error:')) return undefined;
  const authority = text.replace(/^[a-z][a-z0-9+.-]{0,20}:\/\//i, '').split(/[/?#]/)[0] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return /^\[([^\]]+)\]/.exec(host)?.[1] ?? host;
}

/** Milliseconds since 1970 of ISO 8601, or of seconds or milliseconds since 1970; undefined for anything else. */
export function timeOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d{9,14}(\.\d{1,9})?$/.test(value) ? Number(value) : undefined;
  // Seconds have ten digits until the year 2286.
  const at = number === undefined ? isoTime(value) : number < 1e11 ? number * 1000 : number;
  return at === undefined || !(at > 0 && at < 4102444800000) ? undefined : at;
}

function isoTime(value: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value)) return undefined;
  // Without a zone it is UTC, and not the zone of whichever machine reads it.
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`);
}

/** A count as the log writes it; `otherwise` where it has none, undefined for what is no count. */
function numberOf(value: string | undefined, otherwise: number): number | undefined {
  if (value === undefined || value === '' || value === '-') return otherwise;
  return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function instantOf(at: number): string | null {
  return Number.isFinite(at) ? new Date(at).toISOString() : null;
}
