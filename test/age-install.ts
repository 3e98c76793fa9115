import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AGE_FOLDER, findAge } from './intake/envelope/age.ts';

/**
 * Tries to have the `age` command with hybrid keys: what is here already, else the package of Debian’s next version, unpacked
 * beside the system and not into it. True when it can be used; false, which is no failure, when it is not to be had: then
 * what it made is read as it was recorded.
 */
export async function ensureAge(): Promise<boolean> {
  if (findAge() !== undefined) return true;
  const mirror = debianMirror();
  if (mirror === undefined) return false;
  const folder = mkdtempSync(join(tmpdir(), 'candor-age-'));
  try {
    const list = join(folder, 'sources.list');
    writeFileSync(list, `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror} sid main\n`);
    const [lists, cache] = ['lists', 'cache'].map((name) => mkdirSync(join(folder, name), { recursive: true }) ?? '');
    const places = {
      'Dir::Etc::sourcelist': list,
      'Dir::Etc::sourceparts': '-',
      'Dir::State::lists': lists,
      'Dir::Cache': cache,
    };
    const options = Object.entries(places).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    const apt = (...args: string[]) =>
      spawnSync('apt-get', [...options, '-q', ...args], { cwd: folder, stdio: 'ignore', timeout: 300_000 });
    // Run as root apt downloads as another user, who may not read what others cannot.
    spawnSync('chmod', ['755', folder]);
    apt('update');
    apt('download', 'age');
    const file = readdirSync(folder).find((name) => /^age_.*\.deb$/.test(name));
    if (file === undefined) return false;
    mkdirSync(AGE_FOLDER, { recursive: true });
    spawnSync('dpkg', ['-x', join(folder, file), AGE_FOLDER]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return findAge() !== undefined;
}

/** Where this system has Debian from; undefined where it is none. */
function debianMirror(): string | undefined {
  const { stdout } = spawnSync('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'], {
    encoding: 'utf8',
  });
  return stdout?.split('\n').find((line) => /\/debian\/?$/.test(line));
}
