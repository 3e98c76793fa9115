import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildError } from '../site.ts';

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
  const { build } = await import('astro');
  await mkdir(join(root, '.candor'), { recursive: true });
  const folder = await mkdtemp(join(root, '.candor', 'forms-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const none = join(folder, 'none');
  process.env.CANDOR_FORMS = 'true';
  process.env.ASTRO_TELEMETRY_DISABLED = '1';
  process.env.NODE_ENV = 'production';
  try {
    await build({ root, srcDir: none, publicDir: none, outDir: folder, logLevel: 'error' });
    const { handler }: { handler: FormsHandler } = await import(
      pathToFileURL(join(folder, 'server', 'entry.mjs')).href
    );
    return { handler, client: join(folder, 'client'), remove };
  } catch (error) {
    await remove();
    throw buildError(error);
  } finally {
    delete process.env.CANDOR_FORMS;
  }
}
