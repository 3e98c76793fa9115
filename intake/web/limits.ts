import { hash, randomBytes } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { mailboxOf } from '../mail/mailbox.ts';
import { Refusal } from './refusal.ts';

/**
 * How many in how many ms: forms from one network; letters that strangers have us write to one mailbox, and reports without
 * proof of work from one network; such reports from everywhere.
 */
const FORMS = { most: 30, window: 600_000 };
const LETTERS = { most: 5, window: 3_600_000 };
const REPORTS_WITHOUT_WORK = { most: 120, window: 3_600_000 };
/** How many names are told apart. Two that fall together share one limit; of 100,000 in a window hardly two ever reach it. */
const NAMES = 2 ** 22;
/** How much of large forms is in memory at once, in bytes: of those with a proof of work, and of those without one. */
const HELD = { 'with-work': 96 * 2 ** 20, 'without-work': 48 * 2 ** 20 };
/** How long a form may come, in ms, before it gives way to others that find no room: else six slow ones would shut everybody out. */
const TURN_MS = 20_000;

/**
 * Limits of one process. They hold no address, and the same 8 MiB however many there are: a network or mailbox is the
 * place of a counter, found by a hash with a secret that is made when the process starts and is written nowhere.
 */
export type Limits = {
  /** Counts a form, or what costs as much as one. `address` is that of the visitor. Throws Refusal too-many. */
  form: (address: string) => void;
  /** Counts a letter that a stranger has us write, to whatever mailbox. Throws Refusal too-many. */
  letter: (mailbox: string) => void;
  /** Counts a report without proof of work. Throws Refusal too-many-plain. */
  reportWithoutWork: (address: string) => void;
  /** Room for a large form. What comes without proof of work has its own, and so takes none from the others. */
  large: (kind: keyof typeof HELD, address: string) => Held;
};

/** What one large form holds of the memory for all. */
export type Held = {
  /** Takes so many bytes more; where there is no room, of those that have been coming for long. Throws Refusal busy. */
  grow: (bytes: number) => void;
  /** All of it has come: it gives way to nobody. */
  settle: () => void;
  /** Says that it gave way. */
  gone: AbortSignal;
  /** Gives back all that it took. */
  leave: () => void;
};

/** Makes the limits. `now` in ms; it may jump. */
export function makeLimits(now: () => number = Date.now): Limits {
  const [forms, letters, reports] = [counter(FORMS, now), counter(LETTERS, now), counter(REPORTS_WITHOUT_WORK, now, 1)];
  const rooms = { 'with-work': roomFor(HELD['with-work'], now), 'without-work': roomFor(HELD['without-work'], now) };
  return {
    form: (address) => forms(networkOf(address)),
    letter: (mailbox) => letters(mailboxOf(mailbox)),
    reportWithoutWork: (address) => {
      try {
        letters(`a report from ${networkOf(address)}`);
        reports('');
      } catch {
        throw new Refusal('too-many-plain');
      }
    },
    large: (kind, address) => rooms[kind](networkOf(address)),
  };
}

/** Room for so many bytes, of which one network may hold half. What it knows of a network is gone when its forms are. */
function roomFor(most: number, now: () => number): (network: string) => Held {
  const secret = randomBytes(32).toString('hex');
  const shares = new Map<string, number>();
  /** Those that still come, the oldest first. */
  const coming = new Set<{ began: number; giveWay: () => void }>();
  let all = 0;
  return (network) => {
    const name = hash('sha256', `${secret}${network}`);
    const gone = new AbortController();
    let held = 0;
    const count = (bytes: number) => {
      const share = (shares.get(name) ?? 0) + bytes;
      if (share > 0) shares.set(name, share);
      else shares.delete(name);
      all += bytes;
      held += bytes;
    };
    const leave = () => {
      coming.delete(mine);
      count(-held);
    };
    const giveWay = () => {
      leave();
      gone.abort();
    };
    const mine = { began: now(), giveWay };
    return {
      gone: gone.signal,
      grow: (bytes) => {
        if (gone.signal.aborted || (shares.get(name) ?? 0) + bytes > most / 2) throw new Refusal('busy');
        coming.add(mine);
        while (all + bytes > most) {
          const [oldest = mine] = coming;
          if (oldest === mine || Math.abs(now() - oldest.began) < TURN_MS) throw new Refusal('busy');
          oldest.giveWay();
        }
        count(bytes);
      },
      settle: () => coming.delete(mine),
      leave,
    };
  };
}

/** Counts names; all counts begin anew with each window. */
function counter({ most, window }: typeof FORMS, now: () => number, names = NAMES): (name: string) => void {
  const secret = randomBytes(32).toString('hex');
  const counts = new Uint8Array(names);
  let began = now();
  return (name) => {
    if (Math.abs(now() - began) >= window) {
      counts.fill(0);
      began = now();
    }
    const place = hash('sha256', `${secret}${name}`, 'buffer').readUInt32BE() % names;
    const count = (counts[place] ?? 0) + 1;
    if (count > most) throw new Refusal('too-many');
    counts[place] = count;
  };
}

/** What one visitor can be assumed to hold: an IPv4 address, or a /64 of IPv6 (RFC 6177). */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (isIPv4(plain)) return plain;
  if (!isIPv6(plain)) return 'unknown';
  const [head = '', tail] = plain.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const whole = tail === undefined ? groups : [...groups, ...Array(8 - groups.length - rest.length).fill('0'), ...rest];
  return whole
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}

/**
 * The address of a visitor: that of the connection, or what the nearest of `proxies` trusted ones in front wrote into
 * X-Forwarded-For, counted from the right, because whatever is left of it can be typed by anybody.
 */
export function visitorOf(connection: string | undefined, forwarded: string | undefined, proxies: number): string {
  const chain = (forwarded ?? '').split(',').map((part) => withoutPort(part.trim()));
  const address = proxies === 0 ? undefined : chain.at(-proxies);
  return address === undefined || address === '' ? (connection ?? 'unknown') : address;
}

/** Some proxies write the port as well; an address of IPv6 has brackets then. */
function withoutPort(address: string): string {
  return address.replace(/^\[([^\]]*)\](?::\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
}
