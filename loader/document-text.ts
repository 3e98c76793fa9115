import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Content, Document, Id } from '../schemas/index.ts';

/** A document of content with the whole text of its file, front matter included; undefined when there is none of this id. */
export async function documentText(
  folder: string,
  { documents }: Content,
  id: Id | undefined,
): Promise<{ id: Id; data: Document; file: string; text: string } | undefined> {
  const document = documents.find((entry) => entry.id === id);
  if (document === undefined) return undefined;
  const file = join(folder, document.file);
  return { id: document.id, data: document.data, file, text: await readFile(file, 'utf8') };
}
