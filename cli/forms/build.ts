import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { candorError } from '../../schemas/index.ts';

/** Answers a request to a form; calls `next` for every other one. `locals` is what site/env.d.ts names. */
export type FormsHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
  locals: object,
) => Promise<void>;

/** The forms as they were built: `client` holds their styles. `remove` deletes what was built. */
export type Forms = { handler: FormsHandler; client: string; remove: () => Promise<void> };

/**
 * Builds the pages of the server into `root`/.candor, from where the packages that they need are found; some seconds.
 * They hold nothing of the content. Throws BuildFailed.
 */
export async function buildForms(root: string): Promise<Forms> {
  await mkdir(join(root, '.candor'), { recursive: true });
  const folder = await mkdtemp(join(root, '.candor', 'forms-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await runBuild(root, folder);
    const { handler }: { handler: FormsHandler } = await import(
      pathToFileURL(join(folder, 'server', 'entry.mjs')).href
    );
    return { handler, client: join(folder, 'client'), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function runBuild(root: string, folder: string): Promise<void> {
  // Beside this file, with its own ending: TypeScript here, JavaScript in the package.
  const script = join(import.meta.dirname, `build-process${extname(import.meta.filename)}`);
  const child = spawn(process.execPath, [script, root, folder], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (part) => said.push(String(part)));
  const [code] = await once(child, 'close');
  if (code !== 0) throw candorError('BuildFailed', { problem: said.join('').trim() });
}
