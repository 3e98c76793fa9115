import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Checkpoint,
  checkpointText,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
} from '../../../ledger/log/checkpoint.ts';
import { leafHash, rootFromInclusion } from '../../../ledger/log/merkle.ts';
import { noteKeyId, openNote, signNote, verifierKey } from '../../../ledger/log/note.ts';
import { parseProof, proofText } from '../../../ledger/log/proof.ts';
import { inclusionProof } from '../../../ledger/log/tiles.ts';
import { originOf } from '../../../ledger/writer.ts';
import { damagedTexts, entriesFor, MemoryLog } from './trees.ts';

/** A private Ed25519 key from its 32 bytes, in PKCS #8. RFC 8410. */
function fromSeed(seed: Buffer): KeyObject {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

function party(name: string, privateKey = generateKeyPairSync('ed25519').privateKey) {
  return { name, privateKey, publicKey: createPublicKey(privateKey) };
}

// The example of Go’s golang.org/x/mod/sumdb/note: a signer key, its verifier key, and a note.
const goSignerKey = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const goVerifierKey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const goText = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const goSignature = 'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=';
const goNote = `${goText}\n— PeterNeumann ${goSignature}\n`;
const peter = party(
  'PeterNeumann',
  fromSeed(Buffer.from(goSignerKey.split('+').slice(4).join('+'), 'base64').subarray(1)),
);

describe('the example of Go’s sumdb/note', () => {
  test('signs, names its key and opens as it does there', () => {
    expect(verifierKey(peter)).toBe(goVerifierKey);
    expect(noteKeyId(peter).toString('hex')).toBe('c74f20a3');
    expect(signNote(goText, [peter])).toBe(goNote);
    expect(openNote(goNote, [peter])).toEqual({ text: goText, by: [peter] });
  });

  test('no bit of it can be another', () => {
    for (const damaged of damagedTexts(goNote)) expect(openNote(damaged, [peter])).toHaveProperty('flaw');
  });
});

describe('signed notes', () => {
  const [old, current, stranger] = [party('example.com/log'), party('example.com/log'), party('example.org/log')];
  const note = signNote('a\n\nb\n', [old, current]);
  const lines = note.split('\n').slice(-3, -1);

  test('carry a signature for each signer, and may have blank lines in the text', () => {
    expect(openNote(note, [current, old])).toEqual({ text: 'a\n\nb\n', by: [old, current] });
  });

  test.each([
    ['one signer is not known', note, [old], 'it is signed by a key that is not known (example.com/log).'],
    ['the same key under another name', signNote('a\n', [{ ...old, name: 'x' }]), [old], /not known \(x\)/],
    ['somebody else signed as well', signNote('a\n', [old, stranger]), [old], /not known \(example.org\/log\)/],
    ['nobody signed', 'a\n\n', [old], 'nobody has signed it.'],
    ['a line is there twice', `${note}${lines[0]}\n`, [old, current], /twice/],
    ['the last newline is missing', note.slice(0, -1), [old, current], 'it is not a signed note.'],
    ['there is a line too many', `${note}\n`, [old, current], 'nobody has signed it.'],
    ['a signature was cut off', note.replace(/.{8}\n$/, '\n'), [old, current], /wrong|malformed|base64/],
    ['Windows line ends', note.replaceAll('\n', '\r\n'), [old, current], 'it is not a signed note.'],
    ['a hyphen for the dash', note.replaceAll('—', '-'), [old, current], 'a signature line is malformed.'],
    ['it is empty', '', [old], 'it is not a signed note.'],
  ])('are refused when %s', (_, text, verifiers, flaw) => {
    expect(openNote(text, verifiers)).toEqual({
      flaw: typeof flaw === 'string' ? flaw : expect.stringMatching(flaw),
    });
  });

  test.each(['', 'a b', 'a+b', 'a\u2003b'])('the name “%s” cannot sign', (name) => {
    expect(() => signNote('a\n', [{ ...old, name }])).toThrow(TypeError);
  });

  test('whatever the address of a page, the name of its log can sign', () => {
    fc.assert(
      fc.property(fc.webUrl({ validSchemes: ['https'] }), fc.constantFrom('', '/', '/a+b', '/ä ö/'), (url, path) => {
        const name = originOf(url + path);
        expect(openNote(signNote('a\n', [{ ...old, name }]), [{ ...old, name }])).toHaveProperty('text', 'a\n');
      }),
    );
    expect(originOf('https://trust.example.com/a+b/')).toBe('trust.example.com/a%2Bb/log');
  });

  test('a text without its last newline cannot be signed', () => {
    expect(() => signNote('a', [old])).toThrow(TypeError);
  });
});

describe('checkpoints', () => {
  const log = party('example.com/log');
  // The example of Go’s tlog.FormatTree, under another name.
  const checkpoint: Checkpoint = {
    origin: 'example.com/log',
    size: 123_456_789_012,
    root: leafHash(Buffer.from('hello world')),
  };
  const text = 'example.com/log\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n';
  const note = signCheckpoint(checkpoint, [log]);

  test('say which log, how many entries and their root', () => {
    expect(checkpointText(checkpoint)).toBe(text);
    expect(parseCheckpoint(text)).toEqual(checkpoint);
    expect(parseCheckpoint(note)).toEqual(checkpoint);
    expect(openCheckpoint(note, [log])).toEqual({ checkpoint, by: [log] });
  });

  test('no bit of one can be another', () => {
    for (const damaged of damagedTexts(note)) expect(openCheckpoint(damaged, [log])).toHaveProperty('flaw');
  });

  test.each([
    'example.com/log\n0xabcdef\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n',
    'example.com/log\n012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n',
    'example.com/log\n-1\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n',
    'example.com/log\n9007199254740993\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n',
    'example.com/log\n12\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBTOOBIG=\n',
    // The last character holds two bits that say nothing.
    'example.com/log\n12\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb1=\n',
    'example.com/log\n12\n',
    '\n12\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n',
  ])('%j is none, even when it is signed', (wrong) => {
    expect(parseCheckpoint(wrong)).toBeUndefined();
    expect(openCheckpoint(signNote(wrong, [log]), [log])).toEqual({ flaw: 'it is not a checkpoint.' });
  });

  test('with more lines than this log writes they are refused, signed or not', () => {
    expect(openCheckpoint(signNote(`${text}more\n`, [log]), [log])).toEqual({ flaw: 'it is not a checkpoint.' });
  });
});

describe('proof files', async () => {
  const log = party('example.com/log');
  const [entries, index] = [entriesFor(8), 5];
  const { root, readTile } = await MemoryLog.of(entries);
  const checkpoint = signCheckpoint({ origin: log.name, size: 8, root }, [log]);
  const proof = { index, hashes: await inclusionProof(index, 8, readTile), checkpoint };
  const text = proofText(proof);

  /** Whether a file proves that the entry is in the log. */
  function proves(file: string): boolean {
    const read = parseProof(file);
    const opened = read === undefined ? { flaw: 'none' } : openCheckpoint(read.checkpoint, [log]);
    if (read === undefined || 'flaw' in opened) return false;
    const leaf = leafHash(entries[index] ?? Buffer.alloc(0));
    const leads = rootFromInclusion(leaf, read.index, opened.checkpoint.size, read.hashes);
    return leads?.equals(opened.checkpoint.root) ?? false;
  }

  test('read back as they were, with and without hashes', () => {
    expect(text.startsWith('c2sp.org/tlog-proof@v1\nindex 5\n')).toBe(true);
    expect(text.endsWith(`\n\n${checkpoint}`)).toBe(true);
    expect(parseProof(text)).toEqual(proof);
    expect(parseProof(proofText({ ...proof, hashes: [] }))).toEqual({ ...proof, hashes: [] });
  });

  test('prove the entry, and no bit of one can be another', () => {
    expect(proves(text)).toBe(true);
    for (const damaged of damagedTexts(text)) expect([damaged, proves(damaged)]).toEqual([damaged, false]);
  });

  test.each([
    ['no header', text.replace('c2sp.org/tlog-proof@v1\n', '')],
    ['another version', text.replace('@v1', '@v2')],
    ['no index', text.replace('index 5\n', '')],
    ['a zero in front', text.replace('index 5', 'index 05')],
    ['more than is safe', text.replace('index 5', 'index 9007199254740993')],
    ['a hash of another length', text.replace(/\n[^\n]{43}=\n/, '\nQUJD\n')],
    ['Windows line ends', text.replaceAll('\n', '\r\n')],
    ['a blank line too early', text.replace('\n', '\n\n')],
    ['no checkpoint', text.slice(0, text.indexOf('\n\n'))],
    ['nothing', ''],
  ])('%s: none', (_, wrong) => {
    expect(parseProof(wrong)).toBeUndefined();
  });
});
