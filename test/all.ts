/**
 * `npm test`: everything, one part after the other, and a last line `N passed, N failed`. A part that is no test
 * suite counts as one test. `npm run check` runs the fast parts only.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ensureAge } from './age-install.ts';
import { ensureBrowser } from './browser-install.ts';
import { ensureGo } from './go-install.ts';

const root = join(import.meta.dirname, '..');
const reports = mkdtempSync(join(tmpdir(), 'candor-test-'));
const fast = process.argv.includes('--fast');
let passed = 0;
let failed = 0;
const broken: string[] = [];

function run(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
  said?: Buffer[],
): Promise<number> {
  return new Promise((resolve) => {
    const output = said === undefined ? 'inherit' : 'pipe';
    const child = spawn(join(root, 'node_modules', '.bin', command), args, {
      cwd: root,
      stdio: ['ignore', output, output],
      shell: process.platform === 'win32',
      env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', ...env },
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => said?.push(part));
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  });
}

async function part(title: string, work: () => Promise<boolean>): Promise<void> {
  console.log(`\n— ${title}`);
  count(title, await work());
}

/** Parts that only read go beside each other, each on a core; what one says is printed when it is done. */
async function parts(
  all: readonly (readonly [title: string, command: string, args: readonly string[]])[],
): Promise<void> {
  await Promise.all(
    all.map(async ([title, command, args]) => {
      const said: Buffer[] = [];
      const code = await run(command, args, {}, said);
      console.log(`\n— ${title}`);
      process.stdout.write(Buffer.concat(said));
      count(title, code === 0);
    }),
  );
}

function count(title: string, isGood: boolean): void {
  if (isGood) passed += 1;
  else {
    failed += 1;
    broken.push(title);
  }
}

async function suite(
  title: string,
  report: z.ZodType<{ passed: number; failed: number }>,
  file: string,
  work: () => Promise<number>,
) {
  console.log(`\n— ${title}`);
  const code = await work();
  const counts = report.safeParse(readJson(file));
  passed += counts.data?.passed ?? 0;
  failed += counts.data?.failed ?? 0;
  // A suite that ends badly without a failed test, or that ran none, has failed all the same.
  if (counts.data === undefined || counts.data.passed === 0 || (code !== 0 && counts.data.failed === 0)) failed += 1;
  if (code !== 0) broken.push(title);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

const VitestReport = z
  .object({ numPassedTests: z.int(), numFailedTests: z.int(), numFailedTestSuites: z.int() })
  .transform((report) => ({ passed: report.numPassedTests, failed: report.numFailedTests }));
const PlaywrightReport = z
  .object({ stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int() }) })
  .transform(({ stats }) => ({ passed: stats.expected, failed: stats.unexpected + stats.flaky }));

const whole = [
  ['types in .astro files', 'astro', ['check', '--tsconfig', 'tsconfig.astro.json', '--minimumSeverity', 'warning']],
  ['nothing unused', 'knip', ['--no-progress']],
] as const;
// The fast types remember what they saw last time.
const types = [
  '-p',
  '.',
  ...(fast ? ['--incremental', '--tsBuildInfoFile', 'node_modules/.cache/types.tsbuildinfo'] : []),
];
await parts([['lint', 'biome', ['ci', '--colors=off', '.']], ['types', 'tsc', types], ...(fast ? [] : whole)]);
if (!fast) {
  // No part: without Go the suite compares what Go said when it was there.
  if (!(await ensureGo()))
    console.log(
      '\nGo with golang.org/x/mod is not to be had here: the log is compared with recorded answers of Go only.',
    );
  if (!(await ensureAge()))
    console.log('\nThe age command 1.3 is not to be had here: what it made is read as it was recorded only.');
}
// Collectors load pages too, so it comes before all tests.
if (!fast) await part('a browser', ensureBrowser);
const unit = join(reports, 'unit.json');
// Left out of the fast ones: what starts servers, browsers or processes, or builds pages.
const slow = [
  'test/{cli,examples,package,sabotage,site,system}/**',
  'test/collectors/{clients,github*,*-vendors,*-sample}/**',
  'test/collectors/**/live*',
  'test/**/killed*',
  'test/ledger/go/go*',
  'test/intake/!(document|envelope)/**',
  'test/intake/{document/print,envelope/age}*',
  'test/ledger/log/tiles*',
  'test/ledger/writer/**',
  'test/ledger/verify/{liar,log,samples,verify}*',
].flatMap((glob) => ['--exclude', glob]);
await suite(fast ? 'fast tests' : 'tests', VitestReport, unit, () =>
  run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${unit}`, ...(fast ? slow : [])]),
);
if (!fast) {
  const browser = join(reports, 'browser.json');
  await suite('pages in a browser', PlaywrightReport, browser, () =>
    run('playwright', ['test', '--reporter=list,json'], { PLAYWRIGHT_JSON_OUTPUT_NAME: browser }),
  );
}
rmSync(reports, { recursive: true, force: true });
if (broken.length > 0) console.log(`\nNot as it should be: ${broken.join('; ')}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
