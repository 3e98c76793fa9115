import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDemoEnvironment } from '../../examples/demo/environment.ts';
import { withClient } from '../../examples/demo/load.ts';
import { readEvidence } from '../../ledger/records/store.ts';
import { PublishedReviews } from '../../schemas/index.ts';
import { candor, ended, everything, makeWorkspace, page, printed, run, type Workspace } from './workspace.ts';

// The access reviews of the demo, as its README tells a newcomer to break them.
let workspace: Workspace;
let started: ChildProcess;
let environment: Record<string, string>;
let url: string;
beforeAll(async () => {
  workspace = await makeWorkspace();
  started = candor(workspace.root, ['start']);
  const [text] = await Promise.all([printed(started, '/\n'), printed(started, 'Ctrl-C ends everything.')]);
  url = /http:\/\/localhost:\d+\//.exec(text)?.[0] ?? '';
  environment = (await readDemoEnvironment(workspace.root)) ?? {};
});
afterAll(async () => {
  if (started?.exitCode === null) {
    const end = ended(started);
    started.kill('SIGINT');
    await end;
  }
  await workspace?.remove();
});

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

test('Ctrl-C ends everything that was started', async () => {
  expect(existsSync(join(workspace.root, '.candor', 'demo.env'))).toBe(true);
  expect((await fetch(url)).status).toBe(200);
  const end = ended(started);
  started.kill('SIGINT');
  expect((await end).code).toBe(0);
  expect(existsSync(join(workspace.root, '.candor', 'demo.env'))).toBe(false);
  await expect(fetch(url)).rejects.toThrow();
  await expect(withClient(environment.DEMO_APP_URL ?? '', async () => undefined)).rejects.toThrow('ECONNREFUSED');
});
