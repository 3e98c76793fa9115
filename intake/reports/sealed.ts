import type { Challenge } from 'altcha-lib';
import { z } from 'zod';
import { Digest } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { takesMessages } from '../envelope/seal.ts';
import type { SentFile } from '../web/multipart.ts';
import { Refusal } from '../web/refusal.ts';
import { newChallenge, proofIn } from './challenge.ts';
import { hindrance, type ReportProblem, readMessage } from './look.ts';
import { addIfChanged, ProofUsed, receiveReport } from './receive.ts';
import { reportStanding } from './standing.ts';

/** What the script of the form sends beside the ciphertext. */
const SealedForm = z.object({
  access: z.string().regex(/^[\w-]{43}$/),
  replyTo: z.string().refine(takesMessages),
  keys: Digest,
  solution: z.string().max(4000).default(''),
  critical: z.enum(['yes', 'no']).default('no'),
});

/** What the script is told. Its draft is still in the browser: with other keys, or another proof, it can try again. */
export type SealedAnswer =
  | { status: 201; body: { number: string } }
  | { status: 422; body: { problem: ReportProblem; keys: readonly string[] } }
  | { status: 428; body: { problem: 'challenge'; challenge: Challenge } };

/**
 * Takes in a report that was encrypted in a browser. Throws Refusal: no-keys, paused, too-large; and what the database and
 * content throw: then nothing was taken in.
 */
export async function submitSealed(
  desk: Desk,
  form: URLSearchParams,
  files: ReadonlyMap<string, readonly SentFile[]> | undefined,
): Promise<SealedAnswer> {
  const standing = await reportStanding(desk);
  const refused = (problem: ReportProblem): SealedAnswer => ({
    status: 422,
    body: { problem, keys: standing.recipients },
  });
  const parsed = await SealedForm.safeParseAsync(Object.fromEntries(form));
  const [message] = files?.get('message') ?? [];
  if (!parsed.success || message === undefined) return refused('incomplete');
  const { access, replyTo, keys, solution } = parsed.data;
  const critical = parsed.data.critical === 'yes';
  const hindered = hindrance(standing, critical);
  if (hindered !== undefined) throw new Refusal(hindered);
  const read = readMessage(message.bytes, keys, standing);
  if ('problem' in read) return refused(read.problem);
  const { ciphertext } = read;
  const proof = await proofIn(desk, solution);
  const again = async (): Promise<SealedAnswer> => ({
    status: 428,
    body: { problem: 'challenge', challenge: await newChallenge(desk) },
  });
  if (proof === undefined) return again();
  try {
    const report = { via: 'browser', ciphertext, access, replyTo, keys, critical } as const;
    const [{ takeIn, head, db }, at] = [desk, desk.now()];
    const { number, wasThere } = await receiveReport(takeIn, head, standing.contacts, report, at, proof);
    if (wasThere) await addIfChanged(db, { number, ciphertext, at }, proof);
    return { status: 201, body: { number } };
  } catch (error) {
    if (error instanceof ProofUsed) return again();
    throw error;
  }
}
