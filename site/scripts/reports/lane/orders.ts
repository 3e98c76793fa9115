import { type Challenge, solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2';
import { keysDigest } from '../../../../intake/envelope/keys.ts';
import { keysOf, newReceiptCode, type ReceiptKeys } from '../../../../intake/envelope/receipt.ts';
import { packReport, type Report } from '../../../../intake/envelope/report.ts';
import { seal } from '../../../../intake/envelope/seal.ts';
import { type Order, read } from '../ask.ts';

// All that takes long is done here, beside the page, which stays usable meanwhile. Nothing here sends anything.

/** A report before its files were read. */
export type Draft = Omit<Report, 'attachments'> & { files: readonly File[] };

/** What can be asked of the worker, and what it gives. */
export type Orders = {
  /** A new receipt code, and what follows from it. */
  receipt: { asked: null; given: { code: string; keys: Omit<ReceiptKeys, 'identity'> } };
  /** Packs and encrypts. `keys` names the recipients that it was encrypted to. */
  seal: {
    asked: { draft: Draft; recipients: readonly string[] };
    given: { message: Uint8Array<ArrayBuffer>; keys: string };
  };
  /** Works out a proof of work: what the server takes for it. */
  solve: { asked: Challenge; given: string };
};

/** Carries out one of them. */
export async function carriedOut(order: Order<Orders>): Promise<Orders[keyof Orders]['given']> {
  switch (order.name) {
    case 'receipt': {
      const code = newReceiptCode();
      // The key that opens answers stays in the code: it is derived again when somebody comes back.
      const { access, recipient, identity: _ } = await keysOf(code);
      return { code, keys: { access, recipient } };
    }
    case 'seal': {
      const { draft, recipients } = order.asked;
      const { files, ...fields } = draft;
      const message = await seal(packReport({ ...fields, attachments: await read(files) }), recipients);
      return { message, keys: await keysDigest(recipients) };
    }
    case 'solve': {
      const challenge = order.asked;
      // As long as the challenge is good for: a slow machine is no reason to give up.
      const solution = await solveChallenge({ challenge, deriveKey, timeout: 1_500_000 });
      if (solution === null) throw new Error('No proof was found in time.');
      return btoa(JSON.stringify({ challenge, solution }));
    }
  }
}
