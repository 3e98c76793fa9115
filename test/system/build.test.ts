import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtTrust, candor, ended, makeWorkspace, printed, run, type Workspace } from './workspace.ts';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await makeWorkspace();
});
afterAll(() => workspace.remove());

// Two builds for one moment, the first and the last, must be alike.
const epoch = { SOURCE_DATE_EPOCH: '1795000000' };
const front = () => readFile(join(workspace.root, 'dist', 'index.html'), 'utf8');
let first = '';

test('there is nothing to serve before a build', async () => {
  const { code, err } = await run(workspace.root, ['serve']);
  expect(code).toBe(2);
  expect(err).toContain('error BuildMissing: there is no built site in');
});

test('before any evidence every claim that cites some is unknown, and nothing is verified', async () => {
  const { code, out } = await run(workspace.root, ['build', '--json'], epoch);
  expect(code).toBe(0);
  first = await front();
  const trust = await builtTrust(workspace.root);
  expect(JSON.parse(out)).toMatchObject({ coverage: trust.coverage, states: trust.states });
  expect(trust.coverage.verified).toBe(0);
  expect(trust.states.verified).toBe(0);
  expect(trust.missing.length).toBeGreaterThan(0);
});

test('a body that cannot be rendered: a clear error, and the site that was built before stays', async () => {
  const before = await readFile(join(workspace.root, 'dist', 'trust.json'), 'utf8');
  const file = join(workspace.root, 'content', 'claims', 'tenant-isolation', 'rows-are-scoped.mdx');
  const text = await readFile(file, 'utf8');
  await writeFile(file, `${text}\n{an expression that never ends\n`);
  const { code, err } = await run(workspace.root, ['build']);
  expect(code).toBe(3);
  expect(err).toContain('error BuildFailed: the site could not be built:');
  expect(err).toContain('rows-are-scoped.mdx');
  expect(await readFile(join(workspace.root, 'dist', 'trust.json'), 'utf8')).toBe(before);
  await writeFile(file, text);
});

test('a build for a moment is the same, byte for byte, when it is done again', async () => {
  expect((await run(workspace.root, ['build'], epoch)).code).toBe(0);
  expect(first).toContain('Larkspur');
  expect(await front()).toBe(first);
});

test('serve answers on the port that was asked for, and ends with its signal', async () => {
  const child = candor(workspace.root, ['serve', '--port', '45321', '--url', 'http://localhost:45321']);
  const end = ended(child);
  const url = (await printed(child, 'http://')).trim();
  expect((await fetch(url)).status).toBe(200);
  expect((await fetch(`${url}.well-known/security.txt`)).headers.get('content-type')).toContain('text/plain');
  child.kill('SIGTERM');
  expect((await end).code).toBe(0);
});
