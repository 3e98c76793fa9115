import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import mdx from '@astrojs/mdx';
import node from '@astrojs/node';
import type { AstroIntegration, HookParameters } from 'astro';
import { copyPublished } from '../ledger/publish.ts';
import { hashAdvisories } from './advisories/seal.ts';
import { contentPlugin } from './content-plugin.ts';
import { contentFolder, packageRoot, routes } from './places.ts';
import { reportScriptPlugin } from './report-script.ts';

// Astro reads this when a build starts, which is after it has loaded the configuration that imports this file.
process.env.ASTRO_TELEMETRY_DISABLED = '1';

/**
 * The whole trust center as an Astro integration: it injects every page under site/pages/, so that an adopter’s folder
 * holds content and three lines of configuration, and upgrading is `npm update`. After Starlight.
 */
export default function candor(): AstroIntegration {
  if (process.env.CANDOR_FORMS !== undefined) return forms();
  return process.env.CANDOR_RELEASE === undefined ? wholeSite() : frozenVersion();
}

function wholeSite(): AstroIntegration {
  let content = '';
  return {
    name: 'candor',
    hooks: {
      // What is kept is published as it is: nothing that was signed passes through a renderer.
      'astro:build:done': async ({ dir }) => {
        await copyPublished(content, fileURLToPath(dir));
        await hashAdvisories(fileURLToPath(dir));
      },
      'astro:config:setup': ({ addWatchFile, command, config, injectRoute, updateConfig }) => {
        content = contentFolder(config.root);
        for (const route of routes(packageRoot(), 'pages')) injectRoute({ ...route, prerender: true });
        addWatchFile(content);
        updateConfig(settings(config.root));
        updateConfig({
          integrations: [mdx()],
          vite: { plugins: [contentPlugin(content, command === 'dev' ? null : randomUUID()), reportScriptPlugin()] },
        });
      },
    },
  };
}

/** The pages under site/frozen/ alone, for `renderRelease`: those of the version whose draft CANDOR_RELEASE names. */
function frozenVersion(): AstroIntegration {
  return {
    name: 'candor',
    hooks: {
      'astro:config:setup': ({ config, injectRoute, updateConfig }) => {
        for (const route of routes(packageRoot(), 'frozen')) injectRoute({ ...route, prerender: true });
        updateConfig(settings(config.root));
        // Kept with the versions: a later build has other styles, and an old page must not take them on.
        const names = { assetFileNames: 'versions/assets/[hash][extname]' };
        updateConfig({ build: { assets: 'versions/assets' }, vite: { build: { rollupOptions: { output: names } } } });
      },
    },
  };
}

/**
 * The pages under site/forms/ alone, as a handler for a server of node:http: `candor serve` sets CANDOR_FORMS. Nothing of
 * the static site depends on it.
 */
function forms(): AstroIntegration {
  return {
    name: 'candor',
    hooks: {
      'astro:config:setup': ({ addMiddleware, config, injectRoute, updateConfig }) => {
        for (const route of routes(packageRoot(), 'forms')) injectRoute({ ...route, prerender: false });
        addMiddleware({ entrypoint: pathToFileURL(join(packageRoot(), 'site', 'gate.ts')), order: 'pre' });
        updateConfig(settings(config.root));
        // Whole pages: what fails in the middle of one must still become another answer. The gate refuses bodies earlier.
        const adapter = node({ mode: 'middleware', experimentalDisableStreaming: true, bodySizeLimit: 64 * 1024 ** 2 });
        updateConfig({
          adapter,
          // Astro takes up an adapter before this hook runs, and integrations after it.
          integrations: [adapter],
          // The gate looks at origins itself: Astro’s own check refuses sites behind a proxy, pages without referrer and
          // one-click posts (RFC 8058).
          security: { checkOrigin: false },
          session: false,
          // Its names must not meet those of the static site, beside which they are served.
          build: { assets: '_forms' },
          vite: { plugins: [reportScriptPlugin()] },
        });
      },
    },
  };
}

/** What all have in common. */
function settings(root: URL): Parameters<HookParameters<'astro:config:setup'>['updateConfig']>[0] {
  return {
    output: 'static',
    trailingSlash: 'always',
    // An inline style or script would need a hole in the content security policy.
    build: { format: 'directory', inlineStylesheets: 'never' },
    cacheDir: new URL('.astro/cache/', root),
    devToolbar: { enabled: false },
    vite: {
      cacheDir: fileURLToPath(new URL('.astro/vite/', root)),
      build: { assetsInlineLimit: 0 },
      // Node strips no types under node_modules, so the package’s own TypeScript must pass through Vite.
      ssr: { noExternal: ['candor'] },
    },
  };
}
