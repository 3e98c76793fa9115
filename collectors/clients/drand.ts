import { z } from 'zod';
import { SampleSeed } from '../../schemas/index.ts';

/** A round as drand’s HTTP API gives it, and as people keep it in a file. Other fields are dropped. */
const Round = z.object({ round: z.int().positive(), signature: z.string() });

const TIMEOUT_MS = 30_000;
/** No round is larger. */
const MAX_BYTES = 4_096;

/** A round that could not be had; `problem` is in our own words. */
export class RoundUnreadable extends Error {
  readonly problem: string;
  constructor(problem: string) {
    super(problem);
    this.name = 'RoundUnreadable';
    this.problem = problem;
  }
}

/** Reads a round from the text of drand’s JSON; its signature is checked elsewhere. Throws RoundUnreadable. */
export function parseRound(text: string): Extract<SampleSeed, { kind: 'beacon' }> {
  const round = Round.safeParse(json(text));
  const seed = SampleSeed.safeParse({ kind: 'beacon', ...round.data });
  if (seed.data?.kind !== 'beacon') throw new RoundUnreadable('it is no round of drand’s quicknet');
  return seed.data;
}

/**
 * Asks a relay for one round of a chain: `GET /<chain>/public/<round>`, and nothing else. A redirect would lead to a host
 * that nobody named, so it is refused. Throws RoundUnreadable. https://docs.drand.love/developer/http-api/
 */
export async function fetchRound(
  relay: string,
  chain: string,
  round: number,
  signal: AbortSignal,
): Promise<Extract<SampleSeed, { kind: 'beacon' }>> {
  const url = `${relay.replace(/\/+$/, '')}/${chain}/public/${round}`;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const response = await fetch(url, { redirect: 'error', signal: limit }).catch(() => undefined);
  if (response === undefined) throw new RoundUnreadable('there is no answer');
  if (!response.ok) {
    await response.body?.cancel();
    throw new RoundUnreadable(`it answers with status ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_BYTES) break;
    }
  } catch {
    throw new RoundUnreadable('its answer was cut off');
  }
  if (size > MAX_BYTES) throw new RoundUnreadable('its answer is too long for a round');
  return parseRound(Buffer.concat(chunks).toString('utf8'));
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
