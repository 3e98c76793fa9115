import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { filesWithBody, moduleText } from '../../site/content-plugin.ts';
import { packageRoot, patternOf, routes } from '../../site/places.ts';
import { writeWorld } from './world.ts';

describe('the address of a page is what its file is called', () => {
  test.each([
    ['index.astro', '/'],
    ['roadmap.astro', '/roadmap'],
    ['claims/[id].astro', '/claims/[id]'],
    ['trust.json.ts', '/trust.json'],
    ['isolation/[...page].astro', '/isolation/[...page]'],
    ['.well-known/security.[extension].ts', '/.well-known/security.[extension]'],
  ])('%s is %s', (file, pattern) => {
    expect(patternOf(file)).toBe(pattern);
  });

  test('every file of the folder is a route, and no two share an address', () => {
    const patterns = routes(packageRoot(), 'pages').map(({ pattern }) => pattern);
    expect(patterns).toContain('/');
    expect(patterns).toContain('/trust.json');
    expect(new Set(patterns).size).toBe(patterns.length);
  });
});

describe('the module of content', () => {
  const folder = mkdtempSync(join(tmpdir(), 'candor-bodies-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('imports the bodies that say something, and no others', async () => {
    await writeWorld(folder);
    expect(filesWithBody(folder).map(({ key }) => key)).toEqual(['claims/every-table-is-guarded']);
  });

  test('an empty folder has no bodies', () => {
    expect(filesWithBody(join(folder, 'nowhere'))).toEqual([]);
  });

  test('its text is one static import a body', () => {
    expect(moduleText('/c', [{ key: 'claims/a', file: '/c/claims/s/a.mdx' }], 'b')).toMatchInlineSnapshot(`
      "import { Content as body0 } from "/c/claims/s/a.mdx";
      export const folder = "/c";
      export const build = "b";
      export const bodies = new Map([["claims/a", body0]]);"
    `);
  });
});
