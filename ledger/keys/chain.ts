import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { canonicalJson } from '../../posture/digest.ts';
import type { Digest, Instant, KeyUse, LogKey } from '../../schemas/index.ts';
import type { NoteVerifier } from '../log/note.ts';

/** A key of the log with what is needed to use it. */
export type ChainedKey = {
  entry: LogKey;
  publicKey: KeyObject;
  /** From then on its signatures count for nothing new; null while nobody took over. */
  endsAt: Instant | null;
};

/** SHA-256 of a public key’s SubjectPublicKeyInfo, as `openssl pkey -pubin -outform DER | openssl dgst -sha256` says. */
export function fingerprintOf(publicKey: KeyObject): Digest {
  return hash('sha256', publicKey.export({ type: 'spki', format: 'der' }), 'hex');
}

/** What a key is for, by its algorithm; undefined for keys that are not used here. */
export function useOf(key: KeyObject): KeyUse | undefined {
  if (key.asymmetricKeyType === 'ed25519') return 'checkpoint';
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1'
    ? 'statement'
    : undefined;
}

/** The name under which a key’s files are published, such as `checkpoint-0123456789abcdef`. */
export function keyFileName({ use, fingerprint }: Pick<LogKey, 'use' | 'fingerprint'>): string {
  return `${use}-${fingerprint.slice(0, 16)}`;
}

/** The entry of a new key; handed over by `old`, which may sign until `endsAt`, unless it is the first of its use. */
export function keyEntry(
  publicKey: KeyObject,
  { at, origin }: Pick<LogKey, 'at' | 'origin'>,
  old?: { privateKey: KeyObject; endsAt: Instant },
): LogKey {
  const use = useOf(publicKey);
  if (use === undefined) throw new TypeError('a key of the log is Ed25519 or P-256');
  const bare: LogKey = {
    schema: 'candor/key@1',
    at,
    use,
    origin,
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    fingerprint: fingerprintOf(publicKey),
    handOver: null,
  };
  if (old === undefined) return bare;
  const handOver = { fingerprint: fingerprintOf(createPublicKey(old.privateKey)), endsAt: old.endsAt, signature: '' };
  const message = handOverMessage({ ...bare, handOver });
  const signature = sign(use === 'checkpoint' ? null : 'sha256', message, old.privateKey).toString('base64');
  return { ...bare, handOver: { ...handOver, signature } };
}

/** What the old key signs: the canonical JSON of the entry without the signature. */
function handOverMessage(entry: LogKey): Buffer {
  const { handOver, ...rest } = entry;
  const { signature: _, ...unsigned } = { signature: '', ...handOver };
  return Buffer.from(canonicalJson({ ...rest, handOver: unsigned }));
}

/**
 * Adds an entry to the keys that are known. The first key of a use needs nobody’s word; each other one needs the
 * signature of the newest key of the same use, before that one ended. Gives what is wrong otherwise.
 */
export function accept(chain: readonly ChainedKey[], entry: LogKey): ChainedKey[] | { flaw: string } {
  const publicKey = publicKeyOf(entry);
  if (publicKey === undefined || useOf(publicKey) !== entry.use)
    return { flaw: 'it holds no key of the kind it names.' };
  if (fingerprintOf(publicKey) !== entry.fingerprint) return { flaw: 'its fingerprint is of another key.' };
  if (chain.some((known) => known.entry.origin !== entry.origin)) return { flaw: 'it is of another log.' };
  if (chain.some((known) => known.entry.fingerprint === entry.fingerprint))
    return { flaw: 'the key is there already.' };
  const newest = newestKey(chain, entry.use);
  const { handOver } = entry;
  if (newest === undefined)
    return handOver === null
      ? [...chain, { entry, publicKey, endsAt: null }]
      : { flaw: 'it is handed over by a key that is not in the log.' };
  if (handOver === null || handOver.fingerprint !== newest.entry.fingerprint)
    return { flaw: 'the key before it did not hand over to it.' };
  if (Date.parse(handOver.endsAt) < Date.parse(entry.at))
    return { flaw: 'the key before it had ended when it handed over.' };
  const signature = Buffer.from(handOver.signature, 'base64');
  const isProper = signature.toString('base64') === handOver.signature;
  const algorithm = entry.use === 'checkpoint' ? null : 'sha256';
  if (!isProper || !verify(algorithm, handOverMessage(entry), newest.publicKey, signature))
    return { flaw: 'the signature of the key that hands over is wrong.' };
  const others = chain.map((known) => (known === newest ? { ...known, endsAt: handOver.endsAt } : known));
  return [...others, { entry, publicKey, endsAt: null }];
}

function publicKeyOf(entry: LogKey): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(entry.publicKey, 'base64'), format: 'der', type: 'spki' });
    const canonical = key.export({ type: 'spki', format: 'der' }).toString('base64') === entry.publicKey;
    return canonical ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The newest key of a use. */
export function newestKey(chain: readonly ChainedKey[], use: KeyUse): ChainedKey | undefined {
  return chain.findLast(({ entry }) => entry.use === use);
}

/** The keys of a use that may sign at an instant; all that ever could when none is given. */
export function keysAt(chain: readonly ChainedKey[], use: KeyUse, at?: Instant): ChainedKey[] {
  return chain.filter(
    ({ entry, endsAt }) =>
      entry.use === use && (at === undefined || endsAt === null || Date.parse(at) < Date.parse(endsAt)),
  );
}

/** Those who may sign checkpoints, as a signed note names them. */
export function noteVerifiers(keys: readonly ChainedKey[]): NoteVerifier[] {
  return keys
    .filter(({ entry }) => entry.use === 'checkpoint')
    .map(({ entry, publicKey }) => ({ name: entry.origin, publicKey }));
}
