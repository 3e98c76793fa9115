import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyGitHub, goodRepository, wholeToken } from '../github/company.ts';
import { type GitHubServer, startGitHub } from '../github/server.ts';
import type { GitHubState } from '../github/state.ts';
import { letIn } from './github-members.ts';
import { runIsolationTests } from './isolation-tests.ts';

/** The company's organization on the stand-in for GitHub, and what its builds left behind. */
export type DemoGitHub = {
  /**
   * `DEMO_GITHUB_API`, `DEMO_GITHUB_TOKEN`, `DEMO_GITHUB_PSEUDONYM_KEY`, `DEMO_CI_REPORTS`, a folder, and
   * `DEMO_GITHUB_STATE`, a file that says what GitHub knows: edit it, and the next request sees the change.
   */
  environment: Record<string, string>;
  server: GitHubServer;
  /** Stops the server and deletes the files. */
  stop: () => Promise<void>;
};

/** Starts the stand-in with the company's repositories, and runs its isolation tests on the databases. */
export async function startDemoGitHub(databases: Record<string, string>, now = new Date()): Promise<DemoGitHub> {
  const folder = await mkdtemp(join(tmpdir(), 'candor-demo-github-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const [file, reports] = [join(folder, 'github.json'), join(folder, 'reports')];
  const first = demoGitHubState(now);
  await mkdir(reports);
  await writeFile(file, `${JSON.stringify(first, null, 2)}\n`, { mode: 0o600 });
  const server = await startGitHub(first, editedIn(file));
  const stop = async () => {
    process.off('exit', remove);
    await Promise.all([server.stop(), rm(folder, { recursive: true, force: true })]);
  };
  try {
    await runIsolationTests(databases, join(reports, 'isolation.xml'), now);
  } catch (error) {
    await stop();
    throw error;
  }
  const environment = {
    DEMO_GITHUB_API: server.url,
    DEMO_GITHUB_TOKEN: wholeToken,
    DEMO_GITHUB_PSEUDONYM_KEY: randomBytes(24).toString('base64url'),
    DEMO_GITHUB_STATE: file,
    DEMO_CI_REPORTS: reports,
  };
  return { environment, server, stop };
}

/** Takes over what somebody wrote into the file since it was last read. */
function editedIn(file: string): (state: GitHubState) => Promise<void> {
  let seen: string | undefined;
  return async (state) => {
    const text = await readFile(file, 'utf8');
    if (seen !== undefined && text !== seen) Object.assign(state, JSON.parse(text));
    seen = text;
  };
}

/** Five repositories of use, one archived, one empty; `now` dates what happened in them. */
export function demoGitHubState(now: Date): GitHubState {
  const state = emptyGitHub('larkspur-desk');
  const ago = (days: number) => new Date(now.getTime() - days * 86_400_000).toISOString();
  const isPublic = { isPrivate: false };
  state.repositories = [
    goodRepository(101, 'desk', now),
    goodRepository(102, 'help-centre', now),
    goodRepository(103, 'infrastructure', now),
    goodRepository(104, 'desk-js', now, isPublic),
    goodRepository(105, 'docs', now, { ...isPublic, environments: [], deployments: [] }),
    goodRepository(106, 'desk-2019', now, { isArchived: true, protection: null, pushedAt: ago(1200) }),
    goodRepository(107, 'mobile', now, { commits: [], protection: null, pullRequests: [], activities: [] }),
  ];
  letIn(state, ago);
  const [desk, , infrastructure, library] = state.repositories;
  // Wrong on purpose: a fix may be rolled out from a release branch, which nobody has closed since.
  for (const environment of infrastructure?.environments ?? []) environment.branches = ['main', 'release/*'];
  if (desk) desk.security.dependency = [{ number: 31, severity: 'high', createdAt: ago(4), state: 'open' }];
  // Not wrong: a bot that the company trusts raises the version on its own.
  library?.activities.unshift({
    id: 1044,
    type: 'push',
    branch: 'main',
    before: '',
    after: library.commits[0]?.oid ?? '',
    at: ago(3),
    actor: 'larkspur-release[bot]',
  });
  return state;
}
