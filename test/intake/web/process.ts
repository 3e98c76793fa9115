import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { root, writeCompany } from './content.ts';

/** A folder as an adopter has it, with a company in it, from which `candor serve` is run in processes of their own. */
export type Place = {
  folder: string;
  url: string;
  /** Starts `candor serve` and waits until its forms answer. */
  serve: (environment: Record<string, string>) => Promise<ChildProcess>;
  /** What the processes said. */
  said: string[];
  remove: () => Promise<void>;
};

/** Makes one. */
export async function makePlace(changes: Record<string, string | undefined> = {}): Promise<Place> {
  // Astro finds the scripts of pages only where these and the root have a folder in common.
  await mkdir(join(root, '.candor'), { recursive: true });
  const folder = await mkdtemp(join(root, '.candor', 'place-'));
  await writeCompany(join(folder, 'content'), changes);
  await mkdir(join(folder, 'dist'));
  await writeFile(join(folder, 'dist', 'index.html'), '');
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const integration = JSON.stringify(join(root, 'site', 'integration.ts'));
  const config = `import candor from ${integration};\nexport default { integrations: [candor()] };\n`;
  await writeFile(join(folder, 'astro.config.mjs'), config);
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const children: ChildProcess[] = [];
  const said: string[] = [];
  const serve: Place['serve'] = async (environment) => {
    const child = spawn(
      process.execPath,
      [
        '--import',
        join(import.meta.dirname, 'prebuilt.ts'),
        join(root, 'cli', 'bin.ts'),
        'serve',
        '--port',
        String(port),
        '--url',
        url,
      ],
      { cwd: folder, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => said.push(String(part)));
    child.stderr.pipe(process.stderr, { end: false });
    children.push(child);
    while (child.exitCode === null) {
      const answer = await fetch(`${url}/requests/`).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer?.status === 200) return child;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`candor serve ended with ${child.exitCode}.`);
  };
  const remove = async () => {
    // Also when an expectation failed: nothing may be left running.
    for (const child of children) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { folder, url, serve, said, remove };
}

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, 'localhost', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}
