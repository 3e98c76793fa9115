import { z } from 'zod';
import { isHybridRecipient } from '../../../schemas/core/age-recipient.ts';
import {
  CandorError,
  CvssVector,
  CweId,
  DutyEvent,
  DutyRegime,
  DutyStep,
  Id,
  VulnerabilityState,
} from '../../../schemas/index.ts';
import type { Desk } from '../../desk.ts';
import { type Submitted, submitted } from '../../staff/forms.ts';
import type { Member } from '../../staff/roles.ts';
import { may } from '../../staff/roles.ts';
import type { SentForm } from '../../web/multipart.ts';
import { Refusal } from '../../web/refusal.ts';
import type { Meant } from '../desk/case.ts';
import { assign, markDuplicate, moveReport, type PlainState, triage } from '../desk/decide.ts';
import { finishDuty, startDuty } from '../desk/duty.ts';
import { addGuest, removeGuest } from '../desk/guests.ts';
import { ciphertextFor, type ShownReport, showReport } from '../desk/show.ts';
import { writeMessage } from '../desk/write.ts';

/** What the page of a case shows. Throws Refusal unknown, also where a member may not see it. */
export async function caseShown({ db, now, current }: Desk, member: Member, id: string): Promise<ShownReport> {
  const { content } = await current();
  return seen(member, () => showReport(db, member, id, content.disclosure?.clocks ?? [], now()));
}

/** One message of a case, encrypted as it is kept. Throws Refusal unknown. */
export async function messageFile(
  { db, now }: Desk,
  member: Member,
  id: string,
  position: string,
): Promise<Uint8Array> {
  const number = z.coerce
    .number()
    .int()
    .positive()
    .max(2 ** 31 - 1)
    .safeParse(position);
  const found = await seen(member, async () =>
    number.success ? ciphertextFor(db, member, id, number.data, now()) : undefined,
  );
  if (found === undefined) throw new Refusal('unknown');
  return found;
}

async function seen<T>(member: Member, look: () => Promise<T>): Promise<T> {
  if (!may(member, 'read-report')) throw new Refusal('unknown');
  return look().catch((error: unknown) => {
    throw error instanceof CandorError && error.name === 'ReportUnknown' ? new Refusal('unknown') : error;
  });
}

const PlainStates = VulnerabilityState.exclude(['received', 'duplicate']) satisfies z.ZodType<PlainState>;
const Move = z.strictObject({ to: PlainStates });
const Judged = z.strictObject({ cvss: CvssVector, cwe: CweId.optional() });
// Pages show the number alone.
const Duplicate = z.strictObject({
  of: Id.transform((id) => (id.startsWith('vulnerability-report-') ? id : `vulnerability-report-${id}`)),
});
const Assigned = z.strictObject({ assignee: Id.optional() });
const Recipients = z
  .string()
  .transform((text) => text.split(/\s+/).filter((word) => word !== ''))
  .refine((words) => words.every(isHybridRecipient), 'must be hybrid age recipients, age1pq1…, one a line');
const Guest = z.strictObject({ account: Id });
const Shared = Guest.extend({ recipients: Recipients.optional() });
const Decision = z.strictObject({ event: z.templateLiteral([DutyRegime, '/', DutyEvent]) });
const Handed = z.strictObject({ regime: DutyRegime, step: DutyStep });
const Written = z.strictObject({ audience: z.enum(['team', 'reporter', 'guest']) });

type Deed = (desk: Desk, member: Member, meant: Meant, sent: SentForm) => Promise<Submitted<unknown>>;

/** What can be sent from the page of a case, by the field `do`. What is written comes as a file, encrypted. */
const deeds: Readonly<Record<string, Deed>> = {
  move: (desk, member, meant, { form }) => submitted(Move, form, ({ to }) => moveReport(desk, member, meant, to)),
  triage: (desk, member, meant, { form }) => submitted(Judged, form, (typed) => triage(desk, member, meant, typed)),
  duplicate: (desk, member, meant, { form }) =>
    submitted(Duplicate, form, ({ of }) => markDuplicate(desk, member, meant, of)),
  assign: (desk, member, meant, { form }) =>
    submitted(Assigned, form, ({ assignee = null }) => assign(desk, member, meant, assignee)),
  share: (desk, member, meant, { form }) =>
    submitted(Shared, form, ({ account, recipients }) => addGuest(desk, member, meant, account, recipients)),
  unshare: (desk, member, meant, { form }) =>
    submitted(Guest, form, ({ account }) => removeGuest(desk, member, meant, account)),
  decide: (desk, member, meant, { form }) =>
    submitted(Decision, form, ({ event: both }) => {
      const [regime, event] = both.split('/');
      return startDuty(desk, member, meant, { regime: DutyRegime.parse(regime), event: DutyEvent.parse(event) });
    }),
  hand: (desk, member, meant, { form }) => submitted(Handed, form, (typed) => finishDuty(desk, member, meant, typed)),
  write: async (desk, member, meant, { form, files }) => {
    const [message] = files.get('message') ?? [];
    if (message === undefined) return { problems: { message: 'is needed: write it, or choose an age file' } };
    return submitted(Written, form, ({ audience }) =>
      writeMessage(desk, member, meant, { audience, message: message.bytes }),
    );
  },
};

/** Does what a form on the page of a case says. Throws Refusal unknown. */
export async function submitReportDeed(
  desk: Desk,
  member: Member,
  id: string,
  sent: SentForm,
): Promise<Submitted<unknown>> {
  const name = sent.form.get('do') ?? '';
  const deed = Object.hasOwn(deeds, name) ? deeds[name] : undefined;
  if (deed === undefined) throw new Refusal('unknown');
  return deed(desk, member, { id, seen: sent.form.get('seen') ?? '' }, sent);
}
