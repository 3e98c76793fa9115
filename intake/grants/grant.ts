import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { Digest, Email, GrantState, Id, Instant } from '../../schemas/index.ts';
import type { Desk } from '../desk.ts';
import type { LoggedTransition } from '../lifecycle/chain.ts';
import { historyOf, type Submission, submissionOf } from '../lifecycle/submission.ts';
import { openedBy } from '../secrets/secret.ts';
import type { Tables } from '../store/tables.ts';
import { Refusal } from '../web/refusal.ts';

/** What is granted; nothing personal. It stands in the first entry of the history, so nobody changes it later. */
export const GrantTerms = z.strictObject({
  request: z.string().meta({ description: 'The request that it answers.' }),
  document: Id,
  version: z.string().meta({ description: 'Of the document: another one is not what was granted.' }),
  access: z.enum(['on-request', 'nda']),
  validUntil: Instant,
  downloads: z.int().min(1),
});
export type GrantTerms = z.infer<typeof GrantTerms>;

/** Whom it is for; deleted as a whole. `salt` keeps the digest of who agreed from being guessed once the rest is deleted. */
export const Recipient = z.strictObject({
  company: z.string(),
  email: Email,
  name: z.string().optional().meta({ description: 'Who agreed to secrecy, as typed.' }),
  salt: z.string().optional(),
});
export type Recipient = z.infer<typeof Recipient>;

/** Which text was agreed to, and the SHA-256 of salt, name, company and address of who did. */
export const NdaConsent = z.strictObject({ document: Id, version: z.string(), digest: Digest, by: Digest });

/**
 * What a download came to: `asked`, which counts it; then `sent`, before its first byte, with the file that the copy was
 * made of; or `failed`, which gives it back.
 */
export const DownloadStep = z.strictObject({
  download: z.int().min(1),
  step: z.enum(['asked', 'sent', 'failed']),
  file: Digest.optional(),
});

/** The grant of a gated document. */
export type Grant = {
  submission: Submission & { state: GrantState };
  terms: GrantTerms;
  /** Undefined once it was deleted. */
  recipient: Recipient | undefined;
  /** Undefined until its recipient agreed to secrecy. */
  nda: (z.infer<typeof NdaConsent> & { at: Date }) | undefined;
  /** Downloads that were counted. */
  used: number;
  history: LoggedTransition[];
};

/** A grant by its id; undefined when there is none. */
export async function grantOf(db: Kysely<Tables>, id: string): Promise<Grant | undefined> {
  const found = await submissionOf(db, id);
  const state = GrantState.safeParse(found?.state);
  if (found?.kind !== 'grant' || !state.success) return undefined;
  // The head was read first: what happens meanwhile is in the history, and is no matter to who moves it on from there.
  const history = (await historyOf(db, id)).slice(0, found.length);
  const steps = history.flatMap(({ facts }) => DownloadStep.safeParse(facts).data ?? []);
  const count = (step: string) => steps.filter((each) => each.step === step).length;
  const consent = history.flatMap(({ to, at, facts }) => {
    const parsed = to === 'agreed' && 'nda' in facts ? NdaConsent.parse(facts.nda) : undefined;
    return parsed === undefined ? [] : [{ ...parsed, at }];
  });
  return {
    submission: { ...found, state: state.data },
    terms: GrantTerms.parse(history[0]?.facts),
    recipient: found.data === null ? undefined : Recipient.parse(found.data),
    nda: consent[0],
    used: count('asked') - count('failed'),
    history,
  };
}

/** The grant that a secret opens. Throws Refusal unknown: alike for wrong, expired and forgotten ones. */
export async function grantAt({ db, now }: Pick<Desk, 'db' | 'now'>, secret: string): Promise<Grant> {
  const id = await openedBy(db, secret, 'grant', now());
  const found = id === undefined ? undefined : await grantOf(db, id);
  if (found === undefined) throw new Refusal('unknown');
  return found;
}

/** The grants that answered a request, oldest first. */
export async function grantsFor(db: Kysely<Tables>, request: string): Promise<Grant[]> {
  const rows = await db
    .selectFrom('transition')
    .select('submission')
    .where('position', '=', 1)
    .where('to', '=', 'granted')
    .where(sql<boolean>`facts ->> 'request' = ${request}`)
    .orderBy('at')
    .orderBy('submission')
    .execute();
  const found = await Promise.all(rows.map(({ submission }) => grantOf(db, submission)));
  return found.flatMap((each) => each ?? []);
}

/** Why a grant gives nothing: its end, a text to agree to, a limit, or a document that is another one by now. */
export type Hurdle = 'revoked' | 'expired' | 'nda' | 'spent' | 'changed';

/** What stands between a grant and its document at `at`; `version` is what content has, undefined when it has none. */
export function hurdleOf({ submission, terms, recipient, used }: Grant, version: string | undefined, at: Date) {
  const { state } = submission;
  const hurdles: [Hurdle, boolean][] = [
    ['revoked', state === 'revoked' || recipient === undefined],
    ['expired', state === 'expired' || new Date(terms.validUntil) <= at],
    ['changed', version !== terms.version],
    ['nda', terms.access === 'nda' && state !== 'agreed'],
    ['spent', used >= terms.downloads],
  ];
  return hurdles.find(([, stands]) => stands)?.[0];
}

/** The version of a document that content offers to those who were granted it; undefined when it offers none. */
export async function versionNow({ current }: Pick<Desk, 'current'>, document: Id): Promise<string | undefined> {
  const { content } = await current();
  const found = content.documents.find(({ id }) => id === document)?.data;
  return found === undefined || found.access === 'public' || found.file === undefined ? undefined : found.version;
}
