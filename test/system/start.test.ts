import { type ChildProcess, execFileSync } from 'node:child_process';
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

test('start serves the page; when its PostgreSQL dies it says so at once and serves on; Ctrl-C ends it', async () => {
  const child = candor(workspace.root, ['start']);
  started = child;
  const end = ended(child);
  const lost = printed(child, 'see the claims turn unknown.\n');
  // A child that ends too early is told by the next line; this one then says the same.
  lost.catch(() => undefined);
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

  // Elsewhere no process of the server can be looked up.
  if (process.platform !== 'win32') {
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
    expect((await fetch(url)).status).toBe(200);
  }
  child.kill('SIGINT');
  expect((await end).code).toBe(0);
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

test('collect killed after any of its records: what was recorded stays whole, and the next run takes over', async () => {
  const demo = await startDemo();
  try {
    const { environment } = demo;
    const collect = ['collect', 'app-db', 'reporting-db', 'vault-db', 'staff-directory', 'support-console'];
    const { code, err } = await run(workspace.root, collect, environment);
    expect(code, err).toBe(0);
    const before = (await readEvidence(join(workspace.root, 'content'))).evidence.length;
    expect(before).toBeGreaterThan(4);
    // Before the first of them, and after some.
    for (const records of [0, 1, 2, 4]) {
      const child = candor(workspace.root, collect, environment);
      const end = ended(child);
      await recorded(child, records);
      child.kill('SIGKILL');
      expect((await end).code).toBe(null);
      // What it was in the middle of counts, and whoever writes next finishes it.
      await finishCutOff(join(workspace.root, 'content'));
      const { evidence, damaged } = await readEvidence(join(workspace.root, 'content'));
      expect(damaged).toEqual([]);
      expect(evidence).toHaveLength(before);
    }
    expect((await run(workspace.root, collect, environment)).code).toBe(0);
  } finally {
    await demo.stop();
  }
});

/** Waits until a collection has told of so many records. */
function recorded(child: ChildProcess, records: number): Promise<void> {
  let said = '';
  return new Promise((resolve) => {
    const look = (chunk = '') => {
      said += chunk;
      if (said.split(/^ {2}\S+\/\S+ {2}/m).length > records) resolve();
    };
    child.stderr?.on('data', (chunk: Buffer) => look(chunk.toString()));
    child.once('spawn', () => look());
  });
}
