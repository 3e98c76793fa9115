import { type ChildProcess, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { finishCutOff } from '../../cli/ledger.ts';
import { startDemo } from '../../examples/demo/demo.ts';
import { readDemoEnvironment } from '../../examples/demo/environment.ts';
import { withClient } from '../../examples/demo/load.ts';
import { readEvidence } from '../../ledger/records/store.ts';
import { candor, ended, makeWorkspace, printed, run, type Workspace } from './workspace.ts';

let workspace: Workspace;
let started: ChildProcess | undefined;
beforeEach(async () => {
  workspace = await makeWorkspace();
});
afterEach(async () => {
  // Also when an expectation failed: nothing may be left running.
  if (started?.exitCode === null) {
    started.kill('SIGINT');
    await new Promise((resolve) => started?.once('close', resolve));
  }
  await workspace.remove();
});

test('start serves the page, and Ctrl-C ends everything that was started', async () => {
  const child = candor(workspace.root, ['start']);
  started = child;
  const end = ended(child);
  // The address is on stdout and the hints are on stderr: either may arrive first.
  const [text] = await Promise.all([printed(child, '/\n'), printed(child, 'Ctrl-C ends everything.')]);
  const url = /http:\/\/localhost:\d+\//.exec(text)?.[0] ?? '';
  const home = await fetch(url);
  expect(home.status).toBe(200);
  expect(home.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await home.text()).toContain('Larkspur');
  expect((await fetch(`${url}trust.json`)).headers.get('content-type')).toContain('application/json');
  expect((await fetch(`${url}versions/1/`)).status).toBe(200);
  expect((await fetch(`${url}nothing-here/`)).status).toBe(404);
  expect(existsSync(join(workspace.root, '.candor', 'demo.env'))).toBe(true);

  child.kill('SIGINT');
  expect((await end).code).toBe(0);
  expect(existsSync(join(workspace.root, '.candor', 'demo.env'))).toBe(false);
  await expect(fetch(url)).rejects.toThrow();
});

test.skipIf(process.platform === 'win32')('when its PostgreSQL dies, start says so at once and serves on', async () => {
  const child = candor(workspace.root, ['start']);
  started = child;
  const end = ended(child);
  const lost = printed(child, 'see the claims turn unknown.\n');
  const [text] = await Promise.all([printed(child, '/\n'), printed(child, 'Ctrl-C ends everything.')]);
  const { DEMO_APP_URL = '' } = (await readDemoEnvironment(workspace.root)) ?? {};
  // Each session is a child of the server; the process must be looked up while one is open.
  const server = await withClient(DEMO_APP_URL, async (client) => {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(rows[0]?.pid)]));
  });
  process.kill(server, 'SIGKILL');
  // The address is on stdout, and may be read later than what stderr says after it.
  expect(await lost).toContain(
    'error DemoDatabaseLost: the demo’s PostgreSQL has ended although nobody stopped it; the page is still served as it was built.\n' +
      '  hint: press Ctrl-C and run `npm start` again; or collect and build, and see the claims turn unknown.\n',
  );
  expect((await fetch(/http:\/\/localhost:\d+\//.exec(text)?.[0] ?? '')).status).toBe(200);
  child.kill('SIGINT');
  expect(await end).toMatchObject({ code: 0 });
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

test('collect killed at any moment: what was recorded stays whole, and the next run takes over', async () => {
  const demo = await startDemo();
  try {
    const environment = demo.environment;
    expect((await run(workspace.root, ['collect'], environment)).code).toBe(0);
    const before = (await readEvidence(join(workspace.root, 'content'))).evidence.length;
    for (const after of [150, 900, 2500, 5000]) {
      const child = candor(workspace.root, ['collect'], environment);
      await new Promise((resolve) => setTimeout(resolve, after));
      child.kill('SIGKILL');
      await ended(child);
      // What it was in the middle of counts, and whoever writes next finishes it.
      await finishCutOff(join(workspace.root, 'content'));
      const { evidence, damaged } = await readEvidence(join(workspace.root, 'content'));
      expect(damaged).toEqual([]);
      expect(evidence).toHaveLength(before);
    }
    expect((await run(workspace.root, ['collect'], environment)).code).toBe(0);
  } finally {
    await demo.stop();
  }
});
