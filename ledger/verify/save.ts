import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { candorError, type Digest, type Instant } from '../../schemas/index.ts';
import { codeOf } from '../files/error-code.ts';
import { MANIFEST } from '../publish.ts';
import { fails, openManifest } from './files.ts';
import type { Published } from './published.ts';

/** Where what is published lies in a content folder; what is rendered from it is left out. */
const places: readonly (readonly [RegExp, string])[] = [
  [/^evidence\/.*\.(json|tlog-proof)$/, ''],
  [/^log\//, 'ledger/'],
  [/^keys\/.*\.(json|pem|vkey|tlog-proof)$/, 'ledger/'],
  [/^versions\/([1-9][0-9]*|assets)\//, 'ledger/'],
  [/^audit-samples\/[1-9][0-9]*\//, 'ledger/'],
];

/**
 * Saves the log, keys, versions and evidence of the page that was verified into a content folder, each file proven
 * against its manifest, whose SHA-256 is `proven`. Gives how many. Throws SaveNotEmpty when the folder has a ledger or
 * evidence already, DoesNotHold when the page is another by now, LedgerNotWritten.
 */
export async function save(
  published: Published,
  proven: Digest,
  folder: string,
  { cwd, now }: { cwd: string; now: Instant },
): Promise<number> {
  const root = resolve(cwd, folder);
  for (const name of ['ledger', 'evidence'])
    if (existsSync(join(root, name))) throw candorError('SaveNotEmpty', { folder: join(folder, name) });
  const files = await openManifest(published, now);
  // Of any other page nothing was proven, not even that its keys are those of the log.
  if (files.digest !== proven) throw fails(MANIFEST, 'it changed while it was verified; nothing was saved.');
  let count = 0;
  for (const [pattern, prefix] of places)
    for (const path of files.paths(pattern)) {
      const bytes = await files.read(path);
      const file = join(root, prefix, path);
      try {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, bytes, { flag: 'wx' });
      } catch (error) {
        throw candorError('LedgerNotWritten', { problem: codeOf(error) ?? 'unknown reason' });
      }
      count += 1;
    }
  return count;
}
