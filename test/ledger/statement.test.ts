import { createPublicKey, generateKeyPairSync, hash, type KeyObject, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fingerprintOf } from '../../ledger/keys/chain.ts';
import { hintOf, openStatement, preAuthEncoding, type Statement, signStatement } from '../../ledger/statement.ts';
import { canonicalJson } from '../../posture/digest.ts';
import { damagedTexts } from './log/trees.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const statement: Statement = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'evidence/app-db/rows.json', digest: { sha256: hash('sha256', 'record') } }],
  predicateType: 'urn:candor:evidence:1',
  predicate: { origin: 'trust.example.com/log', index: 7 },
};
const bundle = signStatement(statement, privateKey);
const Parts = z.looseObject({
  mediaType: z.string(),
  dsseEnvelope: z.looseObject({
    payload: z.string(),
    payloadType: z.string(),
    signatures: z.array(z.strictObject({ sig: z.string() })),
  }),
});
type Parts = z.infer<typeof Parts>;

describe('DSSE’s pre-authentication encoding', () => {
  // secure-systems-lab/dsse: protocol.md, and the tests of its reference implementations.
  test.each([
    ['http://example.com/HelloWorld', 'hello world', 'DSSEv1 29 http://example.com/HelloWorld 11 hello world'],
    ['http://example.com/HelloWorld', 'ಠ', 'DSSEv1 29 http://example.com/HelloWorld 3 ಠ'],
    ['', '', 'DSSEv1 0  0 '],
    ['ಠ', '', 'DSSEv1 3 ಠ 0 '],
  ])('of “%s” and “%s”', (type, payload, encoded) => {
    expect(preAuthEncoding(type, Buffer.from(payload)).toString('utf8')).toBe(encoded);
  });

  test('the signature of the example there is right over it', () => {
    const [x, y] = [
      46950820868899156662930047687818585632848591499744589407958293238635476079160n,
      5640078356564379163099075877009565129882514886557779369047442380624545832820n,
    ].map((coordinate) => Buffer.from(coordinate.toString(16).padStart(64, '0'), 'hex').toString('base64url'));
    const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' }, format: 'jwk' });
    const signature = Buffer.from(
      'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==',
      'base64',
    );
    const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
    expect(verify('sha256', encoded, { key, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
  });
});

describe('statements', () => {
  test('a bundle opens with the key that it names', () => {
    expect(openStatement(bundle, [stranger.publicKey, publicKey])).toEqual({ statement, by: publicKey });
    expect(hintOf(bundle)).toBe(fingerprintOf(publicKey));
    expect(hintOf('{}')).toBeUndefined();
  });

  test('it is canonical JSON around an in-toto statement', () => {
    const read = Parts.parse(JSON.parse(bundle));
    expect(`${canonicalJson(read)}\n`).toBe(bundle);
    expect(read).toMatchObject({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      dsseEnvelope: { payloadType: 'application/vnd.in-toto+json' },
    });
    expect(Buffer.from(read.dsseEnvelope.payload, 'base64').toString('utf8')).toBe(canonicalJson(statement));
  });

  test('no bit of it can be another', () => {
    for (const damaged of damagedTexts(bundle))
      expect([damaged, openStatement(damaged, [publicKey])]).toEqual([damaged, { flaw: expect.any(String) }]);
  });

  test('whatever is said, another key does not sign for it', () => {
    const text = fc.string({ minLength: 1 });
    const said = fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      fc.oneof(text, fc.integer()),
    );
    fc.assert(
      fc.property(text, said, (name, predicate) => {
        const other: Statement = {
          ...statement,
          subject: [{ name, digest: { sha256: hash('sha256', name) } }],
          predicate,
        };
        const signed = signStatement(other, privateKey);
        expect(openStatement(signed, [publicKey])).toEqual({ statement: other, by: publicKey });
        const forged = signStatement(other, stranger.privateKey).replace(
          fingerprintOf(stranger.publicKey),
          fingerprintOf(publicKey),
        );
        expect(openStatement(forged, [publicKey])).toEqual({ flaw: 'its signature is wrong.' });
      }),
    );
  });

  const flaw = (text: string, keys: KeyObject[]) => {
    const opened = openStatement(text, keys);
    return 'flaw' in opened ? opened.flaw : undefined;
  };
  /** The same bundle with a change to what it holds, written as canonical JSON. */
  const changed = (change: (envelope: Parts['dsseEnvelope']) => void) => {
    const read = Parts.parse(JSON.parse(bundle));
    change(read.dsseEnvelope);
    return `${canonicalJson(read)}\n`;
  };

  test.each([
    ['signed by a stranger', signStatement(statement, stranger.privateKey), /not in the log/],
    ['no newline at the end', bundle.slice(0, -1), 'it is not a sigstore bundle.'],
    ['spaces between', bundle.replaceAll(':', ': '), 'it is not a sigstore bundle.'],
    ['a field more', bundle.replace('{', '{"a":1,'), 'it is not a sigstore bundle.'],
    ['not JSON', 'nonsense', 'it is not a sigstore bundle.'],
    ['two signatures', changed((envelope) => envelope.signatures.push({ sig: 'AAAA' })), /not a sigstore bundle/],
    ['no signature', changed((envelope) => envelope.signatures.splice(0)), 'it is not a sigstore bundle.'],
    [
      'another payload',
      changed((envelope) => {
        envelope.payload = Buffer.from(canonicalJson({ ...statement, predicate: {} })).toString('base64');
      }),
      'its signature is wrong.',
    ],
  ])('%s: refused', (_, text, expected) => {
    const found = flaw(text, [publicKey]);
    if (typeof expected === 'string') expect(found).toBe(expected);
    else expect(found).toMatch(expected);
  });

  test('what does not have the shape of a statement is not signed', () => {
    expect(() => signStatement({ ...statement, predicateType: 'urn:other:evidence:1' }, privateKey)).toThrow();
    expect(() => signStatement({ ...statement, subject: [] }, privateKey)).toThrow();
  });
});
