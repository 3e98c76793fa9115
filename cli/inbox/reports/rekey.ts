import type { Desk } from '../../../intake/desk.ts';
import { seal } from '../../../intake/envelope/seal.ts';
import { listReports } from '../../../intake/reports/desk/list.ts';
import type { MessageLine, ShownReport } from '../../../intake/reports/desk/show.ts';
import { resealMessage } from '../../../intake/reports/desk/write.ts';
import { reportStanding } from '../../../intake/reports/standing.ts';
import type { Member } from '../../../intake/staff/roles.ts';
import { CandorError, candorError } from '../../../schemas/index.ts';
import { type Answer, table } from '../answer.ts';
import type { Inbox } from '../open.ts';
import type { Opener } from './identity.ts';
import { shownReport } from './look.ts';
import { plainOf } from './read.ts';

/** How many cases are listed at once. */
const PAGE = 200;

/** The messages of one case that stay as they are, and why. */
type Left = { id: string; positions: number[]; why: string };

const CLOSED = 'this identity does not open them';
const REFUSING = 'nothing can be encrypted to one of their recipients';

/**
 * Encrypts every message of all open cases, or of one, to today’s recipients: somebody who can still decrypt does it after
 * another one's key was lost. What cannot be done is named, and hinders nothing else. Cut off, it may be done again. Throws
 * RecipientsMissing.
 */
export async function rekeyed(inbox: Inbox, only: string | undefined, opener: Opener): Promise<Answer> {
  const member = await inbox.member();
  const desk = await inbox.desk();
  const { recipients } = await reportStanding(desk);
  if (recipients.length === 0) throw candorError('RecipientsMissing', {});
  const remaining: Left[] = [];
  let messages = 0;
  for (const id of await idsOf(inbox, member, only)) {
    const shown = await shownReport(inbox, member, id);
    const left = new Map<string, number[]>();
    for (const line of shown.messages.filter(({ isKept }) => isKept)) {
      const plain = await plainOf(inbox, member, id, line.position, opener);
      const problem = plain === undefined ? CLOSED : await resealed({ desk, member, recipients }, shown, line, plain);
      if (problem === undefined) messages += 1;
      else left.set(problem, [...(left.get(problem) ?? []), line.position]);
    }
    remaining.push(...[...left].map(([why, positions]) => ({ id, positions, why })));
  }
  return {
    json: { messages, remaining },
    text: `${messages} messages are encrypted to the recipients of today.\n${leftText(remaining)}`,
    holds: remaining.length === 0,
  };
}

/** Which open cases an identity cannot open, and which messages of them. */
export async function checked(inbox: Inbox, opener: Opener): Promise<Answer> {
  const member = await inbox.member();
  const remaining: Left[] = [];
  const ids = await idsOf(inbox, member, undefined);
  for (const id of ids) {
    const { messages } = await shownReport(inbox, member, id);
    const positions: number[] = [];
    for (const { position, isKept } of messages)
      if (isKept && (await plainOf(inbox, member, id, position, opener)) === undefined) positions.push(position);
    if (positions.length > 0) remaining.push({ id, positions, why: CLOSED });
  }
  const text =
    remaining.length === 0
      ? `This identity opens all ${ids.length} open cases.\n`
      : `This identity does not open ${remaining.length} of ${ids.length} open cases.\n${leftText(remaining)}`;
  return { json: { cases: ids.length, unreadable: remaining }, text, holds: remaining.length === 0 };
}

type Resealing = { desk: Desk; member: Member; recipients: readonly string[] };

/** Encrypts one message anew; or says why that cannot be. */
async function resealed(
  { desk, member, recipients }: Resealing,
  shown: ShownReport,
  { position, audience, digest: was }: MessageLine,
  plain: Uint8Array,
): Promise<string | undefined> {
  const others = audience === 'guest' ? shown.guestRecipients : audience === 'team' ? [] : reporterOf(shown, position);
  const message = await seal(plain, [...recipients, ...others]).catch(() => undefined);
  if (message === undefined) return REFUSING;
  try {
    await resealMessage(desk, member, shown.id, { position, was, message });
    return undefined;
  } catch (error) {
    if (error instanceof CandorError && error.name === 'ReportMessageRefused') return error.what;
    throw error;
  }
}

/** The report itself is for the team alone, as when it came: whoever has its receipt code cannot read it. */
function reporterOf({ replyTo }: ShownReport, position: number): string[] {
  return replyTo === null || position === 1 ? [] : [replyTo];
}

async function idsOf({ db, now }: Inbox, member: Member, only: string | undefined): Promise<string[]> {
  if (only !== undefined) return [only];
  const ids: string[] = [];
  for (let after: string | undefined; ; ) {
    const { rows, next } = await listReports(db, member, { after, limit: PAGE }, now());
    ids.push(...rows.map(({ id }) => id));
    if (next === undefined) return ids;
    after = next;
  }
}

function leftText(remaining: readonly Left[]): string {
  if (remaining.length === 0) return '';
  return table(remaining.map(({ id, positions, why }) => [`  ${id}`, `messages ${positions.join(', ')}`, why]));
}
