import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/** A file to be written: its path inside the folder, with forward slashes, and its text. */
export type NewFile = { path: string; text: string };

/** The first of `paths` that is there already, or undefined. */
export function alreadyThere(folder: string, paths: readonly string[]): string | undefined {
  return paths.find((path) => existsSync(join(folder, path)));
}

/** Writes new files. One that has come into being meanwhile is not overwritten: it throws EEXIST. */
export async function writeNew(folder: string, files: readonly NewFile[]): Promise<void> {
  for (const { path, text } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { flag: 'wx' });
  }
}

/** The files of a folder and those below, as paths inside it with forward slashes, in order. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
