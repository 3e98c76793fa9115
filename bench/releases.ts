import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { renderRelease } from '../cli/site.ts';
import { makeKeys, parseKeys } from '../ledger/keys/private.ts';
import { draftFiles, draftRelease, publishRelease } from '../ledger/releases/make.ts';
import { openPublished } from '../ledger/verify/published.ts';
import { verify } from '../ledger/verify/verify.ts';
import { openLedger, originOf } from '../ledger/writer.ts';
import { loadContent } from '../loader/load.ts';

// Prints how long the demo's site takes to build and sign with 0, 10, 100 and 1,000 versions, beside a bare copy of the
// same versions. The pages of one version are rendered once and stand for those of all, since no build renders them.
const repository = join(import.meta.dirname, '..');
const root = mkdtempSync(join(tmpdir(), 'candor-bench-'));
const content = join(root, 'content');
const keys = makeKeys();

cpSync(join(repository, 'content'), content, {
  recursive: true,
  filter: (path) => !/content[\\/](evidence|ledger)/.test(path),
});
symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'), 'junction');
const integration = JSON.stringify(join(repository, 'site', 'integration.ts'));
writeFileSync(
  join(root, 'astro.config.mjs'),
  `import { defineConfig } from 'astro/config';\nimport candor from ${integration};\nexport default defineConfig({ integrations: [candor()] });\n`,
);
try {
  console.log('build of the site with versions');
  console.log(
    ['versions', 'build', 'more than without', 'ms a version', 'bare copy', 'release', 'verify', 'peak memory'].join(
      '\t',
    ),
  );
  let without: number | undefined;
  let made = 0;
  for (const versions of [0, 10, 100, 1_000]) {
    const release = await addVersions(made, versions);
    made = versions;
    const { ms, mib } = build();
    without ??= ms;
    const more = ms - without;
    const each = versions === 0 ? '' : (more / versions).toFixed(1);
    const figures = [
      versions,
      `${ms} ms`,
      `${more} ms`,
      each,
      `${copy()} ms`,
      `${release} ms`,
      `${await verified()} ms`,
      `${mib} MiB`,
    ];
    console.log(figures.join('\t'));
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** Adds versions up to `to`; gives the milliseconds that the last one took, without its rendering. */
async function addVersions(from: number, to: number): Promise<number> {
  const { content: loaded } = await loadContent(content);
  if (loaded === undefined) throw new Error('no content');
  const origin = originOf(loaded.organization.trustUrl);
  const now = () => new Date();
  const ledger = await openLedger({ content, origin, keys: parseKeys(keys), now, state: undefined });
  let last = 0;
  try {
    let pages: ReadonlyMap<string, Buffer> | undefined;
    for (let number = from + 1; number <= to; number += 1) {
      const start = performance.now();
      const draft = await draftRelease(ledger, loaded, { reason: `Version ${number}.`, validFor: '30d' });
      const drafting = performance.now() - start;
      pages ??= await render(draft);
      const own = new Map([...pages].map(([path, bytes]) => [path.replace(/^\d+\//, `${number}/`), bytes]));
      const middle = performance.now();
      await publishRelease(ledger, draft, own);
      last = drafting + performance.now() - middle;
    }
  } finally {
    await ledger.close();
  }
  return Math.round(last);
}

async function render(draft: Awaited<ReturnType<typeof draftRelease>>): Promise<Map<string, Buffer>> {
  const folder = mkdtempSync(join(root, 'draft-'));
  writeFileSync(join(folder, 'release.json'), JSON.stringify(draft.release));
  for (const [name, bytes] of draftFiles(draft)) writeFileSync(join(folder, name), bytes);
  const before = process.cwd();
  process.chdir(root);
  try {
    return await renderRelease(root, content, folder, false);
  } finally {
    process.chdir(before);
  }
}

function build(): { ms: number; mib: number } {
  const script = `
    process.argv.splice(1, 0, 'candor');
    const { main } = await import(${JSON.stringify(join(repository, 'cli', 'main.ts'))});
    const code = await main(['build'], { out: () => {}, err: (text) => process.stderr.write(text), interactive: false,
      environment: process.env, cwd: process.cwd(), now: () => new Date(), signal: new AbortController().signal });
    if (code !== 0) process.exit(code);
    console.log(Math.round(process.resourceUsage().maxRSS / 1024));`;
  const start = performance.now();
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', CANDOR_KEYS: keys, CANDOR_CONTENT: content },
  });
  if (status !== 0) throw new Error(stderr);
  return { ms: Math.round(performance.now() - start), mib: Number(stdout.trim().split('\n').at(-1)) };
}

/** Milliseconds that a stranger needs to prove the site. */
async function verified(): Promise<number> {
  const start = performance.now();
  const published = openPublished(join(root, 'dist'), root);
  const now = new Date().toISOString();
  const { failure } = await verify(published, { now, recall: async () => [], progress: () => undefined });
  if (failure !== null) throw new Error(`${failure.file}: ${failure.problem}`);
  return Math.round(performance.now() - start);
}

/** The limit: nothing but a copy of the same files. */
function copy(): number {
  const start = performance.now();
  spawnSync('cp', ['-r', join(content, 'ledger'), join(root, 'copy')]);
  const ms = Math.round(performance.now() - start);
  rmSync(join(root, 'copy'), { recursive: true, force: true });
  return ms;
}
