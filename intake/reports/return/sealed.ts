import { armor } from 'age-encryption';
import { z } from 'zod';
import type { Desk } from '../../desk.ts';
import type { SentForm } from '../../web/multipart.ts';
import { type ReportProblem, readMessage } from '../look.ts';
import { reportStanding } from '../standing.ts';
import { answerCase } from './answer.ts';
import { type CaseMessage, caseOpenedBy, type ReporterCase } from './case.ts';
import { promisesIn, type RunningPromise } from './promises.ts';

/** A case for the script that decrypts it. Messages are armored age files. */
export type SealedCase = Omit<ReporterCase, 'messages'> & {
  messages: (Omit<CaseMessage, 'ciphertext'> & { armored: string | null })[];
  promises: readonly RunningPromise[];
  /** The recipients of the team of today. */
  keys: readonly string[];
};

/** What the script is told: the case, or that a message was not kept. Every case that it cannot have is answered alike. */
export type SealedReturn =
  | { status: 200; body: SealedCase }
  | { status: 404; body: { problem: 'unknown' } }
  | { status: 422; body: { problem: ReportProblem; keys: readonly string[] } };

/** Names a message before it is kept, so that the second of two is known. */
export const Once = z.string().regex(/^[\w-]{22,64}$/);

/** Reads the case that `access` opens, after keeping the age message that came with it. Throws Refusal too-large. */
export async function returnSealed(desk: Desk, { form, files }: SentForm): Promise<SealedReturn> {
  const access = form.get('access') ?? '';
  const before = await caseOpenedBy(desk.db, access);
  if (before === undefined) return { status: 404, body: { problem: 'unknown' } };
  const standing = await reportStanding(desk);
  const keys = standing.recipients;
  const [message] = files.get('message') ?? [];
  if (message !== undefined) {
    const read = readMessage(message.bytes, form.get('keys') ?? '', standing);
    const once = Once.safeParse(form.get('once'));
    if ('problem' in read) return { status: 422, body: { ...read, keys } };
    if (!once.success) return { status: 422, body: { problem: 'incomplete', keys } };
    const { ciphertext } = read;
    await answerCase(desk, standing.contacts, before.id, { ciphertext, once: once.data });
  }
  const found = message === undefined ? before : await caseOpenedBy(desk.db, access);
  if (found === undefined) return { status: 404, body: { problem: 'unknown' } };
  const promises = await promisesIn(desk.db, found.id, standing.policy?.clocks ?? []);
  return { status: 200, body: { ...found, messages: found.messages.map(armored), promises, keys } };
}

function armored({ ciphertext, ...rest }: CaseMessage): SealedCase['messages'][number] {
  return { ...rest, armored: ciphertext === null ? null : armor.encode(ciphertext) };
}
