import { fileURLToPath } from 'node:url';
import mdx from '@astrojs/mdx';
import type { AstroIntegration } from 'astro';
import { copyPublished } from '../ledger/publish.ts';
import { contentPlugin } from './content-plugin.ts';
import { contentFolder, packageRoot, routes } from './places.ts';

// Astro reads this when a build starts, which is after it has loaded the configuration that imports this file.
process.env.ASTRO_TELEMETRY_DISABLED = '1';

/**
 * The whole trust center as an Astro integration: it injects every page under site/pages/, so that an adopter’s folder
 * holds content and three lines of configuration, and upgrading is `npm update`. After Starlight.
 */
export default function candor(): AstroIntegration {
  let content = '';
  return {
    name: 'candor',
    hooks: {
      // What is kept is published as it is: nothing that was signed passes through a renderer.
      'astro:build:done': ({ dir }) => copyPublished(content, fileURLToPath(dir)),
      'astro:config:setup': ({ addWatchFile, config, injectRoute, updateConfig }) => {
        content = contentFolder(config.root);
        for (const route of routes(packageRoot())) injectRoute({ ...route, prerender: true });
        addWatchFile(content);
        updateConfig({
          output: 'static',
          trailingSlash: 'always',
          // An inline style or script would need a hole in the content security policy.
          build: { format: 'directory', inlineStylesheets: 'never' },
          cacheDir: new URL('.astro/cache/', config.root),
          devToolbar: { enabled: false },
          integrations: [mdx()],
          vite: {
            cacheDir: fileURLToPath(new URL('.astro/vite/', config.root)),
            build: { assetsInlineLimit: 0 },
            plugins: [contentPlugin(content)],
            // Node strips no types under node_modules, so the package’s own TypeScript must pass through Vite.
            ssr: { noExternal: ['candor'] },
          },
        });
      },
    },
  };
}
