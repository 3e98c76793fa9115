import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { editorSettings } from '../../schemas/json-schema.ts';
import { candorVersion, packageRoot } from '../place.ts';
import type { Answers } from './answers.ts';
import { filesBelow, type NewFile } from './write.ts';

/** Everything that `candor init` writes: the files of `starter/` with the answers in them, and those that are short. */
export async function starterFiles(answers: Answers): Promise<NewFile[]> {
  const folder = join(packageRoot(), 'cli', 'init', 'starter');
  const copied = await Promise.all(
    (await filesBelow(folder)).map(async (path) => {
      const text = await readFile(join(folder, path), 'utf8');
      return { path, text: filled(text, valuesOf(answers), path.endsWith('.yaml') ? yamlScalar : plain) };
    }),
  );
  return [
    ...copied,
    { path: 'package.json', text: json(manifest(answers)) },
    { path: 'astro.config.mjs', text: astroConfig(answers) },
    { path: '.vscode/settings.json', text: json(editorSettings) },
    { path: '.gitignore', text: 'node_modules/\ndist/\n.astro/\n.candor/\nintake-data/\n.env\n.env.*\n' },
  ].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function valuesOf(answers: Answers): Record<string, string> {
  const { name, product, url, country } = answers;
  return {
    name,
    product,
    url,
    country,
    legalName: answers['legal-name'],
    trustUrl: answers['trust-url'],
    // Stands between quotes.
    publishedUrl: answers['trust-url'].replaceAll("'", '%27'),
    timeZone: answers['time-zone'],
    securityEmail: answers['security-email'],
    summary: `What ${name} says about the security of ${product}, what shows that it is so, and what is not there yet.`,
  };
}

/** Puts values where `{{name}}` stands; `${{ … }}` of a workflow is something else. */
function filled(text: string, values: Record<string, string>, write: (value: string) => string): string {
  return text.replace(/(?<!\$)\{\{(\w+)\}\}/g, (whole, key: string) => {
    const value = values[key];
    return value === undefined ? whole : write(value);
  });
}

/** Quoted where YAML would take it for something else than text. */
function yamlScalar(value: string): string {
  return stringify(value, { lineWidth: 0 }).trimEnd();
}

function plain(value: string): string {
  return value;
}

function manifest({ name }: Answers) {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 80);
  return {
    name: slug === '' ? 'trust-center' : `${slug}-trust-center`,
    private: true,
    type: 'module',
    scripts: {
      check: 'candor check',
      doctor: 'candor doctor',
      collect: 'candor collect',
      release: 'candor release',
      build: 'candor build',
      serve: 'candor serve',
      test: 'node --test',
    },
    dependencies: { candor: `^${candorVersion()}` },
    // The commands run on this Node, whichever one the machine has.
    devDependencies: { node: '^24.0.0' },
    allowScripts: { esbuild: true, node: true },
  };
}

/** A page that is published in a folder of a host must know it. */
function astroConfig(answers: Answers): string {
  const base = new URL(answers['trust-url']).pathname.replace(/\/$/, '');
  const place = base === '' ? '' : `base: '${base.replaceAll("'", '%27')}', `;
  return `import candor from 'candor/astro';
import { defineConfig } from 'astro/config';
export default defineConfig({ ${place}integrations: [candor()] });
`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
