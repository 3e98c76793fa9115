import { armor, identityToRecipient } from 'age-encryption';
import { keysOf, type ReceiptKeys } from '../../../intake/envelope/receipt.ts';
import { type Opened, packMessage, unpackReport } from '../../../intake/envelope/report.ts';
import { open, seal } from '../../../intake/envelope/seal.ts';
import type { TarFile } from '../../../intake/envelope/tar.ts';
import { answerOrders, type Order } from './ask.ts';

// Keys and texts are in this worker and in the page that asks it, and go nowhere.

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

answerOrders<Orders>(done);

async function done(order: Order<Orders>): Promise<Orders[keyof Orders]['given']> {
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
