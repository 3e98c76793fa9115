import { packMessage } from '../../../intake/envelope/report.ts';
import { seal } from '../../../intake/envelope/seal.ts';
import { assign, markDuplicate, moveReport, type PlainState, triage } from '../../../intake/reports/desk/decide.ts';
import { finishDuty, startDuty } from '../../../intake/reports/desk/duty.ts';
import { addGuest, removeGuest } from '../../../intake/reports/desk/guests.ts';
import { writeMessage } from '../../../intake/reports/desk/write.ts';
import { reportStanding } from '../../../intake/reports/standing.ts';
import type { CvssVector, CweId, DutyEvent, DutyRegime, DutyStep } from '../../../schemas/index.ts';
import { candorError } from '../../../schemas/index.ts';
import type { Answer } from '../answer.ts';
import type { Inbox } from '../open.ts';
import type { Opener } from './identity.ts';
import { shown, shownReport } from './look.ts';
import { plainOf } from './read.ts';

/** Moves a case on. */
export async function moved(inbox: Inbox, id: string, to: PlainState): Promise<Answer> {
  return became(await moveReport(inbox, await inbox.member(), { id }, to));
}

/** Says how severe it is. */
export async function triaged(inbox: Inbox, id: string, cvss: CvssVector, cwe: CweId | undefined): Promise<Answer> {
  const member = await inbox.member();
  const after = await triage(inbox, member, { id }, { cvss, cwe });
  const { severity } = await shownReport(inbox, member, id);
  return { json: { id, state: after.state, severity }, text: `${id} is ${after.state}, ${severity}.\n` };
}

/** Says that another report came first. */
export async function duplicated(inbox: Inbox, id: string, of: string): Promise<Answer> {
  return became(await markDuplicate(inbox, await inbox.member(), { id }, of));
}

/** Gives a case to somebody, or to nobody. */
export async function assigned(inbox: Inbox, id: string, assignee: string | null): Promise<Answer> {
  await assign(inbox, await inbox.member(), { id }, assignee);
  return { json: { id, assignee }, text: `${id} is ${assignee === null ? 'nobody’s' : `given to ${assignee}`}.\n` };
}

/** Shares a case with a guest. `recipients`: theirs, which are kept with the account. */
export async function guest(inbox: Inbox, id: string, account: string, recipients: readonly string[]): Promise<Answer> {
  await addGuest(inbox, await inbox.member(), { id }, account, recipients);
  return {
    json: { id, guest: account, isAdded: true },
    text: `${account} sees ${id}, and of what is written there what \`share\` encrypts to them.\n`,
  };
}

/** Ends what `guest` began. */
export async function noGuest(inbox: Inbox, id: string, account: string): Promise<Answer> {
  await removeGuest(inbox, await inbox.member(), { id }, account);
  return {
    json: { id, guest: account, isAdded: false },
    text: `${account} no longer sees ${id}. What they decrypted, they have.\n`,
  };
}

/** Writes a note of the team, or to the reporter; it is encrypted here. Throws RecipientsMissing, ReportMessageRefused. */
export async function wrote(inbox: Inbox, id: string, audience: 'team' | 'reporter', text: string): Promise<Answer> {
  const member = await inbox.member();
  const desk = await inbox.desk();
  const { replyTo } = await shownReport(inbox, member, id);
  const { recipients } = await reportStanding(desk);
  if (recipients.length === 0) throw candorError('RecipientsMissing', {});
  const reporter = audience === 'reporter' ? replyTo : undefined;
  if (reporter === null)
    throw candorError('ReportMessageRefused', { id, problem: 'its reporter left no key to answer to' });
  const message = await seal(packMessage(text), reporter === undefined ? recipients : [...recipients, reporter]);
  const position = await writeMessage(desk, member, { id }, { audience, message });
  return {
    json: { id, position, audience },
    text: `Message ${position} of ${id} is written ${audience === 'team' ? 'for the team' : 'to the reporter'}.\n`,
  };
}

/** Encrypts one message of a case to its guests too. Throws ReportNotReadable, and what `wrote` throws. */
export async function shared(inbox: Inbox, id: string, position: number, opener: Opener): Promise<Answer> {
  const member = await inbox.member();
  const desk = await inbox.desk();
  const { recipients } = await reportStanding(desk);
  const plain = await plainOf(inbox, member, id, position, opener);
  if (plain === undefined) throw candorError('ReportNotReadable', { id, positions: [position] });
  const { guestRecipients } = await shownReport(inbox, member, id);
  if (guestRecipients.length === 0)
    throw candorError('ReportMessageRefused', {
      id,
      problem: 'it is shared with no guest whose age recipient is known',
    });
  const message = await seal(plain, [...recipients, ...guestRecipients]);
  const at = await writeMessage(desk, member, { id }, { audience: 'guest', message });
  return {
    json: { id, position: at, of: position },
    text: `Message ${at} of ${id} is message ${position}, encrypted to its guests too.\n`,
  };
}

/** Starts the clocks of a law, or records what was handed in. */
export async function regulated(
  inbox: Inbox,
  id: string,
  { regime, event, step }: { regime: DutyRegime; event?: DutyEvent | undefined; step?: DutyStep | undefined },
): Promise<Answer> {
  const member = await inbox.member();
  if (event !== undefined) await startDuty(inbox, member, { id }, { regime, event });
  if (step !== undefined) await finishDuty(inbox, member, { id }, { regime, step });
  return shown(inbox, id);
}

function became({ id, state }: { id: string; state: string }): Answer {
  return { json: { id, state }, text: `${id} is ${state}.\n` };
}
