import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

// Prints how long the site of 100, 1,000 and 5,000 claims takes to build, beside a folder of 100 as the unit, so that
// the growth is seen: a ratio of 10 and 50 is linear.
const repository = join(import.meta.dirname, '..');

console.log('build of the site');
console.log(['claims', 'time', 'ratio to 100', 'ms a claim', 'peak memory'].join('\t'));
let unit: number | undefined;
for (const claims of [100, 1_000, 5_000]) {
  const root = mkdtempSync(join(tmpdir(), 'candor-bench-'));
  try {
    writeClaims(join(root, 'content'), claims);
    symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'), 'junction');
    const integration = JSON.stringify(join(repository, 'site', 'integration.ts'));
    writeFileSync(
      join(root, 'astro.config.mjs'),
      `import { defineConfig } from 'astro/config';\nimport candor from ${integration};\nexport default defineConfig({ integrations: [candor()] });\n`,
    );
    const { ms, mib } = build(root);
    unit ??= ms;
    console.log([claims, `${ms} ms`, (ms / unit).toFixed(1), (ms / claims).toFixed(1), `${mib} MiB`].join('\t'));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The demo’s content with this many more claims, each citing a check and with a body of its own. */
function writeClaims(content: string, claims: number): void {
  cpSync(join(repository, 'content'), content, {
    recursive: true,
    filter: (path) => !/content[\\/]evidence/.test(path),
  });
  const folder = join(content, 'claims', 'tenant-isolation');
  mkdirSync(folder, { recursive: true });
  for (let index = 1; index <= claims; index += 1) {
    const cites = 'app-db/postgres-row-security#no-cross-tenant-read';
    const fields = `title: Statement ${index} holds\nstatus: in-place\nevidence: [${cites}]\n`;
    writeFileSync(
      join(folder, `statement-${index}.mdx`),
      `---\n${fields}---\n\nSome *text* about ${index}.\n\n- one\n- two\n`,
    );
  }
}

function build(root: string): { ms: number; mib: number } {
  const script = `
    const { build } = await import('astro');
    await build({ root: ${JSON.stringify(root)}, logLevel: 'error' });
    console.log(Math.round(process.resourceUsage().maxRSS / 1024));`;
  const start = performance.now();
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: repository,
    encoding: 'utf8',
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', CANDOR_CONTENT: join(root, 'content') },
  });
  if (status !== 0) throw new Error(stderr);
  return { ms: Math.round(performance.now() - start), mib: Number(stdout.trim().split('\n').at(-1)) };
}
