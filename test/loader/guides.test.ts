import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { check } from './tree.ts';

/** The blocks of YAML in a guide, in its order. */
async function blocksOf(guide: string): Promise<string[]> {
  const text = await readFile(new URL(`../../docs/guides/${guide}`, import.meta.url), 'utf8');
  return [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block);
}

test('what the guide on disclosure gives to be copied is valid as it stands', async () => {
  const blocks = await blocksOf('disclosure.md');
  const about = (words: string) => blocks.find((block) => block.includes(words)) ?? '';
  const { errors } = await check({
    'disclosure.yaml': about('safeHarborPoints:'),
    'intake.yaml': about('needs: [question]'),
    'advisories/acme-2026-001.mdx': about('acme-2026-001').replace(/^# .*\n/, ''),
  });
  expect(errors).toEqual([]);
});
