import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { candorError, type Instant } from '../../schemas/index.ts';
import { codeOf } from '../files/error-code.ts';
import { openManifest } from './files.ts';
import type { Published } from './published.ts';

/** Where what is published lies in a content folder; what is rendered from it is left out. */
const places: readonly (readonly [RegExp, string])[] = [
  [/^evidence\/.*\.(json|tlog-proof)$/, ''],
  [/^log\//, 'ledger/'],
  [/^keys\/.*\.(json|pem|vkey|tlog-proof)$/, 'ledger/'],
  [/^versions\/([1-9][0-9]*|assets)\//, 'ledger/'],
];

/**
 * Saves the log, keys, versions and evidence of a page that was verified into a content folder, each file proven against
 * the manifest. Gives how many. Throws SaveNotEmpty when the folder has a ledger or evidence already, LedgerNotWritten.
 */
export async function save(published: Published, folder: string, cwd: string, now: Instant): Promise<number> {
  const root = resolve(cwd, folder);
  for (const name of ['ledger', 'evidence'])
    if (existsSync(join(root, name))) throw candorError('SaveNotEmpty', { folder: join(folder, name) });
  const files = await openManifest(published, now);
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
