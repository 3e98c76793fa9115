import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderRelease } from '../../cli/site.ts';
import { canonicalJson } from '../../posture/digest.ts';
import { CandorError, Release } from '../../schemas/index.ts';
import { root, writeWorldWithVersions } from './versions.ts';

const folder = mkdtempSync(join(tmpdir(), 'candor-frozen-'));
const content = join(folder, 'content');
const kept = (path: string) => readFileSync(join(content, 'ledger', 'versions', path));

beforeAll(() => writeWorldWithVersions(content));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A draft like the version that was kept under this number. */
function draftOf(number: number, change: (release: Release) => Release = (release) => release): string {
  const draft = mkdtempSync(join(folder, 'draft-'));
  for (const name of ['trust.json', 'contents.json', 'changes.json'])
    writeFileSync(join(draft, name), kept(`${number}/${name}`));
  const { files: _, ...release } = change(Release.parse(JSON.parse(kept(`${number}/manifest.json`).toString())));
  writeFileSync(join(draft, 'release.json'), canonicalJson(release));
  return draft;
}

test('a version is two pages and a style sheet, and rendering it again gives the same bytes', async () => {
  const before = { content: process.env.CANDOR_CONTENT, release: process.env.CANDOR_RELEASE };
  const files = await renderRelease(root, content, draftOf(2), false);
  const [styles = '', ...pages] = [...files.keys()].sort().reverse();
  expect(pages).toEqual(['2/index.html', '2/changes/index.html']);
  expect(styles).toMatch(/^assets\/[\w-]+\.css$/);
  for (const [path, bytes] of files) expect(bytes.equals(kept(path)), path).toBe(true);
  expect({ content: process.env.CANDOR_CONTENT, release: process.env.CANDOR_RELEASE }).toEqual(before);
});

test('the manifest names every page of its version by its digest, and the page shows those of the other files', () => {
  const { files } = Release.parse(JSON.parse(kept('2/manifest.json').toString()));
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      '2/changes.json',
      '2/changes/index.html',
      '2/contents.json',
      '2/index.html',
      '2/trust.json',
    ]),
  );
  const page = kept('2/index.html').toString();
  for (const name of ['trust.json', 'contents.json', 'changes.json'])
    expect(page).toContain(files.find(({ path }) => path === `2/${name}`)?.digest);
});

test('what changed is told against 25 versions before and no more, however many there are', async () => {
  const many = join(folder, 'many');
  cpSync(content, many, { recursive: true });
  const versions = join(many, 'ledger', 'versions');
  const last = Release.parse(JSON.parse(kept('3/manifest.json').toString()));
  for (let number = 4; number < 40; number += 1) {
    const files = last.files.map((file) => ({ ...file, path: file.path.replace(/^3\//, `${number}/`) }));
    cpSync(join(versions, '3'), join(versions, String(number)), { recursive: true });
    writeFileSync(join(versions, String(number), 'manifest.json'), `${canonicalJson({ ...last, number, files })}\n`);
  }
  const previous = { number: 39, digest: '0'.repeat(64) };
  const draft = draftOf(3, (release) => ({ ...release, number: 40, previous }));
  const changes = (await renderRelease(root, many, draft, false)).get('40/changes/index.html')?.toString() ?? '';
  const since = [...changes.matchAll(/<details id="since-(\d+)"/g)].map(([, number]) => Number(number));
  // The version just before stands above them, unfolded.
  expect(since).toEqual(Array.from({ length: 24 }, (_, index) => 38 - index));
});

test('a draft that cannot be rendered fails, and leaves nothing behind', async () => {
  const draft = draftOf(2);
  writeFileSync(join(draft, 'trust.json'), '{}');
  await expect(renderRelease(root, content, draft, false)).rejects.toThrow(CandorError);
  expect(process.env.CANDOR_RELEASE).toBeUndefined();
});
