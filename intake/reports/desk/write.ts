import { hash } from 'node:crypto';
import { sql } from 'kysely';
import { candorError } from '../../../schemas/index.ts';
import type { Desk } from '../../desk.ts';
import { type AgeProblem, binaryOf, inspectAge } from '../../envelope/inspect.ts';
import { type Member, may } from '../../staff/roles.ts';
import { reportStanding } from '../standing.ts';
import type { Audience } from '../tables.ts';
import type { Meant } from './case.ts';
import { change } from './change.ts';
import { guestRecipients } from './guests.ts';

/** How long what is written at the desk may be, in bytes: a text, and what was shared with a guest. */
const MESSAGE_BYTES = 16 * 2 ** 20;

const problems: Readonly<Record<AgeProblem, string>> = {
  'not-age': 'it is no age message',
  'too-few-recipients': 'it has fewer recipients than the team',
  'mixed-recipients': 'not all of its recipients are hybrid ones',
  'classical-recipients': 'its recipients are not hybrid ones',
};

/**
 * Writes a message into a case: a note of the team, or to the reporter or the guests. It comes encrypted, armored or not, to
 * the whole team and to whoever else is to read it. Gives its position. Throws ReportUnknown, ReportChanged, ReportMessageRefused,
 * RecipientsMissing, StaffNotAllowed.
 */
export async function writeMessage(
  desk: Pick<Desk, 'db' | 'now' | 'current'>,
  member: Member,
  meant: Meant,
  { audience, message }: { audience: Audience; message: Uint8Array },
): Promise<number> {
  const { db, now } = desk;
  const { id } = meant;
  const refused = (problem: string) => candorError('ReportMessageRefused', { id, problem });
  const digest = hash('sha256', message);
  // The same one sent twice is written once.
  const name = `${id}-${hash('sha256', `${member.id}:${audience}:${digest}`).slice(0, 24)}`;
  const position = () => db.selectFrom('reportMessage').select('position').where('id', '=', name).executeTakeFirst();
  const intent = { action: 'write-message', facts: { audience, digest } } as const;
  const isWritten = may(member, 'write-message') && (await position()) !== undefined;
  if (!isWritten)
    await change(desk, member, meant, intent, async (before) => {
      if (before.data === null) throw refused('its text was deleted after its time');
      if (member.role === 'guest' && audience !== 'guest') throw refused('guests write to the team alone');
      const ciphertext = await checked(desk, audience, message, refused);
      if (audience === 'reporter') await reporterOf(db, id, refused);
      const facts = { audience, digest: hash('sha256', ciphertext) };
      const also = [
        sql`insert into report_message (id, submission, position, audience, author, at, ciphertext, digest, bytes)
          select ${name}, id, (select coalesce(max(position), 0) + 1 from report_message where submission = ${id}),
            ${audience}, ${member.id}, ${now()}::timestamptz, ${ciphertext}::bytea, ${facts.digest},
            ${ciphertext.byteLength}::integer
          from changed where id = ${id}`,
      ];
      return { to: before.state, facts, also, bytes: ciphertext.byteLength };
    });
  const written = await position();
  if (written === undefined) throw new TypeError('a message that was written is not there');
  return written.position;
}

/**
 * Puts a message in the place of one that says the same to today’s recipients: after a key was lost, or somebody came. `was`:
 * the digest of what it replaces. Throws ReportUnknown, ReportMessageRefused, RecipientsMissing, StaffNotAllowed.
 */
export async function resealMessage(
  desk: Pick<Desk, 'db' | 'now' | 'current'>,
  member: Member,
  id: string,
  { position, was, message }: { position: number; was: string; message: Uint8Array },
): Promise<void> {
  const { db } = desk;
  const refused = (problem: string) => candorError('ReportMessageRefused', { id, problem });
  const intent = { action: 'reseal-report', facts: { position, was } } as const;
  await change(desk, member, { id }, intent, async (before) => {
    const found = await db
      .selectFrom('reportMessage')
      .select(['audience', 'author', 'digest'])
      .where('submission', '=', id)
      .where('position', '=', position)
      .where('ciphertext', 'is not', null)
      .executeTakeFirst();
    if (before.data === null || found?.digest !== was)
      throw refused(`message ${position} is not there, or changed since it was read`);
    // What the reporter wrote was for the team; they hold it themselves. Guests may be gone.
    const isTeams =
      found.author === 'reporter' || (found.audience === 'guest' && (await guestRecipients(db, id)).length === 0);
    const audience = isTeams ? 'team' : found.audience;
    const ciphertext = await checked(desk, audience, message, refused);
    const digest = hash('sha256', ciphertext);
    const also = [
      // Not what was deleted meanwhile.
      sql`update report_message
        set ciphertext = ${ciphertext}::bytea, digest = ${digest}, bytes = ${ciphertext.byteLength}::integer
        from changed where changed.id = ${id} and submission = changed.id and position = ${position}::integer
          and report_message.ciphertext is not null`,
    ];
    if (position === 1)
      also.push(sql`update report set keys = ${(await reportStanding(desk)).keys}
        from changed where changed.id = ${id} and submission = changed.id`);
    return { to: before.state, facts: { resealed: position, was, digest }, also, bytes: ciphertext.byteLength };
  });
}

/** The binary form of a message that the whole team can open, and whoever it is for. */
async function checked(
  desk: Pick<Desk, 'current' | 'now'>,
  audience: Audience,
  message: Uint8Array,
  refused: (problem: string) => Error,
): Promise<Uint8Array> {
  const { recipients } = await reportStanding(desk);
  if (recipients.length === 0) throw candorError('RecipientsMissing', {});
  const ciphertext = binaryOf(message);
  const { problem, stanzas } = inspectAge(message);
  if (ciphertext === undefined || problem !== undefined) throw refused(problems[problem ?? 'not-age']);
  if (ciphertext.byteLength > MESSAGE_BYTES) throw refused('it is larger than 16 MiB');
  if (stanzas.length < recipients.length) throw refused(problems['too-few-recipients']);
  if (audience !== 'team' && stanzas.length === recipients.length)
    throw refused(`it is encrypted to the team alone, and not to the ${audience}`);
  return ciphertext;
}

async function reporterOf(db: Desk['db'], id: string, refused: (problem: string) => Error): Promise<void> {
  const { replyTo } = await db
    .selectFrom('report')
    .select('replyTo')
    .where('submission', '=', id)
    .executeTakeFirstOrThrow();
  if (replyTo === null) throw refused('its reporter left no key to answer to');
}
