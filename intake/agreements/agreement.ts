import type { Kysely } from 'kysely';
import { sha256 } from '../../posture/digest.ts';
import { AgreementAcceptance, AgreementOffer, Annexes, Digest, Document } from '../../schemas/index.ts';
import { readTemplate, type Template } from '../document/template.ts';
import { historyOf } from '../lifecycle/submission.ts';
import type { Tables } from '../store/tables.ts';

/** One offer as it was made, and what came of it. */
export type Agreement = {
  offer: AgreementOffer;
  /** Of the offer: what somebody accepts. */
  digest: Digest;
  template: Template;
  annexes: Annexes;
  acceptance: AgreementAcceptance | undefined;
  /** Of the sealed PDF; undefined before it was sealed. */
  pdfDigest: Digest | undefined;
};

/**
 * The newest offer to a request, or the one with a digest; undefined when there is none, or it was deleted. What was kept is
 * held against its digests: a text that was changed in the database is never shown, accepted or sealed.
 */
export async function agreementOf(
  db: Kysely<Tables>,
  request: string,
  digest?: Digest,
): Promise<Agreement | undefined> {
  const row = await db
    .selectFrom('agreement')
    .innerJoin('agreementTemplate', 'agreementTemplate.digest', 'agreement.template')
    .select(['agreement.digest', 'offer', 'annexes', 'acceptance', 'pdfDigest', 'data', 'text'])
    .where('submission', '=', request)
    .$if(digest !== undefined, (query) => query.where('agreement.digest', '=', digest ?? ''))
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined || row.offer === null || row.annexes === null) return undefined;
  const offer = AgreementOffer.parse(JSON.parse(row.offer));
  const annexes = Annexes.parse(JSON.parse(row.annexes));
  const { document: id } = annexes.template;
  const template = readTemplate({ id, data: Document.parse(row.data), file: `documents/${id}`, text: row.text });
  if (sha256(row.offer) !== row.digest || sha256(row.annexes) !== offer.annexes || template.digest !== offer.template)
    throw new Error(`an offer to ${request} is not the one that was made`);
  return {
    offer,
    digest: row.digest,
    template,
    annexes,
    acceptance: row.acceptance === null ? undefined : AgreementAcceptance.parse(JSON.parse(row.acceptance)),
    pdfDigest: row.pdfDigest ?? undefined,
  };
}

/** SHA-256 of the certificate that sealed the agreement of a request, as openssl prints it; undefined before that. */
export async function sealedWith(db: Kysely<Tables>, request: string): Promise<string | undefined> {
  const sealed = (await historyOf(db, request)).find(({ to }) => to === 'sealed');
  return Digest.safeParse(sealed?.facts.certificate).data?.toUpperCase().match(/../g)?.join(':');
}

/** The sealed PDF of a request; undefined while there is none, and once it was deleted. */
export async function sealedPdf(db: Kysely<Tables>, request: string): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('agreement')
    .select('pdf')
    .where('submission', '=', request)
    .where('pdf', 'is not', null)
    .executeTakeFirst();
  return row?.pdf ? Buffer.from(row.pdf) : undefined;
}
