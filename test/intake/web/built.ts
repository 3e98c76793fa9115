import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { buildForms as build, type Forms } from '../../../cli/forms/build.ts';
import { openStore } from '../../../intake/store/open.ts';
import { root } from './content.ts';

/** The pages of the server as `buildForms` builds them, built by whoever needs them first. `remove` does nothing. */
export async function buildForms(): Promise<Forms> {
  // They must lie below the root, so what is kept is where they are.
  const place = await once('forms', async (part) => writeFile(part, (await build(root)).client));
  const client = await readFile(place, 'utf8');
  const { handler }: Pick<Forms, 'handler'> = await import(
    pathToFileURL(join(client, '..', 'server', 'entry.mjs')).href
  );
  return { handler, client, remove: async () => undefined };
}

/** Makes `folder` a store with all tables and no rows: a copy takes a twentieth of the time of a new one. */
export async function copyStore(folder: string): Promise<void> {
  const pristine = await once('store', async (part) => (await openStore({ folder: part })).close());
  await cp(join(pristine, 'data'), join(folder, 'data'), { recursive: true });
}

/** The path of what has that name in the folder of the run. `make` is called where it is not there yet, by one alone. */
async function once(name: string, make: (part: string) => Promise<void>): Promise<string> {
  const folder = process.env.CANDOR_TEST_BUILT;
  if (folder === undefined) throw new Error('The setup of the run has not been called.');
  const [made, part, lock] = [join(folder, name), join(folder, `${name}.part`), join(folder, `${name}.lock`)];
  while (!existsSync(made)) {
    if (!(await taken(lock))) await pause(100);
    else
      try {
        if (existsSync(made)) break;
        await rm(part, { recursive: true, force: true });
        await make(part);
        await rename(part, made);
      } finally {
        await rm(lock, { recursive: true });
      }
  }
  return made;
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
