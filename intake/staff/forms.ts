import { z } from 'zod';
import { CandorError, Email, Id, SettlementForm, SignInForm, StaffText } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import { fieldsOf, problemsOf } from '../web/fields.ts';
import { Refusal } from '../web/refusal.ts';
import { isTokenOf } from '../web/token.ts';
import { endAgreement, replaceAgreement } from './agreements.ts';
import { answer, approve, decline } from './decisions.ts';
import { grantDocument, revokeGrant } from './documents.ts';
import { resend, settle } from './notices.ts';
import { type Deletion, deletePerson, exportPerson } from './person.ts';
import type { Member } from './roles.ts';
import { memberOf } from './sessions.ts';
import { type Shown, show } from './show.ts';
import { signIn } from './sign-in.ts';

/** The field that holds the token of a session, beside that of the form. */
export const SESSION_TOKEN_FIELD = 'session-token';

/**
 * What came of a form: done; what is wrong with it by field; or an error of the catalogue, with the status of its answer.
 */
export type Submitted<T> =
  | { done: T }
  | { problems: Record<string, string> }
  | { refused: Pick<CandorError, 'what' | 'hint'>; status: 403 | 409 };

/**
 * Whoever is signed in by the secret of a cookie; undefined when nobody is. What is posted must hold the token of that very
 * session. Throws Refusal no-token.
 */
export async function admitted(
  { db, now }: Pick<Desk, 'db' | 'now'>,
  secret: string | undefined,
  form: URLSearchParams | undefined,
): Promise<Member | undefined> {
  const member = await memberOf(db, secret, now());
  if (member !== undefined && form !== undefined && !isTokenOf(form.get(SESSION_TOKEN_FIELD), secret))
    throw new Refusal('no-token');
  return member;
}

/** Signs in with what was typed; undefined when that is refused, for whatever reason. */
export async function submitSignIn({ db, now }: Pick<Desk, 'db' | 'now'>, form: URLSearchParams) {
  const typed = SignInForm.safeParse({ key: form.get('key') ?? '', code: form.get('code') ?? '' });
  return typed.success ? signIn(db, typed.data, now()) : undefined;
}

/** What the page of a request shows. Throws Refusal unknown, also where a member may not see it. */
export async function shownTo({ db, now }: Pick<Desk, 'db' | 'now'>, member: Member, id: string): Promise<Shown> {
  return show(db, member, id, now()).catch((error: unknown) => {
    const isNothing =
      error instanceof CandorError && (error.name === 'RequestUnknown' || error.name === 'StaffNotAllowed');
    throw isNothing ? new Refusal('unknown') : error;
  });
}

const Approval = z.strictObject({ approval: StaffText.optional() });
const Declining = z.strictObject({ reason: StaffText });
const Answering = z.strictObject({ answer: StaffText });
const Granted = z.strictObject({ document: Id });
const Replacing = z.strictObject({ newer: Id });

type Deed = (desk: Desk, member: Member, decided: { id: string; seen: string }, form: URLSearchParams) => Deeds;
type Deeds = Promise<Submitted<unknown>>;

/** What can be sent from the page of a request, by the field `do`. `seen` is the head of what was looked at. */
const deeds: Readonly<Record<string, Deed>> = {
  approve: (desk, member, decided, form) =>
    submitted(Approval, form, ({ approval }) => approve(desk, member, decided, approval)),
  decline: (desk, member, decided, form) =>
    submitted(Declining, form, ({ reason }) => decline(desk, member, decided, reason)),
  answer: (desk, member, decided, form) =>
    submitted(Answering, form, (typed) => answer(desk, member, decided, typed.answer)),
  grant: (desk, member, decided, form) =>
    submitted(Granted, form, ({ document }) => grantDocument(desk, member, decided, document)),
  revoke: (desk, member, { id }, form) => submitted(z.strictObject({}), form, () => revokeGrant(desk, member, id)),
  terminate: (desk, member, decided, form) =>
    submitted(z.strictObject({}), form, () => endAgreement(desk, member, decided)),
  supersede: (desk, member, { id }, form) =>
    submitted(Replacing, form, ({ newer }) => replaceAgreement(desk, member, id, newer)),
  settle: (desk, member, { id }, form) => submitted(SettlementForm, form, (typed) => settle(desk, member, id, typed)),
};

/** Does what a form on the page of a request says. Throws Refusal unknown. */
export async function submitDeed(desk: Desk, member: Member, id: string, form: URLSearchParams): Deeds {
  const name = form.get('do') ?? '';
  const deed = Object.hasOwn(deeds, name) ? deeds[name] : undefined;
  if (deed === undefined) throw new Refusal('unknown');
  return deed(desk, member, { id, seen: form.get('seen') ?? '' }, form);
}

const Undelivered = z.strictObject({ notice: Id, email: z.string().trim().max(254).pipe(Email).optional() });

/** Sends a notice again that could not be delivered, to another address if one was typed. */
export async function submitResend(desk: Desk, member: Member, form: URLSearchParams): Promise<Submitted<void>> {
  return submitted(Undelivered, form, ({ notice, email }) => resend(desk, member, notice, email));
}

const Whom = z.strictObject({ email: z.string().trim().max(254).pipe(Email) });
const Again = z
  .strictObject({ ...Whom.shape, again: z.string() })
  .refine(({ email, again }) => email === again.trim(), {
    path: ['again'],
    message: 'must be the same address once more',
  });

/** Exports what is known of a person, by the address that was typed. */
export async function submitExport({ db, now }: Desk, member: Member, form: URLSearchParams) {
  return submitted(Whom, form, ({ email }) => exportPerson(db, member, email, now()));
}

/** Deletes what is known of a person, by the address that was typed twice. */
export async function submitDeletion(desk: Desk, member: Member, form: URLSearchParams): Promise<Submitted<Deletion>> {
  return submitted(Again, form, ({ email }) => deletePerson(desk, member, email));
}

/** Reads a form, and does what it says; what the catalogue knows becomes an answer. Throws Refusal unknown. */
export async function submitted<S extends z.ZodObject, T>(
  schema: S,
  form: URLSearchParams,
  work: (typed: z.infer<S>) => Promise<T>,
): Promise<Submitted<T>> {
  const typed = schema.safeParse(fieldsOf(form, schema));
  if (!typed.success) return { problems: problemsOf(typed.error) };
  try {
    return { done: await work(typed.data) };
  } catch (error) {
    if (!(error instanceof CandorError) || error.exit === 3) throw error;
    if (error.name === 'RequestUnknown' || error.name === 'ReportUnknown') throw new Refusal('unknown');
    const isForbidden = error.name === 'StaffNotAllowed' || error.name === 'StaffOwnRequest';
    return { refused: { what: error.what, hint: error.hint }, status: isForbidden ? 403 : 409 };
  }
}
