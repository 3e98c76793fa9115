import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OpenpgpKey, signDetached } from '../../ledger/openpgp.ts';
import { filesIn } from '../../ledger/publish.ts';
import { Instant } from '../../schemas/index.ts';
import { CSAF_FOLDER } from './csaf.ts';

/** The CSAF documents of a built site, as the bytes that are published, by their path. */
async function documentsOf(site: string): Promise<Map<string, Buffer>> {
  const folder = join(site, CSAF_FOLDER, 'white');
  const paths = (await filesIn(folder)).filter((path) => /^\d{4}\/[^/]+\.json$/.test(path));
  return new Map(
    await Promise.all(paths.map(async (path) => [join(folder, path), await readFile(join(folder, path))] as const)),
  );
}

/** Writes the hashes of each document beside it (CSAF 2.0, requirement 18), as `sha256sum -c` reads them. */
export async function hashAdvisories(site: string): Promise<void> {
  for (const [file, bytes] of await documentsOf(site))
    for (const algorithm of ['sha256', 'sha512']) {
      const name = file.split(/[\\/]/).at(-1);
      await writeFile(`${file}.${algorithm}`, `${createHash(algorithm).update(bytes).digest('hex')}  ${name}\n`);
    }
}

/** Signs each document, of the time of its last change (requirement 19). */
export async function signAdvisories(site: string, key: OpenpgpKey): Promise<void> {
  for (const [file, bytes] of await documentsOf(site)) {
    const { document } = JSON.parse(bytes.toString('utf8'));
    const at = Instant.parse(document.tracking.current_release_date);
    await writeFile(`${file}.asc`, await signDetached(key, bytes, new Date(at)));
  }
}
