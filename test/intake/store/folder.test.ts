import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { submissionOf } from '../../../intake/lifecycle/submission.ts';
import { openStore } from '../../../intake/store/open.ts';

const program = fileURLToPath(new URL('./owning-process.ts', import.meta.url));
let parent: string;
let folder: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'candor-folder-'));
  folder = join(parent, 'data');
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(parent, { recursive: true, force: true });
});

/** Starts a process that wants the folder, and waits for what it says first. */
async function start(): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, ['--expose-gc', program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [said] = await once(createInterface({ input: child.stdout }), 'line');
  return { child, said: String(said) };
}

test('of many that start at once one opens the folder, and the others hear who has it; killed, it leaves what it had committed, and no lock', async () => {
  const started = await Promise.all(Array.from({ length: 5 }, start));
  const [owner, ...rest] = started.filter(({ said }) => said.startsWith('open'));
  if (owner === undefined) throw new Error('Nobody opened it.');
  expect(rest).toEqual([]);
  const others = started.filter((each) => each !== owner).map(({ said }) => said);
  expect(others).toHaveLength(4);
  // Whoever asks before the owner has written who it is hears of another process.
  for (const said of others)
    expect(said).toMatch(
      new RegExp(`^StoreBusy: the folder of intake is in use by (process ${owner.child.pid}|another process)\\.$`),
    );
  await expect(openStore({ folder })).rejects.toMatchObject({
    name: 'StoreBusy',
    message: `the folder of intake is in use by process ${owner.child.pid}.`,
  });
  expect((await stat(folder)).mode & 0o777).toBe(0o700);

  const gone = once(owner.child, 'exit');
  owner.child.kill('SIGKILL');
  await gone;
  const store = await openStore({ folder });
  const id = owner.said.split(' ')[1] ?? '';
  expect(await submissionOf(store.db, id)).toMatchObject({ id, state: 'received' });
  await expect(openStore({ folder }), 'once more in the same process').rejects.toMatchObject({ name: 'StoreBusy' });
  await store.close();
  await (await openStore({ folder })).close();
});

test('a folder that cannot be opened is left unlocked', async () => {
  const broken = join(parent, 'broken');
  await (await openStore({ folder: broken })).close();
  await writeFile(join(broken, 'data', 'PG_VERSION'), 'nine');
  for (const _ of [1, 2])
    await expect(openStore({ folder: broken })).rejects.toMatchObject({ name: 'StoreUnreachable' });
});
