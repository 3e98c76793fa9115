import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { contentTypes } from '../schemas/index.ts';

/** The part of a Vite plugin that is used here. */
type ContentPlugin = {
  name: string;
  resolveId(id: string): string | undefined;
  load(id: string): string | undefined;
};

const MODULE = 'virtual:candor/content';

/**
 * The module `virtual:candor/content`: where the content lies, and the rendered bodies of claims, documents and updates.
 *
 * Astro’s content collections are left out on purpose. loader/ is the one reader of content for the command line and the
 * page; a second one would have schemas, errors and a cache of its own, and a stale cache on a page about freshness is
 * a false statement. Only the bodies pass through Astro, because only it can render them.
 *
 * One module with static imports, and none for a claim without a body: at 5,000 bodies that took two thirds of the
 * time of one lazy import each.
 */
export function contentPlugin(folder: string, build: string | null): ContentPlugin {
  return {
    name: 'candor-content',
    resolveId(id: string) {
      return id === MODULE ? `\0${MODULE}` : undefined;
    },
    load(id: string) {
      return id === `\0${MODULE}` ? moduleText(folder, filesWithBody(folder), build) : undefined;
    },
  };
}

/** The text of the module; bodies are keyed `<content type>/<id>`. */
export function moduleText(
  folder: string,
  bodies: readonly { key: string; file: string }[],
  build: string | null,
): string {
  const imports = bodies.map(({ file }, index) => `import { Content as body${index} } from ${JSON.stringify(file)};`);
  const entries = bodies.map(({ key }, index) => `[${JSON.stringify(key)}, body${index}]`);
  return [
    ...imports,
    `export const folder = ${JSON.stringify(folder)};`,
    `export const build = ${JSON.stringify(build)};`,
    `export const bodies = new Map([${entries.join(', ')}]);`,
  ].join('\n');
}

/** All Markdown and MDX files of the content types that have a body, without those whose body is empty. */
export function filesWithBody(folder: string): { key: string; file: string }[] {
  return Object.entries(contentTypes)
    .filter(([, { layout }]) => layout === 'prose' || layout === 'chapters')
    .flatMap(([type, { path }]) => {
      const root = join(folder, path);
      if (!existsSync(root)) return [];
      return (
        readdirSync(root, { recursive: true, encoding: 'utf8' })
          .filter((name) => /\.mdx?$/.test(name))
          .sort()
          .map((name) => ({ key: `${type}/${basename(name).replace(/\.mdx?$/, '')}`, file: join(root, name) }))
          .filter(({ file }) => bodyOf(readFileSync(file, 'utf8')) !== '')
          // Module ids have forward slashes on every system.
          .map(({ key, file }) => ({ key, file: file.split(sep).join('/') }))
      );
    });
}

function bodyOf(text: string): string {
  return text.replace(/^\uFEFF?---\r?\n[\s\S]*?\n---[ \t]*(\r?\n|$)/, '').trim();
}
