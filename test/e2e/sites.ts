import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { z } from 'zod';

const Site = z.object({ name: z.string(), dist: z.string(), content: z.string(), now: z.string(), url: z.string() });
/** One built site: where its files, its content and its server are, and the moment it was derived for. */
export type Site = z.infer<typeof Site>;

/** The sites that the setup has built. */
export function sites(): Site[] {
  return z
    .array(Site)
    .min(1)
    .parse(JSON.parse(process.env.CANDOR_SITES ?? '[]'));
}

/** The made-up world alone; it shows every state. */
export function world(): Site {
  const found = sites().find(({ name }) => name === 'world');
  if (found === undefined) throw new Error('The made-up world was not built.');
  return found;
}

/** The paths of all files of a site, with forward slashes. */
export function filesOf({ dist }: Site): string[] {
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dist.length).split(sep).join('/'));
}

/** The addresses of all pages of a site. */
export function pagesOf(site: Site): string[] {
  return filesOf(site)
    .filter((file) => file.endsWith('.html'))
    .map((file) => file.replace(/index\.html$/, ''))
    .sort();
}

/** A JSON file of a site. */
export function readJson({ dist }: Site, file: string): unknown {
  return JSON.parse(readFileSync(join(dist, file), 'utf8'));
}
