import { armor, identityToRecipient } from 'age-encryption';
import { keysOf, type ReceiptKeys } from '../../../intake/envelope/receipt.ts';
import { type Opened, packMessage, unpackReport } from '../../../intake/envelope/report.ts';
import { open, seal } from '../../../intake/envelope/seal.ts';
import type { TarFile } from '../../../intake/envelope/tar.ts';

// Keys and texts are in this worker and in the page that asks it, and go nowhere: it sends nothing, and keeps nothing.

/** What can be asked: the keys of a receipt code; the recipients of identities; to read an age message, armored or not; to make one, armored. */
export type Orders = {
  keys: { asked: string; given: ReceiptKeys };
  recipients: { asked: readonly string[]; given: string[] };
  open: { asked: { message: Uint8Array | string; identities: readonly string[] }; given: Opened };
  seal: {
    asked: { text: string; attachments: readonly TarFile[]; recipients: readonly string[] };
    given: Uint8Array<ArrayBuffer>;
  };
};

/** One order, by the number under which its answer is known. */
type Order = { [Name in keyof Orders]: { number: number; name: Name; asked: Orders[Name]['asked'] } }[keyof Orders];

self.onmessage = async ({ data }: MessageEvent<Order>) => {
  const { number } = data;
  try {
    self.postMessage({ number, isGiven: true, given: await done(data) });
  } catch {
    self.postMessage({ number, isGiven: false });
  }
};

async function done(order: Order): Promise<Orders[keyof Orders]['given']> {
  if (order.name === 'keys') return keysOf(order.asked);
  if (order.name === 'recipients') return Promise.all(order.asked.map(identityToRecipient));
  if (order.name === 'seal') {
    const { text, attachments, recipients } = order.asked;
    return seal(packMessage(text, attachments), recipients);
  }
  const { message, identities } = order.asked;
  const ciphertext = typeof message === 'string' ? armor.decode(message) : message;
  for (const identity of identities) {
    const plain = await open(ciphertext, identity).catch(() => undefined);
    if (plain !== undefined) return unpackReport(plain);
  }
  throw new Error('None of these identities opens it.');
}
