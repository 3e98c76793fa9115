import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadCollectors } from '../../collectors/registry.ts';
import { reference, referenceFolder } from '../../docs/generate.ts';
import { checkContent } from '../../loader/check.ts';
import { loadContent } from '../../loader/load.ts';
import { printError } from '../../loader/print.ts';
import { contentTypeNames, editorSettings, schemaFile } from '../../schemas/json-schema.ts';

test('the reference is what the schemas and collectors say; `npm run generate` writes it', async () => {
  const files = await reference();
  for (const [path, text] of files) {
    expect(await readFile(join(referenceFolder, path), 'utf8').catch(() => undefined), path).toBe(text);
  }
  const schemas = await readdir(join(referenceFolder, 'schemas'));
  expect(schemas.sort()).toEqual(contentTypeNames.map(schemaFile).sort());
});

test('the example of the reference holds one of every kind, and has no errors', async () => {
  const folder = join(referenceFolder, 'example');
  const errors = await checkContent(folder, await loadContent(folder), {
    collectors: await loadCollectors(),
    now: new Date('2026-02-01T00:00:00Z'),
  });
  expect(errors.map((error) => printError(error))).toEqual([]);
  const page = await readFile(join(referenceFolder, 'content.md'), 'utf8');
  expect(page.match(/^```yaml$/gm)).toHaveLength(contentTypeNames.length);
});

test('every field of every kind is described where it is not plain from its name', async () => {
  const page = await readFile(join(referenceFolder, 'content.md'), 'utf8');
  expect(page).not.toMatch(/\|---\|\n\n/);
  expect(page).not.toContain('undefined');
  expect(page).not.toContain('any value');
});

test('an editor finds the schema of every kind that is plain YAML', async () => {
  const shipped = await readdir(join(referenceFolder, 'schemas'));
  const entries = Object.entries(editorSettings['yaml.schemas']);
  expect(entries.map(([path]) => path.split('/').at(-1)).filter((file) => !shipped.includes(file ?? ''))).toEqual([]);
  expect(entries).toContainEqual([
    './node_modules/candor/docs/reference/schemas/source.schema.json',
    'content/sources/*.yaml',
  ]);
});
