import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** Where Debian and Ubuntu install the sources of Go packages (golang-golang-x-mod-dev). */
const PACKAGES = '/usr/share/gocode';

/** The environment in which Go finds golang.org/x/mod without a network; undefined where it cannot. */
export function findGo(): NodeJS.ProcessEnv | undefined {
  const paths = [process.env.GOPATH, PACKAGES].filter((path) => path !== undefined && path !== '').join(delimiter);
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: paths, GOFLAGS: '' };
  const packages = ['golang.org/x/mod/sumdb/note', 'golang.org/x/mod/sumdb/tlog'];
  return spawnSync('go', ['list', ...packages], { env, stdio: 'ignore' }).status === 0 ? env : undefined;
}

/** Compiles the program of this folder into another one, and gives its path. Throws what Go says is wrong. */
export function buildCheck(env: NodeJS.ProcessEnv, folder: string): string {
  const program = join(folder, process.platform === 'win32' ? 'check.exe' : 'check');
  const args = ['build', '-o', program, '.'];
  const { status, stderr } = spawnSync('go', args, { cwd: import.meta.dirname, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return program;
}
