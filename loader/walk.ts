import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CandorError, type ContentType, candorError, contentTypes, Id } from '../schemas/index.ts';
import { contentTypeNames } from '../schemas/json-schema.ts';
import type { ContentFile } from './file.ts';
import { nearest } from './nearest.ts';

/** A content file before it is read. */
export type FoundFile = Pick<ContentFile, 'type' | 'id' | 'section' | 'file'>;

/** What lies in a content folder. Paths are inside it, with forward slashes; all lists are in order of path. */
export type Walk = {
  files: FoundFile[];
  /** Folders of claims. */
  sections: string[];
  /** Files that are no content themselves, but lie where a document or its text may name them. */
  companions: string[];
  errors: CandorError[];
};

/** Written by the command line and read by the ledger, never by hand. */
const machineWritten = new Set(['evidence', 'ledger']);

type Listed = { name: string; kind: 'file' | 'folder' };

/** Finds all content by the table of content types, and names everything that nothing reads. */
export async function walk(dir: string): Promise<Walk> {
  const found: Walk = { files: [], sections: [], companions: [], errors: [] };
  const top = await list(dir, '', found);
  const places = new Map<string, ContentType>(contentTypeNames.map((type) => [contentTypes[type].path, type]));
  for (const { name, kind } of top ?? []) {
    const type = places.get(name);
    if (type === undefined || (contentTypes[type].layout === 'single') !== (kind === 'file')) {
      if (!(kind === 'folder' && machineWritten.has(name))) stray(dir, name, kind, places.keys(), found);
    } else if (contentTypes[type].layout === 'single') {
      found.files.push({ type, id: type, section: undefined, file: name });
    } else {
      await folder(dir, type, name, undefined, found);
    }
  }
  return found;
}

async function folder(dir: string, type: ContentType, path: string, section: string | undefined, found: Walk) {
  const { layout } = contentTypes[type];
  const entries = (await list(dir, path, found)) ?? [];
  const chapters = layout === 'chapters' && section === undefined;
  const endings = layout === 'many' ? /\.yaml$/ : /\.mdx?$/;
  for (const { name, kind } of entries) {
    const file = `${path}/${name}`;
    if (chapters && kind === 'folder') {
      if (!Id.safeParse(name).success) found.errors.push(badId(dir, file, name));
      found.sections.push(name);
      await folder(dir, type, file, name, found);
    } else if (!chapters && kind === 'file' && endings.test(name)) {
      const id = name.replace(endings, '');
      if (!Id.safeParse(id).success) found.errors.push(badId(dir, file, id));
      found.files.push({ type, id, section, file });
    } else if (!chapters && kind === 'file' && layout !== 'many') {
      found.companions.push(file);
    } else {
      const stem = name.replace(/\.[^.]*$/, '');
      const suggestion = layout === 'many' && /\.(yml|json)$/.test(name) ? `${stem}.yaml` : undefined;
      found.errors.push(unknownFile(dir, file, kind, suggestion));
    }
  }
}

/** The files and folders of one folder, dotfiles and README.md left out; undefined when there is no such folder. */
async function list(dir: string, path: string, found: Walk): Promise<Listed[] | undefined> {
  try {
    const entries = await readdir(join(dir, path), { withFileTypes: true });
    const listed: Listed[] = [];
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name === 'README.md') continue;
      const file = path === '' ? entry.name : `${path}/${entry.name}`;
      const known = entry.isFile() || entry.isDirectory() ? entry : await target(dir, file, found);
      if (known !== undefined) listed.push({ name: entry.name, kind: known.isDirectory() ? 'folder' : 'file' });
    }
    return listed.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (path !== '' || codeOf(error) !== 'ENOENT') found.errors.push(unreadable(dir, path, error));
    return undefined;
  }
}

/** What a link leads to. Anything that is neither file nor folder cannot be read. */
async function target(dir: string, file: string, found: Walk) {
  try {
    const known = await stat(join(dir, file));
    if (known.isFile() || known.isDirectory()) return known;
    found.errors.push(unreadable(dir, file, undefined));
  } catch (error) {
    found.errors.push(unreadable(dir, file, error));
  }
  return undefined;
}

function stray(dir: string, name: string, kind: Listed['kind'], places: Iterable<string>, found: Walk) {
  const suggestion = nearest(
    name,
    [...places].filter((place) => place.endsWith('.yaml') === (kind === 'file')),
  );
  found.errors.push(unknownFile(dir, name, kind, suggestion));
}

/** The place of a whole file: its first character, without a length, so that nothing of it is shown. */
export function wholeFile(dir: string, file: string) {
  return { file: join(dir, file), line: 1, column: 1 };
}

/** The error for a file or folder that nothing reads. */
export function unknownFile(dir: string, file: string, kind: Listed['kind'], suggestion?: string): CandorError {
  const name = `${file.split('/').at(-1)}${kind === 'folder' ? '/' : ''}`;
  return candorError('ContentUnknownFile', { name, suggestion }, wholeFile(dir, file));
}

/** The error for a file or folder that the system does not let us read. */
export function unreadable(dir: string, file: string, error: unknown): CandorError {
  return candorError(
    'ContentUnreadable',
    { problem: codeOf(error) ?? 'neither a file nor a folder' },
    wholeFile(dir, file),
  );
}

function badId(dir: string, file: string, name: string): CandorError {
  return candorError('ContentBadId', { name }, wholeFile(dir, file));
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
