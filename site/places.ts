import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The content folder: CANDOR_CONTENT, or `content` in the project. Absolute. */
export function contentFolder(projectRoot: URL): string {
  return resolve(fileURLToPath(projectRoot), process.env.CANDOR_CONTENT ?? 'content');
}

/**
 * The folder of this package: the nearest one above this file whose package.json is named candor. This file runs as
 * site/places.ts here and as lib/site/places.js in the package, so no fixed number of steps upwards is right.
 */
export function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'candor') return folder;
  }
  throw new Error('The site cannot find the package that it belongs to.');
}

/**
 * Every page under site/pages/ with the address that its file name says, as Astro reads file names; those under
 * site/frozen/ when a version is rendered, and those under site/forms/ for the server.
 */
export function routes(root: string, room: 'pages' | 'frozen' | 'forms'): { pattern: string; entrypoint: URL }[] {
  const pages = join(root, 'site', room);
  return readdirSync(pages, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(astro|ts)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ pattern: patternOf(relative(pages, file)), entrypoint: pathToFileURL(file) }));
}

/** `claims/[id].astro` is `/claims/[id]`; `trust.json.ts` is `/trust.json`; `index.astro` is `/`. */
export function patternOf(file: string): string {
  const path = file
    .split(sep)
    .join('/')
    .replace(/\.(astro|ts)$/, '');
  return `/${path.replace(/(^|\/)index$/, '')}`;
}
