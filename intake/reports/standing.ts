import { type Digest, type DisclosurePolicy, Email } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { keysDigest } from '../envelope/keys.ts';

/** What holds for reports just now, by content. */
export type ReportStanding = {
  policy: DisclosurePolicy | undefined;
  /** The age recipients that a report is encrypted to; none where none are declared, and no report is taken in then. */
  recipients: readonly string[];
  /** Names them: see `keysDigest`. */
  keys: Digest;
  /** Whom a letter says that a report came in: those of its contacts that are mailboxes. */
  contacts: readonly Email[];
  /** Whether only reports are taken that say that they are critical. */
  isPaused: boolean;
};

/** What holds for reports at this moment. Throws what is wrong with the content. */
export async function reportStanding({ current, now }: Pick<Desk, 'current' | 'now'>): Promise<ReportStanding> {
  const { content } = await current();
  const policy = content.disclosure;
  const recipients = (policy?.recipients ?? []).map(({ recipient }) => recipient);
  const contacts = (policy?.contacts ?? []).filter((contact) => Email.safeParse(contact).success);
  const paused = policy?.paused;
  const today = now().toISOString().slice(0, 10);
  const isPaused =
    paused !== undefined && paused.since <= today && (paused.until === undefined || today <= paused.until);
  return { policy, recipients, keys: await keysDigest(recipients), contacts, isPaused };
}
