import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { packageRoot } from './places.ts';

const MODULE = 'virtual:candor/report-script';

/** The script that encrypts reports in the browser: its text, and SHA-256 of it in hex. */
export type ReportScript = { code: string; digest: string };

/**
 * The module `virtual:candor/report-script`: the script as one file, which is its own worker. It is built apart from what else
 * a site has, so that it has the same bytes, and so one published digest, wherever this version of the package serves it.
 */
export function reportScriptPlugin(): Plugin {
  return {
    name: 'candor-report-script',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    async load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      const { code, digest } = await buildReportScript();
      return `export const code = ${JSON.stringify(code)};\nexport const digest = ${JSON.stringify(digest)};\n`;
    },
  };
}

/** Builds the script; about a second. */
export async function buildReportScript(): Promise<ReportScript> {
  const { build } = await import('vite');
  const root = packageRoot();
  const built = await build({
    configFile: false,
    envFile: false,
    publicDir: false,
    root,
    mode: 'production',
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: {
        input: join(root, 'site', 'scripts', 'reports', 'lane', 'start.ts'),
        output: { format: 'iife', entryFileNames: 'report.js', codeSplitting: false },
      },
    },
  });
  const [file] = 'output' in built ? built.output : [];
  if (file === undefined) throw new Error('The script of the reports was not built.');
  const { code } = file;
  return { code, digest: hash('sha256', code) };
}
