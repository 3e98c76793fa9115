declare module 'virtual:candor/content' {
  import type { AstroComponentFactory } from 'astro/runtime/server/index.js';

  /** The content folder, absolute. Never printed: it is a path of the machine that builds. */
  export const folder: string;
  /** Whether this is `astro dev`. Astro would take `import.meta.env.DEV` from a variable DEV of the shell. */
  export const development: boolean;
  /** The bodies that are not empty, keyed `<content type>/<id>`, for example `claims/rows-are-scoped`. */
  export const bodies: ReadonlyMap<string, AstroComponentFactory>;
}
