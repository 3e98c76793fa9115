import { hash } from 'node:crypto';
import { newReceiptCode } from '../envelope/receipt.ts';

/**
 * The receipt code of a form without JavaScript. It follows from the random value of the form that was shown and from what
 * was sent in it: the same sent twice has one receipt, and what was changed in between is another report.
 */
export function receiptCode(once: string | null, ...sent: readonly (string | Uint8Array)[]): string {
  // Too short to have come from our form: what follows from it could be guessed.
  if (once === null || once.length < 43) return newReceiptCode();
  const digests = sent.map((part) => hash('sha256', part));
  return newReceiptCode(hash('sha256', ['receipt', once, ...digests].join('\n'), 'buffer'));
}
