import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Known } from '../../collectors/define.ts';
import { loadCollectors } from '../../collectors/registry.ts';
import { type Demo, startDemo } from '../../examples/demo/demo.ts';
import { runIsolationTests } from '../../examples/demo/isolation-tests.ts';
import { withClient } from '../../examples/demo/load.ts';
import type { GitHubState } from '../../examples/github/state.ts';
import { loadContent } from '../../loader/load.ts';
import type { Content } from '../../schemas/index.ts';

// The demo's code host as a sceptic breaks it: by editing the file that says what GitHub knows.
let demo: Demo;
let file: string;
let whole: string;
const content = await demoContent();

beforeAll(async () => {
  demo = await startDemo();
  file = demo.environment.DEMO_GITHUB_STATE ?? '';
  whole = await readFile(file, 'utf8');
});
afterAll(() => demo?.stop());
beforeEach(() => writeFile(file, whole));

async function demoContent(): Promise<Content> {
  const loaded = await loadContent(join(import.meta.dirname, '..', '..', 'content'));
  if (loaded.content === undefined) throw new Error('the content of the demo is not valid');
  return loaded.content;
}

/** Edits the file. */
async function edit(change: (state: GitHubState) => unknown): Promise<void> {
  const state: GitHubState = JSON.parse(whole);
  change(state);
  await writeFile(file, JSON.stringify(state));
}

/** The checks that fail, of one collector as the demo's content declares it. */
async function failing(sourceId: string, id: string): Promise<string[]> {
  const collector = (await loadCollectors()).get(id);
  const source = content.sources.find((each) => each.id === sourceId)?.data;
  if (collector === undefined || source === undefined) throw new Error(`the demo does not collect ${id}`);
  const expected = collector.expect.parse(source.collect[id]?.expect);
  const variables = Object.entries(source.connection).map(([key, value]) => [
    key,
    demo.environment[value.slice(1)] ?? '',
  ]);
  const context = {
    connection: Object.fromEntries(variables),
    expect: expected,
    allowIntrusive: false,
    signal: AbortSignal.timeout(60_000),
    progress: () => undefined,
  };
  const known: Known = { source: sourceId, now: new Date().toISOString(), content, evidence: [] };
  const raw = collector.raw.parse(await collector.collect(context, known));
  const { findings, population } = collector.assess(raw, expected);
  expect(population.complete).toBe(true);
  return [...new Set(findings.filter(({ outcome }) => outcome === 'failed').map(({ check }) => check))];
}

const desk = (state: GitHubState) => {
  const found = state.repositories.find(({ name }) => name === 'desk');
  if (found === undefined) throw new Error('there is no repository desk');
  return found;
};

test('one thing is wrong on purpose', async () => {
  expect(await failing('github', 'github-branches')).toEqual([]);
  expect(await failing('github', 'github-changes')).toEqual([]);
  expect(await failing('github', 'github-alerts')).toEqual([]);
  expect(await failing('ci', 'ci-result')).toEqual([]);
  expect(await failing('github', 'github-deployments')).toEqual(['only-the-default-branch-may-deploy']);
});

test.each<[string, string, string, (state: GitHubState) => unknown]>([
  [
    'administrators are exempt',
    'github-branches',
    'nobody-bypasses-the-rules',
    (state) => Object.assign(desk(state).protection ?? {}, { bindsAdmins: false }),
  ],
  [
    'a change is merged without review',
    'github-changes',
    'merged-changes-were-reviewed',
    (state) => desk(state).pullRequests[0]?.reviews.splice(0),
  ],
  [
    'a secret lies open',
    'github-alerts',
    'secrets-were-dealt-with-in-time',
    (state) => desk(state).security.secrets.push({ number: 1, createdAt: '2026-01-01T00:00:00Z', state: 'open' }),
  ],
])('%s: %s says so', async (_name, collector, check, change) => {
  await edit(change);
  expect(await failing('github', collector)).toEqual([check]);
});

test('row security switched off: the isolation tests of the next build fail', async () => {
  const owner = demo.environment.DEMO_APP_OWNER_URL ?? '';
  const report = join(demo.environment.DEMO_CI_REPORTS ?? '', 'isolation.xml');
  await withClient(owner, (client) => client.query('alter table tickets disable row level security'));
  try {
    await runIsolationTests(demo.environment, report, new Date());
    expect(await failing('ci', 'ci-result')).toEqual(['no-test-failed']);
  } finally {
    await withClient(owner, (client) => client.query('alter table tickets enable row level security'));
  }
  await runIsolationTests(demo.environment, report, new Date());
  expect(await failing('ci', 'ci-result')).toEqual([]);
});
