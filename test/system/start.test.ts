import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { candor, ended, makeWorkspace, printed, type Workspace } from './workspace.ts';

let workspace: Workspace;
beforeEach(async () => {
  workspace = await makeWorkspace();
});
afterEach(() => workspace.remove());

test('start serves the page, and Ctrl-C ends everything that was started', async () => {
  const child = candor(workspace.root, ['start']);
  const end = ended(child);
  const text = await printed(child, 'Ctrl-C ends everything.');
  const url = /http:\/\/localhost:\d+\//.exec(text)?.[0] ?? '';
  const home = await fetch(url);
  expect(home.status).toBe(200);
  expect(home.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await home.text()).toContain('Larkspur');
  expect((await fetch(`${url}trust.json`)).headers.get('content-type')).toContain('application/json');
  expect((await fetch(`${url}nothing-here/`)).status).toBe(404);
  expect(existsSync(join(workspace.root, '.candor', 'demo.env'))).toBe(true);

  child.kill('SIGINT');
  expect((await end).code).toBe(0);
  expect(existsSync(join(workspace.root, '.candor', 'demo.env'))).toBe(false);
  await expect(fetch(url)).rejects.toThrow();
});

test('a port that was asked for and is taken: a clear error before anything is started', async () => {
  const other = createServer();
  const port = await new Promise<number>((resolve) => {
    other.listen(0, 'localhost', () => {
      const address = other.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const { code, err } = await ended(candor(workspace.root, ['start', '--port', String(port)]));
  other.close();
  expect(code).toBe(3);
  expect(err).toBe(
    `error PortTaken: port ${port} is already in use.\n  hint: end what uses it, or choose another with --port ${port + 1}.\n`,
  );
});
