import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The setup of a run: names a folder for what is built once for all of its files and processes, and gives what
 * deletes it. Nothing is built before it is needed (intake/web/built.ts). A run inside another one takes that one’s folder.
 */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env.CANDOR_TEST_BUILT !== undefined) return async () => undefined;
  const folder = await mkdtemp(join(tmpdir(), 'candor-built-'));
  process.env.CANDOR_TEST_BUILT = folder;
  return async () => {
    const forms = join(folder, 'forms');
    if (existsSync(forms)) await rm(join(await readFile(forms, 'utf8'), '..'), { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  };
}
