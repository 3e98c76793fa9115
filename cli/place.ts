import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Collector } from '../collectors/define.ts';
import { loadCollectors } from '../collectors/registry.ts';
import type { StorePlace } from '../intake/store/open.ts';
import type { Terminal } from './command.ts';

/** The content folder that a command works on: --content, CANDOR_CONTENT, or ./content. */
export function contentFolder(option: string | undefined, { cwd, environment }: Terminal): string {
  return resolve(cwd, option ?? environment.CANDOR_CONTENT ?? 'content');
}

/** Where what visitors send in is kept: the database of DATABASE_URL, or the folder `intake-data` beside the content. */
export function storePlace({ DATABASE_URL: url }: Terminal['environment'], folder: string): StorePlace {
  return url === undefined || url === '' ? { folder: join(dirname(folder), 'intake-data') } : { url };
}

/** Candor’s own collectors, and those in a `collectors/` folder beside the content. */
export function collectorsBeside(folder: string): Promise<ReadonlyMap<string, Collector>> {
  const own = join(dirname(folder), 'collectors');
  const shipped = join(packageRoot(), 'collectors');
  return loadCollectors(own === shipped ? undefined : own);
}

/** The folder of candor’s package.json, whether it runs from source or compiled. */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The version in candor’s package.json. */
export function candorVersion(): string {
  const manifest: { version?: unknown } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  return String(manifest.version);
}
