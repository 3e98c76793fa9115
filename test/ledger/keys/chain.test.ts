import { createPublicKey, generateKeyPairSync, hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  accept,
  type ChainedKey,
  fingerprintOf,
  keyEntry,
  keyFileName,
  keysAt,
  newestKey,
  noteVerifiers,
  useOf,
} from '../../../ledger/keys/chain.ts';
import { keyBytes, keyFiles } from '../../../ledger/keys/files.ts';
import { type Instant, LogKey } from '../../../schemas/index.ts';
import { damagedTexts } from '../log/trees.ts';

const origin = 'trust.example.com/log';
const makes = {
  checkpoint: () => generateKeyPairSync('ed25519'),
  statement: () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
};
const day = (number: number): Instant => `2026-11-${String(number).padStart(2, '0')}T09:00:00.000Z`;
const uses = ['checkpoint', 'statement'] as const;

/** What `accept` gives when it must. */
function extended(chain: readonly ChainedKey[], entry: LogKey): ChainedKey[] {
  const longer = accept(chain, entry);
  if ('flaw' in longer) throw new Error(longer.flaw);
  return longer;
}

describe.each(uses)('the keys that sign a %s', (use) => {
  const [first, second, third, stranger] = [makes[use](), makes[use](), makes[use](), makes[use]()];
  const genesis = keyEntry(first.publicKey, { at: day(1), origin });
  const handedOver = keyEntry(
    second.publicKey,
    { at: day(2), origin },
    { privateKey: first.privateKey, endsAt: day(9) },
  );
  const chain = extended([], genesis);

  test('the first needs nobody’s word, each other one the word of the one before', () => {
    const longer = extended(chain, handedOver);
    expect(longer.map(({ entry, endsAt }) => [entry.fingerprint, endsAt])).toEqual([
      [fingerprintOf(first.publicKey), day(9)],
      [fingerprintOf(second.publicKey), null],
    ]);
    expect(newestKey(longer, use)?.entry).toEqual(handedOver);
    expect(chain.map(({ endsAt }) => endsAt)).toEqual([null]);
  });

  test('the old key counts until the overlap ends, and not at its end', () => {
    const longer = extended(chain, handedOver);
    const at = (instant?: Instant) => keysAt(longer, use, instant).map(({ entry }) => entry.fingerprint);
    const [old, current] = [genesis.fingerprint, handedOver.fingerprint];
    expect(at()).toEqual([old, current]);
    expect(at(day(8))).toEqual([old, current]);
    expect(at('2026-11-09T08:59:59.999Z')).toEqual([old, current]);
    expect(at(day(9))).toEqual([current]);
    expect(at(day(20))).toEqual([current]);
    // An instant is compared as one, not as text.
    expect(at('2026-11-09T09:30:00.000+01:00')).toEqual([old, current]);
  });

  const by = (privateKey: typeof first.privateKey, endsAt = day(9)) => ({ privateKey, endsAt });
  const entry = (pair: typeof first, old?: Parameters<typeof keyEntry>[2], changes: Partial<LogKey> = {}): LogKey => ({
    ...keyEntry(pair.publicKey, { at: day(3), origin }, old),
    ...changes,
  });

  test.each([
    ['a second first key', entry(stranger), /did not hand over/],
    ['a key handed over by a stranger', entry(second, by(stranger.privateKey)), /did not hand over/],
    ['a key that hands over to itself', entry(second, by(second.privateKey)), /did not hand over/],
    ['the same key again', entry(first, by(first.privateKey)), /there already/],
    ['a key of another log', entry(second, by(first.privateKey), { origin: 'x/log' }), /another log/],
    [
      'another key under the same signature',
      { ...handedOver, publicKey: genesis.publicKey, fingerprint: hash('sha256', 'x') },
      /fingerprint/,
    ],
    [
      'a stranger’s key in the place of the one that was handed over to',
      { ...handedOver, publicKey: entry(stranger).publicKey, fingerprint: entry(stranger).fingerprint },
      /signature/,
    ],
    ['a fingerprint of another key', { ...handedOver, fingerprint: genesis.fingerprint }, /fingerprint/],
    ['another time', { ...handedOver, at: day(4) }, /signature/],
    ['no key at all', { ...handedOver, publicKey: 'AAAA' }, /no key of the kind/],
    [
      'the other use',
      { ...handedOver, use: use === 'checkpoint' ? 'statement' : 'checkpoint' } satisfies LogKey,
      /no key of the kind/,
    ],
  ])('%s is refused', (_, wrong, flaw) => {
    expect(accept(chain, wrong)).toEqual({ flaw: expect.stringMatching(flaw) });
  });

  test('an end that was moved is refused', () => {
    const moved = { ...handedOver, handOver: handedOver.handOver && { ...handedOver.handOver, endsAt: day(28) } };
    expect(accept(chain, moved)).toEqual({ flaw: 'the signature of the key that hands over is wrong.' });
  });

  test('a key that handed over already cannot do so again', () => {
    const longer = extended(chain, handedOver);
    expect(accept(longer, entry(third, by(first.privateKey)))).toEqual({
      flaw: 'the key before it did not hand over to it.',
    });
    expect(accept(longer, entry(third, by(second.privateKey)))).toHaveLength(3);
  });

  test('a hand-over without the key that hands over is refused', () => {
    expect(accept([], handedOver)).toEqual({ flaw: 'it is handed over by a key that is not in the log.' });
  });

  test('no bit of the entry of a key can be another', () => {
    for (const [before, each] of [
      [[], genesis],
      [chain, handedOver],
    ] as const) {
      const text = keyBytes(each).toString('utf8');
      for (const damaged of damagedTexts(text)) {
        const read = LogKey.safeParse(parsed(damaged));
        if (!read.success || keyBytes(read.data).toString('utf8') !== damaged) continue;
        const taken = accept(before, read.data);
        // The first key vouches for itself only: its time and its origin are what the checkpoint is compared with.
        const free = each === genesis && (read.data.at !== genesis.at || read.data.origin !== genesis.origin);
        if (!free) expect([damaged, taken]).toEqual([damaged, { flaw: expect.any(String) }]);
      }
    }
  });

  test('its files are its entry, PEM and, for checkpoints, a verifier key', () => {
    const names = keyFiles(genesis).map(([name]) => name);
    const base = `${use}-${genesis.fingerprint.slice(0, 16)}`;
    expect(keyFileName(genesis)).toBe(base);
    expect(names).toEqual([`${base}.json`, `${base}.pem`, ...(use === 'checkpoint' ? [`${base}.vkey`] : [])]);
    const [[, json] = [], [, pem] = []] = keyFiles(genesis);
    expect(LogKey.parse(JSON.parse(json?.toString('utf8') ?? ''))).toEqual(genesis);
    expect(fingerprintOf(createPublicKey(pem ?? ''))).toBe(genesis.fingerprint);
  });
});

