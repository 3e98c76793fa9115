import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadCollectors } from '../collectors/registry.ts';
import { loadContent } from '../loader/load.ts';
import type { ContentType } from '../schemas/index.ts';
import { type Examples, referenceFiles } from './reference.ts';

/** Where the reference lies. */
export const referenceFolder = join(import.meta.dirname, 'reference');

/** The whole reference as it should be: texts by path in the folder. */
export async function reference(): Promise<Map<string, string>> {
  return referenceFiles(await loadCollectors(), await readExamples());
}

/** The first file of each kind in the example folder, which is a trust center of its own that `candor check` accepts. */
async function readExamples(): Promise<Examples> {
  const folder = join(referenceFolder, 'example');
  const { files } = await loadContent(folder);
  const examples = new Map<ContentType, { path: string; text: string }>();
  for (const { type, file } of [...files].reverse()) {
    examples.set(type, { path: file, text: await readFile(join(folder, file), 'utf8') });
  }
  return examples;
}

if (import.meta.main) {
  for (const [path, text] of await reference()) {
    await mkdir(dirname(join(referenceFolder, path)), { recursive: true });
    await writeFile(join(referenceFolder, path), text);
    process.stderr.write(`docs/reference/${path}\n`);
  }
}
