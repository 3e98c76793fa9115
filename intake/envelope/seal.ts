import { Decrypter, Encrypter } from 'age-encryption';
import { isHybridRecipient } from '../../schemas/core/age-recipient.ts';

/** How many can open whatever is written here, at least: a lost key alone loses nothing. */
export const LEAST_RECIPIENTS = 2;

/**
 * Encrypts to at least two recipients, all of them hybrid: one classical recipient beside them would let whoever records it
 * today read it with a quantum computer. Throws TypeError before anything is encrypted.
 */
export async function seal(plain: Uint8Array, recipients: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const each = [...new Set(recipients)];
  if (each.length < LEAST_RECIPIENTS) throw new TypeError('A message is encrypted to two recipients at least.');
  if (!each.every(isHybridRecipient)) throw new TypeError('Every recipient must be a hybrid one, age1pq1….');
  const encrypter = new Encrypter();
  for (const recipient of each) encrypter.addRecipient(recipient);
  const sealed = await encrypter.encrypt(inPieces(plain));
  return new Uint8Array(await new Response(sealed).arrayBuffer());
}

/** How much is encrypted at a time, in bytes: in between others have their turn, on a server and in a page. */
const PIECE = 512 * 1024;

function inPieces(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull: async (controller) => {
      await new Promise((turn) => setTimeout(turn));
      controller.enqueue(bytes.subarray(at, at + PIECE));
      at += PIECE;
      if (at >= bytes.length) controller.close();
    },
  });
}

/** Decrypts with one identity. Rejects when it does not open it, or when the message was damaged. */
export async function open(ciphertext: Uint8Array, identity: string): Promise<Uint8Array<ArrayBuffer>> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return new Uint8Array(await decrypter.decrypt(ciphertext));
}

/**
 * Whether anything can be encrypted to a recipient that a stranger names: one that looks right may hold a point of low order,
 * at which encryption fails, and with it whatever is done to many cases at once.
 */
export async function takesMessages(recipient: string): Promise<boolean> {
  if (!isHybridRecipient(recipient)) return false;
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(new Uint8Array()).then(
    () => true,
    () => false,
  );
}
