import { z } from 'zod';
import { Digest, Id } from './core/ids.ts';
import { Prose } from './core/text.ts';
import { Instant } from './core/time.ts';
import { Evidence, PreviousEntry } from './evidence.ts';
import { Release } from './release.ts';
import { SampleCommitment, SampleDraw } from './sample.ts';

/** A run that saw exactly what the record before it says, at a later time. Takes a small leaf instead of a whole record. */
export const Heartbeat = z
  .strictObject({
    schema: z.literal('candor/heartbeat@1'),
    source: Id,
    collector: Id,
    record: Digest.meta({ description: 'Id of the record that still holds, word for word but for its times.' }),
    commit: z.string().max(64).nullable().meta({ description: 'Commit of the code that ran, when known.' }),
    run: Evidence.shape.run,
    collectedAt: Instant.meta({ description: 'When the source was read.' }),
    previous: PreviousEntry,
  })
  .meta({ id: 'Heartbeat', description: 'A run that changed nothing but the times of the record before it.' });
export type Heartbeat = z.infer<typeof Heartbeat>;

/** The end of a record: its source is no longer collected, so its evidence is no longer published. */
export const Retirement = z
  .strictObject({
    schema: z.literal('candor/retirement@1'),
    source: Id,
    collector: Id,
    at: Instant,
    reason: Prose,
    previous: PreviousEntry,
  })
  .meta({ id: 'Retirement', description: 'The end of a record whose source is no longer collected.' });
export type Retirement = z.infer<typeof Retirement>;

/** What a key signs: checkpoints (Ed25519, signed note) or statements (ECDSA P-256, DSSE). */
export const KeyUse = z.enum(['checkpoint', 'statement']).meta({
  description: 'checkpoint: Ed25519, signs the log; statement: ECDSA P-256, signs DSSE envelopes.',
});
export type KeyUse = z.infer<typeof KeyUse>;

/** A public key that signs from this entry on. A key that is not the first of its use is handed over by the one before. */
export const LogKey = z
  .strictObject({
    schema: z.literal('candor/key@1'),
    at: Instant,
    use: KeyUse,
    origin: z.string().min(1).max(200).meta({ description: 'The log: host and path, as on its checkpoints.' }),
    publicKey: z.base64().meta({ description: 'SubjectPublicKeyInfo in DER, base64.' }),
    fingerprint: Digest.meta({ description: 'SHA-256 of the DER.' }),
    handOver: z
      .strictObject({
        fingerprint: Digest.meta({ description: 'The key that hands over.' }),
        endsAt: Instant.meta({ description: 'Until then the old key may sign too.' }),
        signature: z.base64().meta({
          description: 'By the old key, over the canonical JSON of this entry without the signature.',
        }),
      })
      .nullable()
      .meta({ description: 'Null for the first key of its use.' }),
  })
  .meta({ id: 'LogKey', description: 'A public key of the log, and who handed over to it.' });
export type LogKey = z.infer<typeof LogKey>;

/** One leaf of the log: the bytes of a published file. */
export const LogEntry = z.discriminatedUnion('schema', [
  Evidence,
  Heartbeat,
  Retirement,
  Release,
  LogKey,
  SampleCommitment,
  SampleDraw,
]);
export type LogEntry = z.infer<typeof LogEntry>;

/** The most bytes of one entry: its length is written as an unsigned 16-bit number (C2SP tlog-tiles). */
export const MAX_ENTRY_BYTES = 65_535;
