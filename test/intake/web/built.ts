import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { buildForms as build, type Forms } from '../../../cli/forms/build.ts';
import { root } from './content.ts';

/**
 * The setup of a run: names a folder for what is built once for all of its files and processes, and gives what
 * deletes it. Nothing is built before it is needed. A run inside another one takes that one’s folder.
 */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env.CANDOR_TEST_BUILT !== undefined) return async () => undefined;
  const folder = await mkdtemp(join(tmpdir(), 'candor-built-'));
  process.env.CANDOR_TEST_BUILT = folder;
  return async () => {
    const { forms } = namesIn(folder);
    if (existsSync(forms)) await rm(join(await readFile(forms, 'utf8'), '..'), { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  };
}

const namesIn = (folder: string) => ({ forms: join(folder, 'forms'), lock: join(folder, 'building') });

/** The pages of the server as `buildForms` builds them, built by whoever needs them first. `remove` does nothing. */
export async function buildForms(): Promise<Forms> {
  const folder = process.env.CANDOR_TEST_BUILT;
  if (folder === undefined) throw new Error('The setup of the run has not been called.');
  const { forms, lock } = namesIn(folder);
  while (!existsSync(forms)) {
    if (!(await taken(lock))) await pause(100);
    else
      try {
        if (!existsSync(forms)) {
          const { client } = await build(root);
          await writeFile(`${forms}.part`, client);
          await rename(`${forms}.part`, forms);
        }
      } finally {
        await rm(lock, { recursive: true });
      }
  }
  const client = await readFile(forms, 'utf8');
  const { handler }: Pick<Forms, 'handler'> = await import(
    pathToFileURL(join(client, '..', 'server', 'entry.mjs')).href
  );
  return { handler, client, remove: async () => undefined };
}

/** Makes the folder, or says that it is there already. */
async function taken(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
