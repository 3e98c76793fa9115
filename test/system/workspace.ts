import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKeys } from '../../ledger/keys/private.ts';
import { Trust } from '../../schemas/index.ts';

const repository = join(import.meta.dirname, '..', '..');

/** A folder of its own with the demo’s content, so that tests neither see nor touch the checkout’s evidence and site. */
export type Workspace = { root: string; remove: () => Promise<void> };

/** Makes one in a temporary place. */
export async function makeWorkspace(): Promise<Workspace> {
  const root = await mkdtemp(join(tmpdir(), 'candor-system-'));
  await cp(join(repository, 'content'), join(root, 'content'), {
    recursive: true,
    filter: (path) => !/content[\\/](evidence|ledger)$/.test(path),
  });
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'), 'junction');
  const integration = JSON.stringify(join(repository, 'site', 'integration.ts'));
  await writeFile(
    join(root, 'astro.config.mjs'),
    `import { defineConfig } from 'astro/config';\nimport candor from ${integration};\nexport default defineConfig({ integrations: [candor()] });\n`,
  );
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}

/** Keys of all workspaces; they sign nothing else. */
const keys = makeKeys();

/** What a command printed, and how it ended. */
export type Ended = { code: number | null; out: string; err: string };

/** Starts `candor` in a folder, as a person would. */
export function candor(root: string, argv: string[], environment: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [join(repository, 'cli', 'bin.ts'), ...argv], {
    cwd: root,
    env: { ...process.env, CANDOR_KEYS: keys, CANDOR_STATE: join(root, 'state'), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs a file of the repository or `candor` to its end. */
export function ended(child: ChildProcess): Promise<Ended> {
  const result: Ended = { code: null, out: '', err: '' };
  child.stdout?.on('data', (chunk) => {
    result.out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    result.err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ ...result, code }));
  });
}

/** Runs `candor` to its end. */
export function run(root: string, argv: string[], environment: Record<string, string> = {}): Promise<Ended> {
  return ended(candor(root, argv, environment));
}

/** Runs SQL as the newcomer does: `npm run sql -- "…"`. */
export function sql(root: string, statement: string): Promise<Ended> {
  const script = join(repository, 'examples', 'demo', 'sql.ts');
  return ended(spawn(process.execPath, [script, statement], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** Waits until a child has printed `text`; rejects with all that it printed when it ends before. */
export function printed(child: ChildProcess, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let all = '';
    const look = (chunk: Buffer) => {
      all += chunk;
      if (all.includes(text)) resolve(all);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('close', (code) => reject(new Error(`ended with ${code} before “${text}”:\n${all}`)));
  });
}

/** The built trust.json. */
export async function builtTrust(root: string): Promise<Trust> {
  return Trust.parse(JSON.parse(await readFile(join(root, 'dist', 'trust.json'), 'utf8')));
}

/** A page of the built site. */
export function page(root: string, path: string): Promise<string> {
  return readFile(join(root, 'dist', path, 'index.html'), 'utf8');
}

/** Every file below some folders, with its text. */
export async function everything(...folders: string[]): Promise<{ file: string; text: string }[]> {
  const files = [];
  for (const folder of folders)
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) {
        const file = join(entry.parentPath, entry.name);
        files.push({ file, text: await readFile(file, 'latin1') });
      }
  return files;
}
