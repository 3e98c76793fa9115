import { lookup } from 'node:dns';
import { request as requestPlain } from 'node:http';
import { request } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress } from '../../posture/address.ts';
import { isTlsCode } from '../outbox/outcome.ts';

/** An IP address that a name has. */
type Place = { address: string; family: number };

/** What may be connected to. The one of production is `publicInternet`; tests declare their own servers. */
export type Reach = {
  mayConnect: (address: string, port: number) => boolean;
  resolve: (host: string, done: (error: Error | null, places: Place[]) => void) => void;
  /** Whether http is spoken too. */
  plain: boolean;
  /** Who is believed, instead of the authorities that Node.js knows. */
  ca?: string;
};

/** Public addresses alone, as the system resolves names, over https. */
export const publicInternet: Reach = {
  mayConnect: isPublicAddress,
  resolve: (host, done) => lookup(host, { all: true }, done),
  plain: false,
};

/** What the other side said: its status, and the time before which it does not want to be asked again. */
export type Answer = { status: number; retryAfter: Date | undefined };

/** Nothing was answered, for a reason in a code. */
export class Unanswered extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.name = 'Unanswered';
    this.reason = reason;
  }
}

/** How much of an answer's body is let through, to be polite; none of it is read. */
const BODY_BYTES = 16_384;

/**
 * Sends `body` by POST, once. The name is resolved once, all of its addresses must be allowed, and one of those is
 * connected to, so that a name cannot change its mind in between; proxies of the environment are not used. Redirects are
 * not followed: they are answers. Throws Unanswered.
 */
export async function post(
  target: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  { now, signal, reach }: { now: Date; signal: AbortSignal; reach: Reach },
): Promise<Answer> {
  const url = new URL(target);
  if (url.protocol !== 'https:' && !(reach.plain && url.protocol === 'http:')) throw new Unanswered('not-https');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // What is an address already is connected to without any lookup.
  if (isIP(host) !== 0 && !reach.mayConnect(host, port)) throw new Unanswered('address-refused');
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = (url.protocol === 'https:' ? request : requestPlain)(url, {
    method: 'POST',
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)), 'user-agent': 'Candor' },
    agent: false,
    signal,
    lookup: (name, { all }, done) =>
      reach.resolve(name, (error, places) => {
        const [first] = places;
        if (error !== null || first === undefined) return done(error ?? new Unanswered('unreachable'), '');
        if (!places.every(({ address }) => reach.mayConnect(address, port)))
          return done(new Unanswered('address-refused'), '');
        if (all) done(null, places);
        else done(null, first.address, first.family);
      }),
    ...(reach.ca === undefined ? {} : { ca: reach.ca }),
  });
  outgoing.on('error', (error) => reject(error instanceof Unanswered ? error : new Unanswered(reasonOf(error))));
  outgoing.on('response', (response) => {
    const { statusCode = 0, headers: said } = response;
    resolve({ status: statusCode, retryAfter: retryAfter(said['retry-after'], now) });
    let bytes = 0;
    response.on('error', () => undefined);
    response.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > BODY_BYTES) response.destroy();
    });
  });
  outgoing.end(body);
  return promise;
}

/** RFC 9110, 10.2.3: seconds, or a date of HTTP. */
function retryAfter(value: string | undefined, now: Date): Date | undefined {
  if (value !== undefined && /^\d{1,9}$/.test(value)) return new Date(now.getTime() + Number(value) * 1000);
  const at = value?.endsWith(' GMT') ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : new Date(at);
}

function reasonOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ABORT_ERR' || error.name === 'AbortError') return 'timeout';
  if (code.startsWith('HPE_')) return 'malformed-answer';
  if (isTlsCode(code)) return 'tls';
  return 'unreachable';
}
