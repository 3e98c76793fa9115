import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../posture/digest.ts';
import {
  type Content,
  contentTypes,
  type Digest,
  type Entry,
  type FileDigest,
  type NamedDigest,
  type ReleaseContents,
  type Subprocessor,
} from '../../schemas/index.ts';
import { byPath, fileDigest } from '../files/bytes.ts';
import type { Recorded } from '../records/store.ts';

/** Written by machine: versions name what is in them by other means. Access reviews name people: not even a digest leaves. */
const leftOut = new Set(['evidence', 'ledger', contentTypes.accessReviews.path]);

/** The digest of every content file that may be published, in order of path. Links count as what they lead to; names with a dot in front do not. */
export async function digestContent(folder: string, below = ''): Promise<FileDigest[]> {
  const names = (await readdir(join(folder, below))).filter((name) => !name.startsWith('.'));
  const found = await Promise.all(
    names.map(async (name): Promise<FileDigest[]> => {
      const path = below === '' ? name : `${below}/${name}`;
      if (leftOut.has(path)) return [];
      if ((await stat(join(folder, path))).isDirectory()) return digestContent(folder, path);
      return [fileDigest(path, await readFile(join(folder, path)))];
    }),
  );
  return found.flat().sort(byPath);
}

/** What a version is made from. */
export function contentsOf(
  { subprocessors, documents }: Pick<Content, 'subprocessors' | 'documents'>,
  files: readonly FileDigest[],
  { kept }: Pick<Recorded, 'kept'>,
): ReleaseContents {
  return {
    schema: 'candor/release-contents@1',
    content: [...files],
    evidence: [...kept.values()].map(({ current, newest }) => ({
      source: current.source,
      collector: current.collector.id,
      id: current.id,
      collectedAt: current.collectedAt,
      index: newest.index,
    })),
    subprocessors: subprocessors.map((entry) => ({ ...named(entry, entry.data.name), fields: fieldsOf(entry.data) })),
    documents: documents.map((entry) => named(entry, entry.data.title)),
  };
}

/** All that is said about a subprocessor is published, so that the digest of a field gives nothing away. */
function fieldsOf(subprocessor: Subprocessor): Record<string, Digest> {
  const said = Object.entries(subprocessor).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said.map(([field, value]) => [field, digestOf(value)]));
}

function named({ id, data }: Entry<unknown>, title: string): NamedDigest {
  return { id, title, digest: digestOf(data) };
}
