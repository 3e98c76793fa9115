import { accounts, addAccount, removeAccount, resetAccount } from '../../intake/staff/accounts.ts';
import { audit } from '../../intake/staff/audit.ts';
import type { NewFactors } from '../../intake/staff/factors.ts';
import { deletePerson, exportPerson } from '../../intake/staff/person.ts';
import { candorError, type Digest, type StaffForm } from '../../schemas/index.ts';
import { type Answer, minute, table } from './answer.ts';
import type { Inbox } from './open.ts';

/** All accounts. */
export async function accountList({ db, member, now }: Inbox): Promise<Answer> {
  const found = await accounts(db, await member(), now());
  const rows = found.map(({ id, role, email, removedAt, refused }) => [
    id,
    role,
    removedAt === null ? (email ?? '') : `removed ${minute(removedAt)}`,
    refused === 0 ? '' : `${refused} tries to sign in were refused`,
  ]);
  return { json: { accounts: found }, text: table(rows) };
}

/** Makes an account, and shows its factors this once. */
export async function added({ db, memberIfNamed, issuer, now }: Inbox, form: StaffForm): Promise<Answer> {
  const by = await memberIfNamed();
  return factorsOf(form.id, await addAccount(db, form, { by, issuer: await issuer(), at: now() }));
}

/** Gives an account new factors, and shows them this once. */
export async function renewed({ db, member, issuer, now }: Inbox, id: string): Promise<Answer> {
  return factorsOf(id, await resetAccount(db, id, { by: await member(), issuer: await issuer(), at: now() }));
}

/** Takes an account away. */
export async function removed({ db, member, now }: Inbox, id: string): Promise<Answer> {
  await removeAccount(db, await member(), id, now());
  return { json: { id }, text: `\`${id}\` is removed, and signed out everywhere.\n` };
}

/** All that is known of a person; the text is the JSON too, because it is handed over. */
export async function exported({ db, member, now }: Inbox, email: string): Promise<Answer> {
  const known = await exportPerson(db, await member(), email, now());
  return { json: known, text: `${JSON.stringify(known, null, 2)}\n` };
}

/** Deletes what is known of a person, and says what is kept and why. */
export async function deleted({ desk, member }: Inbox, email: string): Promise<Answer> {
  const deletion = await deletePerson(await desk(), await member(), email);
  const kept = deletion.kept.map(({ id, why, until }) => [
    `  ${id}`,
    until === null ? why : `${why}, until ${until.slice(0, 10)}`,
  ]);
  const text = [
    deletion.deleted.length === 0
      ? 'Nothing was deleted.\n'
      : `Deleted:\n${deletion.deleted.map((id) => `  ${id}\n`).join('')}`,
    kept.length === 0 ? '' : `Kept:\n${table(kept)}`,
  ].join('');
  return { json: deletion, text };
}

/** The staff log, held against itself. `known` is a digest that somebody noted down before. Throws StaffLogBroken. */
export async function log({ db, member, now }: Inbox, known: Digest | undefined): Promise<Answer> {
  const { length, digest, flaw, entries } = await audit(db, await member(), { known }, now());
  if (flaw !== undefined) throw candorError('StaffLogBroken', { problem: flaw });
  const rows = entries.map(({ position, at, actor, action, subject, facts }) => [
    String(position),
    minute(at),
    actor,
    action,
    subject ?? '',
    Object.keys(facts).length === 0 ? '' : JSON.stringify(facts),
  ]);
  const end = `The log holds: ${length} entries. Note down its digest, and later give it with --known:\n${digest}\n`;
  return { json: { length, digest, entries }, text: `${table(rows)}\n${end}` };
}

function factorsOf(id: string, { key, uri, seed }: NewFactors): Answer {
  return {
    json: { id, key, uri, seed },
    text: `\`${id}\` signs in at /inbox/ with a key and a code. Both are shown this once, and kept nowhere.

The key, for a password manager:
  ${key}

For an app that shows codes, on another device, this address as a QR code or the seed typed in:
  ${uri}
  ${seed.match(/.{1,4}/g)?.join(' ') ?? seed}
`,
  };
}
