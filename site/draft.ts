import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { readRelease } from '../ledger/releases/store.ts';
import { diff } from '../posture/diff.ts';
import { type Digest, Release, ReleaseChanges, ReleaseContents, Trust } from '../schemas/index.ts';

/** Of so many versions before, the page of changes says what is different. More would make each release dearer. */
const COMPARED = 25;

/** A manifest before its files are known, because the page that is being rendered is one of them. */
const DraftManifest = Release.omit({ files: true });

/** A version that is about to be published, with the digests of its files as they will be published. */
export type Draft = {
  release: z.infer<typeof DraftManifest>;
  trust: Trust;
  contents: ReleaseContents;
  changes: ReleaseChanges;
  digests: Readonly<Record<'trust.json' | 'contents.json' | 'changes.json', Digest>>;
};

/** An earlier version, and what is different since. */
export type Since = { release: Release; changes: ReleaseChanges };

/** Reads the version that CANDOR_RELEASE names. */
export async function readDraft(): Promise<Draft> {
  const folder = named('CANDOR_RELEASE');
  const read = async <T>(name: string, shape: z.ZodType<T>) => {
    const bytes = await readFile(join(folder, name));
    return { value: shape.parse(JSON.parse(bytes.toString('utf8'))), digest: hash('sha256', bytes) };
  };
  const [release, trust, contents, changes] = await Promise.all([
    read('release.json', DraftManifest),
    read('trust.json', Trust),
    read('contents.json', ReleaseContents),
    read('changes.json', ReleaseChanges),
  ]);
  return {
    release: release.value,
    trust: trust.value,
    contents: contents.value,
    changes: changes.value,
    digests: { 'trust.json': trust.digest, 'contents.json': contents.digest, 'changes.json': changes.digest },
  };
}

/** The versions before, newest first, each with what is different since. Throws LedgerDamaged. */
export async function changesSince({ release, trust, contents }: Draft): Promise<Since[]> {
  const last = release.previous?.number ?? 0;
  const numbers = Array.from({ length: Math.min(last, COMPARED) }, (_, index) => last - index);
  return Promise.all(
    numbers.map(async (number) => {
      const before = await readRelease(named('CANDOR_CONTENT'), number);
      const changes = diff({ number, ...before }, { number: release.number, trust, contents });
      return { release: before.release, changes };
    }),
  );
}

function named(variable: 'CANDOR_RELEASE' | 'CANDOR_CONTENT'): string {
  const value = process.env[variable];
  if (value === undefined) throw new TypeError(`${variable} is not set`);
  return value;
}
