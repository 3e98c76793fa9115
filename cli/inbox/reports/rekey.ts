import { seal } from '../../../intake/envelope/seal.ts';
import { listReports } from '../../../intake/reports/desk/list.ts';
import type { ShownReport } from '../../../intake/reports/desk/show.ts';
import { resealMessage } from '../../../intake/reports/desk/write.ts';
import { reportStanding } from '../../../intake/reports/standing.ts';
import type { Member } from '../../../intake/staff/roles.ts';
import { candorError } from '../../../schemas/index.ts';
import { type Answer, table } from '../answer.ts';
import type { Inbox } from '../open.ts';
import type { Opener } from './identity.ts';
import { shownReport } from './look.ts';
import { plainOf } from './read.ts';

/** How many cases are listed at once. */
const PAGE = 200;

/** The messages of one case that somebody cannot open. */
type Left = { id: string; positions: number[] };

/**
 * Encrypts every message of all open cases, or of one, to today’s recipients: somebody who can still decrypt does it after
 * another one's key was lost. Cut off, it may be done again. Throws RecipientsMissing.
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
    const closed: Left = { id, positions: [] };
    for (const { position, audience, digest: was, isKept } of shown.messages) {
      if (!isKept) continue;
      const others = audience === 'team' ? [] : audience === 'guest' ? shown.guestRecipients : ofReporter(shown);
      const plain = await plainOf(inbox, member, id, position, opener);
      if (plain === undefined) closed.positions.push(position);
      else {
        const message = await seal(plain, [...recipients, ...others]);
        await resealMessage(desk, member, id, { position, was, message });
        messages += 1;
      }
    }
    if (closed.positions.length > 0) remaining.push(closed);
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
    if (positions.length > 0) remaining.push({ id, positions });
  }
  const text =
    remaining.length === 0
      ? `This identity opens all ${ids.length} open cases.\n`
      : `This identity does not open ${remaining.length} of ${ids.length} open cases.\n${leftText(remaining)}`;
  return { json: { cases: ids.length, unreadable: remaining }, text, holds: remaining.length === 0 };
}

function ofReporter({ replyTo }: ShownReport): string[] {
  return replyTo === null ? [] : [replyTo];
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
  return table(
    remaining.map(({ id, positions }) => [
      `  ${id}`,
      `messages ${positions.join(', ')}`,
      'this identity does not open them',
    ]),
  );
}
