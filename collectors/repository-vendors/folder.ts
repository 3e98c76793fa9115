import { constants } from 'node:fs';
import { open, opendir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { SourceUnreadable } from '../define.ts';

/** More files and folders than these are given up on; a repository has fewer. */
const MOST_ENTRIES = 500_000;
const MOST_DEPTH = 60;

/**
 * What a walk meets, by its path from the root with forward slashes: a file, a link and what it leads to (`inside` is missing
 * where that is outside, or nowhere), or something that it does not go into.
 */
export type Met =
  | { file: string }
  | { link: string; inside?: string; isFolder: boolean }
  | { skipped: 'ignored' | 'limit' | 'unreadable' };

/** The root as it really lies. Throws SourceUnreadable in words of our own. */
export async function rootOf(folder: string | undefined): Promise<string> {
  if (folder === undefined) throw new SourceUnreadable('configuration', 'The source names no `folder` to read.');
  try {
    const root = await realpath(folder);
    const handle = await opendir(root);
    await handle.close();
    return root;
  } catch (error) {
    throw folderFailure(error);
  }
}

/** Why a folder cannot be read, in our own words. */
export function folderFailure(error: unknown): SourceUnreadable {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM') return new SourceUnreadable('denied', 'The folder may not be read.');
  if (code === 'ENOENT') return new SourceUnreadable('configuration', 'There is no folder of that name.');
  if (code === 'ENOTDIR') return new SourceUnreadable('configuration', 'What the source names is no folder.');
  if (code === 'ELOOP') return new SourceUnreadable('configuration', 'The links to the folder lead nowhere.');
  return new SourceUnreadable('transient', 'The folder could not be read this time.');
}

/**
 * All files below a root, in the order of the disk. Links are never followed, so that nothing outside is read and no loop
 * is endless; they only tell where they lead. `ignored` says which folders are not gone into, by their path from the root.
 */
export async function* walk(root: string, ignored: (path: string) => boolean): AsyncGenerator<Met> {
  const open: { path: string; depth: number }[] = [{ path: '', depth: 0 }];
  let entries = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const folder = await opendir(join(root, at.path)).catch(() => undefined);
    if (folder === undefined) {
      yield { skipped: 'unreadable' };
      continue;
    }
    for await (const entry of folder) {
      const path = at.path === '' ? entry.name : `${at.path}/${entry.name}`;
      entries += 1;
      if (entries > MOST_ENTRIES) return yield { skipped: 'limit' };
      if (entry.isSymbolicLink()) {
        if (!ignored(path)) yield { link: path, ...(await leadOf(root, path)) };
      } else if (entry.isFile()) yield { file: path };
      else if (entry.isDirectory()) {
        if (ignored(path)) yield { skipped: 'ignored' };
        else if (at.depth >= MOST_DEPTH) yield { skipped: 'limit' };
        else open.push({ path, depth: at.depth + 1 });
      }
    }
  }
}

/** What a link leads to. What lies inside is walked by its own name. */
async function leadOf(root: string, path: string): Promise<{ inside?: string; isFolder: boolean }> {
  try {
    const target = await realpath(join(root, path));
    const isFolder = (await stat(target)).isDirectory();
    const inside = relative(root, target).split(sep).join('/');
    return inside.split('/')[0] === '..' || isAbsolute(inside) ? { isFolder } : { inside, isFolder };
  } catch {
    return { isFolder: false };
  }
}

/** The bytes of a plain file, or why not. What became a link or a device in the meantime is not read. */
export async function bytesOf(root: string, path: string, most: number): Promise<Buffer | 'too large' | 'unreadable'> {
  try {
    await using handle = await open(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = await handle.stat();
    if (!stat.isFile()) return 'unreadable';
    if (stat.size > most) return 'too large';
    return await handle.readFile();
  } catch {
    return 'unreadable';
  }
}
