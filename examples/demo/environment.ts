import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** Where a running demo leaves its connection facts, under the folder that `npm start` runs in. Ignored by git. */
export const demoEnvironmentFile = join('.candor', 'demo.env');

/** Writes the variables as an env file that only its owner can read, in one step. Returns the path. */
export async function writeDemoEnvironment(environment: Record<string, string>, root = process.cwd()): Promise<string> {
  const file = join(root, demoEnvironmentFile);
  await mkdir(join(root, '.candor'), { recursive: true, mode: 0o700 });
  const lines = Object.entries(environment).map(([name, value]) => `${name}="${value}"\n`);
  const draft = `${file}.${process.pid}`;
  await rm(draft, { force: true });
  await writeFile(draft, `# Written by the running demo; gone when it stops.\n${lines.join('')}`, { mode: 0o600 });
  await rename(draft, file);
  return file;
}

/** The variables of the demo that is running, or undefined when none is. */
export async function readDemoEnvironment(root = process.cwd()): Promise<Record<string, string> | undefined> {
  const text = await readFile(join(root, demoEnvironmentFile), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  return Object.fromEntries(Object.entries(parseEnv(text)).map(([name, value]) => [name, value ?? '']));
}

/** Removes the file; call it when the demo stops. */
export async function removeDemoEnvironment(root = process.cwd()): Promise<void> {
  await rm(join(root, demoEnvironmentFile), { force: true });
}
