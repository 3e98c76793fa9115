import { createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { accept, type ChainedKey, keyEntry } from '../../../ledger/keys/chain.ts';
import { makeKeys, parseKeys } from '../../../ledger/keys/private.ts';
import { whileValid } from '../../../ledger/keys/signers.ts';

const origin = 'trust.quill.example/log';

test('what an old key signs during a hand-over is valid no longer than that key', () => {
  const [old] = parseKeys(makeKeys()).statement;
  const [young] = parseKeys(makeKeys()).statement;
  if (old === undefined || young === undefined) throw new Error('no keys');
  const endsAt = '2026-12-01T00:00:00.000Z';
  const entries = [
    keyEntry(createPublicKey(old), { at: '2026-11-01T00:00:00.000Z', origin }),
    keyEntry(createPublicKey(young), { at: '2026-11-02T00:00:00.000Z', origin }, { privateKey: old, endsAt }),
  ];
  let chain: ChainedKey[] = [];
  for (const entry of entries) {
    const longer = accept(chain, entry);
    if ('flaw' in longer) throw new Error(longer.flaw);
    chain = longer;
  }
  const [before, after] = ['2026-11-30T00:00:00.000Z', '2026-12-07T00:00:00.000Z'];
  expect(whileValid(chain, old, after)).toBe(endsAt);
  expect(whileValid(chain, old, before)).toBe(before);
  expect(whileValid(chain, young, after)).toBe(after);
});
