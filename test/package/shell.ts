import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** The root of this repository. */
export const root = join(import.meta.dirname, '..', '..');

/** How a command ended. */
export type Ended = { code: number; out: string; err: string };

/** A person’s shell: what one line exports, and the folder that it enters, hold for the next. */
export type Shell = {
  run: (script: string) => Promise<Ended>;
  /** The folder that it is in. */
  folder: () => string;
  close: () => Promise<void>;
};

/** Opens a shell in a new empty folder, with a home of its own. Of the environment only what every shell has is passed on, and `environment`. */
export async function openShell(environment: Record<string, string> = {}): Promise<Shell> {
  const place = await mkdtemp(join(tmpdir(), 'candor-adopter-'));
  const state = await mkdtemp(join(tmpdir(), 'candor-shell-'));
  const home = await mkdtemp(join(tmpdir(), 'candor-home-'));
  let folder = place;
  let variables: Record<string, string> = { ...passedOn(), HOME: home, ...environment };
  return {
    folder: () => folder,
    close: async () => {
      await rm(place, { recursive: true, force: true });
      await rm(state, { recursive: true, force: true });
      await rm(home, { recursive: true, force: true });
    },
    run: async (script) => {
      const keep = `pwd > "${state}/folder"; env -0 > "${state}/environment"`;
      const ended = await execute('bash', ['-euo', 'pipefail', '-c', `${script}\n${keep}`], folder, variables);
      if (ended.code === 0) {
        folder = (await readFile(join(state, 'folder'), 'utf8')).trim();
        variables = Object.fromEntries(
          readFileSync(join(state, 'environment'), 'utf8')
            .split('\0')
            .filter((line) => line.includes('='))
            .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
        );
      }
      return ended;
    },
  };
}

/** Runs one program to its end. */
export function execute(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string | undefined> = process.env,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, out, err }));
  });
}

/** Neither npm’s own variables nor this repository’s programs may help an adopter; a stand-in for psql does. */
function passedOn(): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env))
    if (
      value !== undefined &&
      !/^(npm_(?!config_(registry|cache|userconfig)$)|INIT_CWD$|NODE|VITEST|CANDOR)/.test(name)
    )
      passed[name] = value;
  const own = join(root, 'node_modules');
  const path = (process.env.PATH ?? '').split(delimiter).filter((part) => !part.startsWith(own));
  return {
    ...passed,
    // This Node comes last, for a machine that has none.
    PATH: [join(import.meta.dirname, 'bin'), ...path, dirname(process.execPath)].join(delimiter),
    CANDOR_TEST_NODE: process.execPath,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@acme.test',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@acme.test',
    NO_COLOR: '1',
    // The home is another, where keys and memory go; what npm has fetched is not fetched anew.
    npm_config_cache: process.env.npm_config_cache ?? join(homedir(), '.npm'),
    npm_config_userconfig: process.env.npm_config_userconfig ?? join(homedir(), '.npmrc'),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_prefer_offline: 'true',
    npm_config_update_notifier: 'false',
  };
}
