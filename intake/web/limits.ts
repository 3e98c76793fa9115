import { hash, randomBytes } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { Refusal } from './refusal.ts';

/** How many in how many ms: forms from one network, and letters that strangers have us write to one mailbox. */
const FORMS = { most: 30, window: 600_000 };
const LETTERS = { most: 5, window: 3_600_000 };
/** How many names are told apart. Two that fall together share one limit; of 100,000 in a window hardly two ever reach it. */
const NAMES = 2 ** 22;

/**
 * Limits of one process. They hold no address, and the same 8 MiB however many there are: a network or mailbox is the
 * place of a counter, found by a hash with a secret that is made when the process starts and is written nowhere.
 */
export type Limits = {
  /** Counts a form. `address` is that of the visitor. Throws Refusal too-many. */
  form: (address: string) => void;
  /** Counts a letter that a stranger has us write, to whatever mailbox. Throws Refusal too-many. */
  letter: (mailbox: string) => void;
};

/** Makes the limits. `now` in ms; it may jump. */
export function makeLimits(now: () => number = Date.now): Limits {
  const [forms, letters] = [counter(FORMS, now), counter(LETTERS, now)];
  return {
    form: (address) => forms(networkOf(address)),
    letter: (mailbox) => letters(mailbox.trim().toLowerCase()),
  };
}

/** Counts names; all counts begin anew with each window. */
function counter({ most, window }: typeof FORMS, now: () => number): (name: string) => void {
  const secret = randomBytes(32).toString('hex');
  const counts = new Uint8Array(NAMES);
  let began = now();
  return (name) => {
    if (Math.abs(now() - began) >= window) {
      counts.fill(0);
      began = now();
    }
    const place = hash('sha256', `${secret}${name}`, 'buffer').readUInt32BE() % NAMES;
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
  const chain = (forwarded ?? '').split(',').map((part) => part.trim());
  const address = proxies === 0 ? undefined : chain.at(-proxies);
  return address === undefined || address === '' ? (connection ?? 'unknown') : address;
}
