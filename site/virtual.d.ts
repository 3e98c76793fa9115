declare module 'virtual:candor/content' {
  import type { AstroComponentFactory } from 'astro/runtime/server/index.js';

  /** The content folder, absolute. Never printed: it is a path of the machine that builds. */
  export const folder: string;
  /**
   * What tells this build from any other; null in `astro dev`, where nothing is kept from one page to the next. Astro
   * would take `import.meta.env.DEV` from a variable DEV of the shell.
   */
  export const build: string | null;
  /** The bodies that are not empty, keyed `<content type>/<id>`, for example `claims/rows-are-scoped`. */
  export const bodies: ReadonlyMap<string, AstroComponentFactory>;
}

declare module 'virtual:candor/report-script' {
  /** The script that encrypts reports in the browser, one file, which is its own worker. */
  export const code: string;
  /** SHA-256 of it, hex. */
  export const digest: string;
}
