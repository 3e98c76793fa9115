import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect, it, vi } from 'vitest';
import { withClient } from '../../examples/demo/load.ts';
import { startPostgres } from '../../examples/postgres-server.ts';

const serverFile = new URL('../../examples/postgres-server.ts', import.meta.url).href;

const patient = { timeout: 60_000 };

/** A process that starts a server, prints its address, and then does `rest`. */
async function processWithServer(rest: string) {
  const script = `import { startPostgres } from ${JSON.stringify(serverFile)};
    const server = await startPostgres(); console.log(server.url()); ${rest}`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  const [url] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, exited, url: String(url) };
}

function answers(url: string): Promise<boolean> {
  return withClient(url, (client) => client.query('select 1')).then(
    () => true,
    () => false,
  );
}

async function folderOf(url: string): Promise<string> {
  const { rows } = await withClient(url, (client) => client.query<{ data_directory: string }>('show data_directory'));
  return rows[0]?.data_directory ?? '';
}

function gone(url: string, folder: string): Promise<void> {
  return vi.waitFor(
    async () => {
      expect(await answers(url)).toBe(false);
      expect(existsSync(folder)).toBe(false);
    },
    { timeout: 20_000, interval: 100 },
  );
}

it('answers until it is stopped, and may be stopped twice', patient, async () => {
  const server = await startPostgres();
  const folder = await folderOf(server.url());
  expect(existsSync(folder)).toBe(true);
  await server.stop();
  await server.stop();
  expect(await answers(server.url())).toBe(false);
  expect(existsSync(folder)).toBe(false);
});

it('does not start for a signal that has already fired', async () => {
  await expect(startPostgres({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
});

it('stops when its signal fires', patient, async () => {
  const controller = new AbortController();
  const server = await startPostgres({ signal: controller.signal });
  const folder = await folderOf(server.url());
  controller.abort();
  await gone(server.url(), folder);
});

it.for(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('is gone after its process died of %s', patient, async (signal) => {
  const { child, exited, url } = await processWithServer('setInterval(() => {}, 1000);');
  const folder = await folderOf(url);
  child.kill(signal);
  await exited;
  await gone(url, folder);
});

it.for([
  ['ended without stopping it', 'setTimeout(() => process.exit(), 500);'],
  ['threw', 'setTimeout(() => { throw new Error(); }, 500);'],
] as const)('is gone after its process %s', patient, async ([, rest]) => {
  const { exited, url } = await processWithServer(rest);
  const folder = await folderOf(url);
  await exited;
  await gone(url, folder);
});
