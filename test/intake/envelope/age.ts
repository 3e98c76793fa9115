import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Where `ensureAge` unpacks it: apart from the system, which may have an older one. */
export const AGE_FOLDER = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', 'age');

/** The `age` command that knows hybrid keys (1.3 or newer), and `age-keygen` beside it; undefined where there is none. */
export function findAge(): { age: string; keygen: string } | undefined {
  const ways = [
    { age: 'age', keygen: 'age-keygen' },
    { age: join(AGE_FOLDER, 'usr', 'bin', 'age'), keygen: join(AGE_FOLDER, 'usr', 'bin', 'age-keygen') },
  ];
  return ways.find(({ keygen }) => spawnSync(keygen, ['-pq'], { stdio: 'ignore' }).status === 0);
}
