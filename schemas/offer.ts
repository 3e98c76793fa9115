import { z } from 'zod';
import { Digest, Id } from './core/ids.ts';
import { Instant } from './core/time.ts';
import { RequestForm } from './request.ts';

/** 128 random bits: without them nobody finds out by trying who a digest in the history belongs to. */
const Salt = z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 lower-case hexadecimal digits');

/** The head of an offer. The SHA-256 of its canonical JSON is what is accepted; it binds text and annexes to the byte. */
export const AgreementOffer = z
  .strictObject({
    schema: z.literal('candor/dpa-offer@1'),
    request: Id,
    number: z.int().min(1).meta({ description: 'The first offer to a request is 1.' }),
    offeredAt: Instant,
    validUntil: Instant.meta({ description: 'It can be accepted before this moment.' }),
    template: Digest.meta({ description: 'Of the bytes of the template’s file.' }),
    annexes: Digest.meta({ description: 'Of annexes.json, as it lies in the PDF.' }),
    salt: Salt,
  })
  .meta({ id: 'AgreementOffer', description: 'What an offer of an agreement consists of.' });
export type AgreementOffer = z.infer<typeof AgreementOffer>;

/** What was accepted, by whom, and in which words. Embedded in the PDF beside the offer. */
export const AgreementAcceptance = z
  .strictObject({
    schema: z.literal('candor/dpa-acceptance@1'),
    offer: Digest.meta({ description: 'Of the canonical JSON of the offer.' }),
    name: z.string().meta({ description: 'As it was typed.' }),
    role: z.string(),
    authority: z.string().meta({ description: 'The sentence by which authority was stated.' }),
    consent: z.string().meta({ description: 'The sentence by which the offer was accepted.' }),
    acceptedAt: Instant,
    salt: Salt,
  })
  .meta({ id: 'AgreementAcceptance', description: 'Who accepted an offer, and in which words.' });
export type AgreementAcceptance = z.infer<typeof AgreementAcceptance>;

/** What somebody fills in to accept an offer. `offer` is the digest of the one that was looked at. */
export const AcceptanceForm = z
  .strictObject({
    offer: Digest,
    name: RequestForm.shape.signatory.unwrap(),
    role: RequestForm.shape.signatoryRole.unwrap(),
    authority: z.literal('yes', 'must be stated'),
    consent: z.literal('yes', 'must be given'),
  })
  .meta({ id: 'AcceptanceForm', description: 'What somebody fills in to accept an offer.' });
export type AcceptanceForm = z.infer<typeof AcceptanceForm>;
