import { type ChildProcess, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finishCutOff } from '../../cli/ledger.ts';
import { startDemo } from '../../examples/demo/demo.ts';
import { readDemoEnvironment } from '../../examples/demo/environment.ts';
import { withClient } from '../../examples/demo/load.ts';
import { readEvidence } from '../../ledger/records/store.ts';
import { PublishedReviews } from '../../schemas/index.ts';
import { candor, ended, everything, makeWorkspace, page, printed, run, type Workspace } from './workspace.ts';

// One demo for all tests but the last: they follow one another, from its start to its end.
let workspace: Workspace;
let started: ChildProcess;
let lost: Promise<string>;
let environment: Record<string, string>;
let url: string;
beforeAll(async () => {
  workspace = await makeWorkspace();
  started = candor(workspace.root, ['start']);
  lost = printed(started, 'see the claims turn unknown.\n');
  // A child that ends too early is told by the next line; this one then says the same.
  lost.catch(() => undefined);
  // The address is on stdout and the hints are on stderr: either may arrive first.
  const [text] = await Promise.all([printed(started, '/\n'), printed(started, 'Ctrl-C ends everything.')]);
  url = /http:\/\/localhost:\d+\//.exec(text)?.[0] ?? '';
  environment = (await readDemoEnvironment(workspace.root)) ?? {};
});
afterAll(async () => {
  // Also when an expectation failed: nothing may be left running.
  if (started?.exitCode === null) {
    const end = ended(started);
    started.kill('SIGINT');
    await end;
  }
  await workspace?.remove();
});

test('start serves the page', async () => {
  const home = await fetch(url);
  expect(home.status).toBe(200);
  expect(home.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await home.text()).toContain('Larkspur');
  expect((await fetch(`${url}trust.json`)).headers.get('content-type')).toContain('application/json');
  expect((await fetch(`${url}versions/1/`)).status).toBe(200);
  expect((await fetch(`${url}nothing-here/`)).status).toBe(404);
});

// The access reviews of the demo, as its README tells a newcomer to break them.
const outcomes = async (source: string) => {
  expect((await run(workspace.root, ['collect', source], environment)).err).not.toContain('error ');
  const { evidence } = await readEvidence(join(workspace.root, 'content'));
  const record = evidence.find((each) => each.source === source && each.facts.reviewEvery !== undefined);
  return Object.fromEntries(record?.checks.map(({ check, outcome }) => [check, outcome]) ?? []);
};

test('the page shows an open, a closed and an overdue review, and names nobody', async () => {
  const built = await readFile(join(workspace.root, 'dist', 'access-reviews.json'), 'utf8');
  const { systems } = PublishedReviews.parse(JSON.parse(built));
  expect(Object.fromEntries(systems.map(({ system, state }) => [system, state]))).toEqual({
    'database-server/postgres-access': 'closed',
    'github/github-access': 'closed',
    'staff-directory/import-access': 'open',
    'support-console/import-access': 'overdue',
  });
  const html = await page(workspace.root, 'access-reviews');
  for (const word of ['Open', 'Closed', 'Overdue']) expect(html).toContain(`<strong>${word}</strong>`);
  // The counts of people, not of groups of them.
  expect(html).toContain('1 person (admin), 1 person (super admin), 5 people (user): A second factor is set up.');
  const written = await everything(join(workspace.root, 'dist'), join(workspace.root, 'content', 'ledger'));
  const names = /Felix|Helen|Ingrid|Wanda|Nadia|larkspur_contractor|helen-achebe/;
  expect(written.filter(({ text }) => names.test(text)).map(({ file }) => file)).toEqual([]);
});

test('whoever was revoked and is put back is seen', async () => {
  const file = environment.DEMO_STAFF_DIRECTORY_FILE ?? '';
  const whole = await readFile(file, 'utf8');
  expect(await outcomes('staff-directory')).toMatchObject({ 'revoked-access-is-gone': 'passed' });
  const felix = '1010,Felix Brandt,felix@larkspur.example,person,user,enrolled,,';
  await writeFile(file, `${whole.replace('Total,9', 'Total,10')}${felix}\n`);
  expect(await outcomes('staff-directory')).toMatchObject({ 'revoked-access-is-gone': 'failed' });
  // Hidden by a total that was not raised: seen all the same.
  await writeFile(file, `${whole}${felix}\n`);
  expect(await outcomes('staff-directory')).toMatchObject({
    'list-is-complete': 'inconclusive',
    'revoked-access-is-gone': 'failed',
  });
  await writeFile(file, whole);
  expect(await outcomes('staff-directory')).toMatchObject({ 'revoked-access-is-gone': 'passed' });
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

test('when its PostgreSQL dies it says so at once and serves on', async () => {
  // Elsewhere no process of the server can be looked up.
  if (process.platform !== 'win32') {
    // Each session is a child of the server; the process must be looked up while one is open.
    const server = await withClient(environment.DEMO_APP_URL ?? '', async (client) => {
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
});

test('Ctrl-C ends everything that was started', async () => {
  expect(existsSync(join(workspace.root, '.candor', 'demo.env'))).toBe(true);
  expect((await fetch(url)).status).toBe(200);
  const end = ended(started);
  started.kill('SIGINT');
  expect((await end).code).toBe(0);
  expect(existsSync(join(workspace.root, '.candor', 'demo.env'))).toBe(false);
  // The last one is ended by what ends its databases too.
  for (const one of [url, environment.DEMO_GITHUB_API ?? '']) await expect(fetch(one)).rejects.toThrow('fetch failed');
});

test('collect killed after any of its records: what was recorded stays whole, and the next run takes over', async () => {
  const own = await makeWorkspace();
  const demo = await startDemo();
  try {
    const { environment } = demo;
    const collect = ['collect', 'app-db', 'reporting-db', 'vault-db', 'staff-directory', 'support-console'];
    const { code, err } = await run(own.root, collect, environment);
    expect(code, err).toBe(0);
    const before = (await readEvidence(join(own.root, 'content'))).evidence.length;
    expect(before).toBeGreaterThan(4);
    // Before the first of them, and after some.
    for (const records of [0, 1, 2, 4]) {
      const child = candor(own.root, collect, environment);
      const end = ended(child);
      await recorded(child, records);
      child.kill('SIGKILL');
      expect((await end).code).toBe(null);
      // What it was in the middle of counts, and whoever writes next finishes it.
      await finishCutOff(join(own.root, 'content'));
      const { evidence, damaged } = await readEvidence(join(own.root, 'content'));
      expect(damaged).toEqual([]);
      expect(evidence).toHaveLength(before);
    }
    expect((await run(own.root, collect, environment)).code).toBe(0);
  } finally {
    await demo.stop();
    await own.remove();
  }
  await expect(withClient(demo.environment.DEMO_APP_URL ?? '', async () => undefined)).rejects.toThrow('ECONNREFUSED');
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
