import { hash, randomBytes } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { Refusal } from './refusal.ts';

/** How many forms one network may send, and how many one mailbox may be written to because of them. */
const FORMS = { points: 30, duration: 600 };
const LETTERS = { points: 5, duration: 3_600 };

/** How many networks, and how many mailboxes, are told apart. Two that fall together share one limit. */
const NAMES = 2 ** 18;

/**
 * Limits of one process. They hold no address, and no more memory however many there are: a network or mailbox is known
 * by eighteen bits of a hash with a secret that is made when the process starts and is written nowhere.
 */
export type Limits = {
  /** Counts a form. `address` is that of the visitor. Throws Refusal too-many. */
  form: (address: string) => Promise<void>;
  /** Counts a letter that a stranger has us write, to whatever mailbox. Throws Refusal too-many. */
  letter: (mailbox: string) => Promise<void>;
};

/** Makes the limits. */
export function makeLimits(): Limits {
  const secret = randomBytes(32).toString('hex');
  const nameless = (text: string) => hash('sha256', `${secret}${text}`, 'buffer').readUInt32BE() % NAMES;
  const [byNetwork, byMailbox] = [new RateLimiterMemory(FORMS), new RateLimiterMemory(LETTERS)];
  const count = async (limiter: RateLimiterMemory, name: string) => {
    await limiter.consume(nameless(name)).catch(() => {
      throw new Refusal('too-many');
    });
  };
  return {
    form: (address) => count(byNetwork, networkOf(address)),
    letter: (mailbox) => count(byMailbox, mailbox.trim().toLowerCase()),
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
