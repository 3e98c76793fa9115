import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type CollectContext, SourceUnreadable } from '../../index.ts';
import { type GitHub, openGitHub } from '../clients/github.ts';
import { type Part, readJUnit, Unusable } from './junit.ts';
import type { CheckRun, Expect, Flaw, Raw, Suite } from './schema.ts';

const MOST_REPORTS = 5_000;

/** Reads the declared reports and check runs. Throws SourceUnreadable. */
export async function readResults(
  { connection, signal, expect, progress }: CollectContext<Expect>,
  now: Date,
  open: typeof openGitHub = openGitHub,
): Promise<Raw> {
  const { reports, flaws, suites } = await readReports(connection.reports, expect, signal, progress);
  const checkRuns = expect.checkRuns && (await readCheckRuns(open({ connection, signal }), expect.checkRuns));
  return { readAt: now.toISOString(), reports, flaws, suites, checkRuns: checkRuns ?? null };
}

async function readReports(
  path: string | undefined,
  { suites: declared }: Expect,
  signal: AbortSignal,
  progress: (message: string) => void,
): Promise<Pick<Raw, 'reports' | 'flaws' | 'suites'>> {
  const suites = Object.entries(declared).map(([label, { named }]) => ({
    suite: { label, parts: 0, tests: 0, failures: 0, skipped: 0, oldestAt: null },
    patterns: named.map(patternOf),
  }));
  if (suites.length === 0) return { reports: 0, flaws: [], suites: [] };
  if (path === undefined)
    throw new SourceUnreadable('configuration', 'The source’s connection names no `reports`, a folder or a file.');
  const files = await reportsIn(path).catch(fail);
  const flaws: Flaw[] = [];
  for (const [index, file] of files.entries()) {
    try {
      await readJUnit(file, signal, (part) => {
        for (const { suite, patterns } of suites)
          if (patterns.some((pattern) => pattern.test(part.name))) add(suite, part);
      });
    } catch (error) {
      if (!(error instanceof Unusable)) fail(error);
      flaws.push(error.flaw);
    }
    if (index > 0 && index % 100 === 0) progress(`${index} of ${files.length} reports`);
  }
  return { reports: files.length, flaws, suites: suites.map(({ suite }) => suite) };
}

/** Adds a part; the suite is as old as its oldest part, and undated when one of them is. One without tests has no age. */
function add(suite: Suite, { tests, failures, skipped, at: begun }: Part): void {
  const isFirst = suite.tests + suite.failures === 0;
  const at = tests + failures === 0 ? suite.oldestAt : begun;
  const oldestAt = isFirst
    ? at
    : at === null || suite.oldestAt === null
      ? null
      : at < suite.oldestAt
        ? at
        : suite.oldestAt;
  Object.assign(suite, {
    parts: suite.parts + 1,
    tests: suite.tests + tests,
    failures: suite.failures + failures,
    skipped: suite.skipped + skipped,
    oldestAt,
  });
}

/** A pattern in which `*` stands for any part of a name. */
function patternOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

/** A file, or each `.xml` in a folder and those in it. Links are not followed. */
async function reportsIn(path: string): Promise<string[]> {
  if ((await lstat(path)).isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.xml'));
  if (files.length > MOST_REPORTS)
    throw new SourceUnreadable('configuration', `There are more than ${MOST_REPORTS} reports in the folder.`);
  return files.map(({ parentPath, name }) => join(parentPath, name)).sort();
}

function fail(error: unknown): never {
  if (error instanceof SourceUnreadable) throw error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM') throw new SourceUnreadable('denied', 'A report may not be read.');
  if (code === 'ENOENT') throw new SourceUnreadable('configuration', 'There is no folder or file of reports there.');
  throw new SourceUnreadable('transient', 'The reports could not be read this time.');
}

/** A check run as GitHub answers it. */
export const Run = z.object({
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
  started_at: z.string().nullable(),
  completed_at: z.string().nullable(),
  app: z.object({ id: z.int() }).nullable(),
});
type Run = z.infer<typeof Run>;

async function readCheckRuns(github: GitHub, { repository, ref, names }: NonNullable<Expect['checkRuns']>) {
  const [owner = '', repo = ''] = repository.split('/');
  // Apps may give their runs the same name: of each the newest counts.
  const newest = new Map<string, Run>();
  let isDone = true;
  const path = '/repos/{owner}/{repo}/commits/{ref}/check-runs';
  const { complete } = await github.each(Run, path, { owner, repo, ref, filter: 'latest' }, (run) => {
    if (run.status !== 'completed') isDone = false;
    if (!names.includes(run.name)) return;
    const key = `${run.app?.id} ${run.name}`;
    const known = newest.get(key);
    if (known === undefined || begunAt(run) > begunAt(known)) newest.set(key, run);
  });
  const runs = [...newest.values()];
  return { complete, runs: names.map((name) => worstOf(name, runs, isDone)) };
}

/** What has not begun is newer than all that has. */
function begunAt({ started_at, completed_at }: Run): string {
  return started_at ?? completed_at ?? '~';
}

/** Runs may wait for others to end before they are listed, so that none is missing while another is under way. */
function worstOf(name: string, runs: readonly Run[], isDone: boolean): CheckRun {
  const states = runs.filter((run) => run.name === name).map(checkRunOf);
  const none: CheckRun = { name, state: isDone ? 'missing' : 'running', completedAt: null };
  const is = (state: CheckRun['state']) => states.find((run) => run.state === state);
  return is('not-succeeded') ?? is('running') ?? oldestOf(states) ?? none;
}

function oldestOf(states: readonly CheckRun[]): CheckRun | undefined {
  return states.toSorted((a, b) => ((a.completedAt ?? '') < (b.completedAt ?? '') ? -1 : 1))[0];
}

function checkRunOf({ name, status, conclusion, completed_at: at }: Run): CheckRun {
  if (status !== 'completed') return { name, state: 'running', completedAt: null };
  const completedAt = at === null ? null : new Date(at).toISOString();
  return { name, state: conclusion === 'success' ? 'succeeded' : 'not-succeeded', completedAt };
}
