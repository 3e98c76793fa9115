import { hash } from 'node:crypto';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { leafHash, rootFromInclusion } from '../../../ledger/log/merkle.ts';
import { parseProof } from '../../../ledger/log/proof.ts';
import { readLog } from '../../../ledger/reader.ts';
import { digestContent } from '../../../ledger/releases/contents.ts';
import { draftRelease, isMostlyValid, isUnchanged, publishRelease } from '../../../ledger/releases/make.ts';
import { readRelease, releaseFiles } from '../../../ledger/releases/store.ts';
import { openStatement } from '../../../ledger/statement.ts';
import type { Release } from '../../../schemas/index.ts';
import { at, contentWith, DAY, T0 } from '../../posture/worlds.ts';
import { fillers, keepIn, later, makePlace, type Place, within } from '../ledgers.ts';
import { unsealed } from '../records.ts';

const HOUR = 3_600_000;
const content = contentWith();
const style: [string, Buffer] = ['assets/a1.css', Buffer.from('body{}')];

let place: Place;
beforeEach(async () => {
  place = await makePlace();
  await write('organization.yaml', 'name: Quill\n');
});
afterEach(() => place.remove());

async function write(path: string, text: string): Promise<void> {
  const file = join(place.content, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

const read = (path: string) => readFile(join(place.content, path));
const collect = (ms: number) =>
  within(place, (ledger) => keepIn(ledger, ms === 0 ? unsealed(2) : later(unsealed(2), ms)), {
    now: () => new Date(T0 + ms),
  });

/** Publishes a version `ms` after the first instant, with a page that names it. */
function release(ms: number, assets: readonly [string, Buffer][] = [style], said = content): Promise<Release> {
  const publish = async (ledger: Parameters<typeof draftRelease>[0]) => {
    const draft = await draftRelease(ledger, said, { reason: 'It was time.', validFor: '30d' });
    const { number } = draft.release;
    return publishRelease(ledger, draft, new Map([[`${number}/index.html`, Buffer.from(`page ${number}`)], ...assets]));
  };
  return within(place, publish, { now: () => new Date(T0 + ms) });
}

/** Whether the version that would be published now says nothing new. */
const unchanged = (ms: number, said = content) =>
  within(place, async (ledger) => isUnchanged(await draftRelease(ledger, said, { reason: 'x', validFor: '30d' })), {
    now: () => new Date(T0 + ms),
  });

describe('a version', () => {
  test('names the bytes of each of its files, what it rests on, and the version before', async () => {
    await collect(0);
    const first = await release(HOUR);
    const second = await release(2 * HOUR);
    expect(first).toMatchObject({
      number: 1,
      origin: 'trust.quill.example/log',
      demo: false,
      publishedAt: at(T0 + HOUR),
      expiresAt: at(T0 + HOUR + 30 * DAY),
      coverage: { inPlace: 1, verified: 1, percent: 100 },
      log: { size: 3 },
      previous: null,
    });
    expect(second.previous).toEqual({ number: 1, digest: hash('sha256', await read(releaseFiles(1).manifest)) });
    for (const { number, files } of [first, second]) {
      expect(files.map(({ path }) => path)).toEqual([
        `${number}/changes.json`,
        `${number}/contents.json`,
        `${number}/index.html`,
        `${number}/trust.json`,
        'assets/a1.css',
      ]);
      for (const { path, bytes, digest } of files) {
        const kept = await read(`ledger/versions/${path}`);
        expect({ bytes: kept.length, digest: hash('sha256', kept) }, path).toEqual({ bytes, digest });
      }
    }
    const { contents } = await readRelease(place.content, 1);
    expect(contents.content).toEqual([
      { path: 'organization.yaml', bytes: 12, digest: hash('sha256', 'name: Quill\n') },
    ]);
    expect(contents.evidence).toMatchObject([{ source: 'app-db', collector: 'rows', collectedAt: at(T0), index: 2 }]);
  });

  test('is a leaf of the log, with a proof and a signature', async () => {
    const { log: before } = await release(HOUR);
    const bytes = await read(releaseFiles(1).manifest);
    const proof = parseProof((await read(releaseFiles(1).proof)).toString());
    const log = await readLog(place.content);
    if (log === undefined || proof === undefined) throw new Error('no log');
    expect(proof.index).toBe(before.size);
    const root = rootFromInclusion(leafHash(bytes), proof.index, log.checkpoint.size, proof.hashes);
    expect(root).toEqual(log.checkpoint.root);
    const keys = log.chain.map(({ publicKey }) => publicKey);
    expect(openStatement((await read(releaseFiles(1).bundle)).toString(), keys)).toMatchObject({
      statement: {
        subject: [{ name: 'versions/1/manifest.json', digest: { sha256: hash('sha256', bytes) } }],
        predicateType: 'urn:candor:release:1',
        predicate: {
          origin: 'trust.quill.example/log',
          index: 2,
          number: 1,
          publishedAt: at(T0 + HOUR),
          expiresAt: at(T0 + HOUR + 30 * DAY),
        },
      },
    });
  });

  test('does not take the place of an asset that an earlier version published', async () => {
    await release(HOUR);
    const before = await read('ledger/log/checkpoint');
    await expect(release(2 * HOUR, [[style[0], Buffer.from('body{color:red}')]])).rejects.toThrow(
      'the log cannot be trusted: ledger/versions/assets/a1.css: an earlier version has another file of this name.',
    );
    expect(await read('ledger/log/checkpoint')).toEqual(before);
    await expect(read(releaseFiles(2).manifest)).rejects.toThrow('ENOENT');
  });

  test('that was cut off after it began to count is finished by whoever writes next', async () => {
    await release(HOUR);
    // Where its folder should lie is a file.
    await write('ledger/versions/2', 'in the way');
    await expect(release(2 * HOUR)).rejects.toThrow('the ledger could not be written');
    await rm(join(place.content, 'ledger/versions/2'));
    expect((await release(3 * HOUR)).previous?.number).toBe(2);
    expect((await readRelease(place.content, 2)).release.publishedAt).toBe(at(T0 + 2 * HOUR));
  });
});

describe('the newest version is the one of the log', () => {
  test('also when other entries follow it, by bundles', async () => {
    await release(HOUR);
    await within(place, (ledger) => ledger.append(fillers(1, 600, HOUR)), { now: () => new Date(T0 + HOUR) });
    expect((await release(2 * HOUR)).previous?.number).toBe(1);
  });

  test.each([
    ['its manifest', releaseFiles(1).manifest, 'it is not what the log says it is.'],
    ['its trust.json', releaseFiles(1).trust, 'it is not the file that its manifest names.'],
    ['its contents.json', releaseFiles(1).contents, 'it is not the file that its manifest names.'],
  ])('%s was changed: nothing is built on it', async (_title, file, problem) => {
    await release(HOUR);
    const text = (await read(file)).toString();
    await write(
      file,
      text
        .replace('"Quill"', '"Quull"')
        .replace('It was time.', 'It was late.')
        .replace(/"bytes":12/, '"bytes":13'),
    );
    expect((await read(file)).toString()).not.toBe(text);
    await expect(release(2 * HOUR)).rejects.toThrow(`the log cannot be trusted: ${file}: ${problem}`);
  });

  test('it was removed: its number is not given again', async () => {
    await release(HOUR);
    await rm(join(place.content, releaseFiles(1).folder), { recursive: true });
    await expect(release(2 * HOUR)).rejects.toThrow('it is not what the log says it is.');
  });
});

describe('nothing new for a reader', () => {
  test('a first version is always new', async () => {
    await collect(0);
    expect(await unchanged(HOUR)).toBe(false);
  });

  test('a later look that saw the same is nothing new; one that saw something else is', async () => {
    await collect(0);
    await release(HOUR);
    expect(await unchanged(2 * HOUR)).toBe(true);
    await collect(DAY);
    expect(await unchanged(DAY + HOUR)).toBe(true);
    await within(place, (ledger) => keepIn(ledger, later(unsealed(3), DAY + 2 * HOUR)), {
      now: () => new Date(T0 + DAY + 2 * HOUR),
    });
    expect(await unchanged(DAY + 3 * HOUR)).toBe(false);
  });

  test('a claim that is no longer fresh, or no longer verified, is new', async () => {
    await collect(0);
    await release(HOUR);
    // Due after 24 hours: the state stays, and coverage falls.
    expect(await unchanged(23 * HOUR)).toBe(true);
    expect(await unchanged(25 * HOUR)).toBe(false);
    expect(await unchanged(3 * DAY)).toBe(false);
  });

  test('a byte of content is new, hidden files are not', async () => {
    await collect(0);
    await release(HOUR);
    await write('.draft.yaml', 'hidden');
    expect(await unchanged(2 * HOUR)).toBe(true);
    await write('organization.yaml', 'name: Quill \n');
    expect(await unchanged(2 * HOUR)).toBe(false);
  });

  test('for half of its validity, whatever that is', () => {
    const time = fc.integer({ min: T0, max: T0 + 400 * DAY });
    fc.assert(
      fc.property(time, fc.integer({ min: 60_000, max: 400 * DAY }), time, (from, length, now) => {
        const version = { publishedAt: at(from), expiresAt: at(from + length) };
        expect(isMostlyValid(version, at(now))).toBe(from + length - now > now - from);
      }),
    );
  });
});

test('the digests of content are those of every file but what is written by machine, in order of path', async () => {
  await write('claims/b/z.mdx', 'z');
  await write('claims/a/é.mdx', 'e');
  await write('claims/.hidden/x.mdx', 'x');
  await write('documents/evidence/scan.pdf', 'pdf');
  await write('evidence/app-db/rows.json', '{}');
  await write('ledger/log/checkpoint', 'x');
  await symlink(join(place.content, 'organization.yaml'), join(place.content, 'linked.yaml'));
  const digests = await digestContent(place.content);
  expect(digests.map(({ path }) => path)).toEqual([
    'claims/a/é.mdx',
    'claims/b/z.mdx',
    'documents/evidence/scan.pdf',
    'linked.yaml',
    'organization.yaml',
  ]);
  expect(digests.at(-1)?.digest).toBe(digests.at(-2)?.digest);
});