describe('keys of both uses', () => {
  const pairs = { checkpoint: makes.checkpoint(), statement: makes.statement() };
  const chain = uses.reduce(
    (before, use) => extended(before, keyEntry(pairs[use].publicKey, { at: day(1), origin })),
    [] as ChainedKey[],
  );

  test('do not vouch for each other', () => {
    const next = keyEntry(
      makes.checkpoint().publicKey,
      { at: day(2), origin },
      {
        privateKey: pairs.checkpoint.privateKey,
        endsAt: day(9),
      },
    );
    const other = { ...next.handOver, fingerprint: fingerprintOf(pairs.statement.publicKey) };
    const wrong = LogKey.parse({ ...next, handOver: other });
    expect(accept(chain, wrong)).toEqual({ flaw: 'the key before it did not hand over to it.' });
    expect(accept(chain, next)).toHaveLength(3);
  });

  test('only those for checkpoints sign notes, under the name of the log', () => {
    expect(noteVerifiers(chain)).toEqual([{ name: origin, publicKey: pairs.checkpoint.publicKey }]);
    expect(keysAt(chain, 'statement', day(3)).map(({ entry }) => entry.use)).toEqual(['statement']);
    expect(newestKey([], 'statement')).toBeUndefined();
  });

  test('of other algorithms there are none', () => {
    for (const { publicKey } of [
      generateKeyPairSync('ec', { namedCurve: 'secp384r1' }),
      generateKeyPairSync('ed448'),
      generateKeyPairSync('rsa', { modulusLength: 2048 }),
      generateKeyPairSync('x25519'),
    ]) {
      expect(useOf(publicKey)).toBeUndefined();
      expect(() => keyEntry(publicKey, { at: day(1), origin })).toThrow('a key of the log is Ed25519 or P-256');
      const entry = { ...keyEntry(pairs.checkpoint.publicKey, { at: day(1), origin }) };
      const publicBytes = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
      expect(accept([], { ...entry, publicKey: publicBytes, fingerprint: fingerprintOf(publicKey) })).toEqual({
        flaw: 'it holds no key of the kind it names.',
      });
    }
  });

  test('handed over in any number, each ends when it said', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 28 }), { minLength: 1, maxLength: 6 }), (ends) => {
        let [all, last] = [chain, pairs.checkpoint];
        for (const end of ends) {
          const next = makes.checkpoint();
          const old = { privateKey: last.privateKey, endsAt: day(end) };
          all = extended(all, keyEntry(next.publicKey, { at: day(1), origin }, old));
          last = next;
        }
        expect(all.filter(({ entry }) => entry.use === 'checkpoint').map(({ endsAt }) => endsAt)).toEqual([
          ...ends.map(day),
          null,
        ]);
        for (let now = 1; now <= 29; now += 1)
          expect(keysAt(all, 'checkpoint', day(now))).toHaveLength(1 + ends.filter((end) => end > now).length);
      }),
      { numRuns: 30 },
    );
  });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
