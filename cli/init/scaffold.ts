import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { candorError } from '../../schemas/index.ts';
import { packageRoot } from '../place.ts';
import { alreadyThere, filesBelow, type NewFile, writeNew } from './write.ts';

/** What the template calls itself. */
const template = { folder: '_template', id: 'example-register', title: 'Example register' };

/**
 * Copies the template collector and its tests into `root`, under the name `id`. In candor’s own repository they import
 * its rooms and run under its test runner; anywhere else they import the package, and Node runs the tests. Gives the
 * paths that were written. Throws CollectorExists.
 */
export async function scaffoldCollector(root: string, id: string): Promise<string[]> {
  const folders = ['collectors', 'test/collectors'];
  const taken = alreadyThere(
    root,
    folders.map((folder) => `${folder}/${id}`),
  );
  if (taken !== undefined) throw candorError('CollectorExists', { collector: id, folder: taken });
  const adapt = root === packageRoot() ? (text: string) => text : forAdopters;
  const files = await Promise.all(folders.map((folder) => copies(folder, id, adapt)));
  await writeNew(root, files.flat());
  return files.flat().map(({ path }) => path);
}

async function copies(folder: string, id: string, adapt: (text: string) => string): Promise<NewFile[]> {
  const from = join(packageRoot(), folder, template.folder);
  return Promise.all(
    (await filesBelow(from)).map(async (path) => ({
      path: `${folder}/${id}/${path}`,
      text: adapt(renamed(await readFile(join(from, path), 'utf8'), id)),
    })),
  );
}

function renamed(text: string, id: string): string {
  return text.replaceAll(template.folder, id).replaceAll(template.id, id).replaceAll(template.title, titleOf(id));
}

/** `supplier-register` is `Supplier register`. */
function titleOf(id: string): string {
  const words = id.replaceAll('-', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function forAdopters(text: string): string {
  return text.replaceAll("from '../../index.ts'", "from 'candor'").replaceAll("from 'vitest'", "from 'node:test'");
}
