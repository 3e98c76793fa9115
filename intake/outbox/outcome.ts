import type { z } from 'zod';

/**
 * What became of one attempt. A reason is a code such as `timeout` or `smtp-451`, never a text of the other side: that may
 * hold an address. `failed` is for good; what is `postponed` is tried again, not before `notBefore`.
 */
export type Outcome =
  | { is: 'sent' }
  | { is: 'postponed'; reason: string; notBefore?: Date }
  | { is: 'failed'; reason: string };

/** Makes one attempt to send. Gives up when the signal aborts, and never throws what the other side said. */
export type Send<M> = (id: string, message: M, signal: AbortSignal) => Promise<Outcome>;

/** Makes attempts with messages of this shape alone: what comes out of the database is not trusted. */
export function checked<M>(shape: z.ZodType<M>, send: Send<M>): Send<unknown> {
  return async (id, message, signal) => {
    const parsed = shape.safeParse(message);
    return parsed.success ? send(id, parsed.data, signal) : { is: 'failed', reason: 'malformed' };
  };
}

/** How often a message is tried: about three days of growing waits. Then it has failed. */
export const ATTEMPTS = 28;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;

/**
 * When to try again after attempt `attempt` (1 for the first): twice as long after each, up to six hours, and of that a
 * part between half and all of it by `random` (0 to 1), so that what failed together does not come back together. Asked
 * to wait longer, up to those six hours, it does.
 */
export function nextAttempt(attempt: number, now: Date, random: number, notBefore?: Date): Date {
  const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt - 1, 30));
  const asked = (notBefore ?? now).getTime() - now.getTime();
  return new Date(now.getTime() + Math.max(whole * (0.5 + random / 2), Math.min(asked, LONGEST_WAIT_MS)));
}

/** Whether an error code of Node.js says that an encrypted connection was not to be trusted or not to be made. */
export function isTlsCode(code: string): boolean {
  return /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO|EPROTO$)/.test(code);
}
