import type { Desk } from '../desk.ts';
import { advance } from '../lifecycle/submission.ts';
import type { Copy } from './gated.ts';
import { type Grant, grantAt, grantOf, type Hurdle, hurdleOf, versionNow } from './grant.ts';

/** A document on its way to its recipient, or why nothing is. `name` is that of the file, in ASCII. */
export type Download = { name: string; copy: Copy } | { hurdle: Hurdle };

/** What a download needs. */
type Downloading = Pick<Desk, 'db' | 'now' | 'current' | 'gated'>;

/**
 * Downloads the document of a grant. It is counted first, by one statement, so that downloads at the same time never exceed
 * the limit; and once more it is asked just before the first byte, so that a grant that was revoked or ran out
 * meanwhile, or whose document became another version, gives nothing. A copy that could not be made is given back. Only for POST: programs that look through mail open every link.
 * Throws Refusal unknown, and what the files of the documents throw.
 */
export async function download(desk: Downloading, secret: string): Promise<Download> {
  const { id } = (await grantAt(desk, secret)).submission;
  const counted = await count(desk, id);
  if (typeof counted === 'string') return { hurdle: counted };
  const { grant, number, at } = counted;
  const { document, version } = grant.terms;
  const copy = await copyOf(desk, grant, at).catch(async (error: unknown) => {
    await log(desk, id, { download: number, step: 'failed' });
    throw error;
  });
  let isOnItsWay = false;
  try {
    // Whatever came in the way while the copy was made; but for the limit, against which it is counted already.
    const hurdle = hurdleOf({ ...(await there(desk, id)), used: 0 }, await versionNow(desk, document), desk.now());
    if (hurdle !== undefined) {
      await log(desk, id, { download: number, step: 'failed' });
      return { hurdle };
    }
    isOnItsWay = await log(desk, id, { download: number, step: 'sent', file: copy.digest });
    return isOnItsWay ? { name: `${document}-${version.replace(/[^\w.-]/g, '-')}.pdf`, copy } : { hurdle: 'revoked' };
  } finally {
    if (!isOnItsWay) await copy.stream.cancel();
  }
}

/** Counts a download, or says why there is none. Whoever was not fast enough looks again. */
async function count(desk: Downloading, id: string) {
  for (;;) {
    const grant = await there(desk, id);
    const at = desk.now();
    const hurdle = hurdleOf(grant, await versionNow(desk, grant.terms.document), at);
    if (hurdle !== undefined) return hurdle;
    const number = grant.history.filter(({ facts }) => facts.step === 'asked').length + 1;
    if (await step(desk, grant, { download: number, step: 'asked' })) return { grant, number, at };
  }
}

/** Writes what a download came to. False when the grant has ended. */
async function log(desk: Downloading, id: string, facts: { download: number; step: string; file?: string }) {
  for (;;) {
    const grant = await there(desk, id);
    const { state } = grant.submission;
    if (state === 'revoked' || state === 'expired') return false;
    if (await step(desk, grant, facts)) return true;
  }
}

/** One entry of the history; false when somebody else wrote one first. */
async function step({ db, now }: Downloading, { submission }: Grant, facts: Record<string, unknown>) {
  try {
    await advance(db, submission, submission.state, { at: now(), actor: 'visitor', facts });
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'TransitionRefused') return false;
    throw error;
  }
}

async function copyOf({ current, gated }: Downloading, { submission, terms, recipient }: Grant, at: Date) {
  const { content } = await current();
  const file = content.documents.find(({ id }) => id === terms.document)?.data.file;
  if (gated === undefined || recipient === undefined || file === undefined) throw new Error('nothing is gated here');
  const { company, email } = recipient;
  return gated.copyFor(file, { company, email, grant: submission.id, at });
}

async function there({ db }: Downloading, id: string): Promise<Grant> {
  const grant = await grantOf(db, id);
  if (grant === undefined) throw new Error('grants are never deleted');
  return grant;
}
