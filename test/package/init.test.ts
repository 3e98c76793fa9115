import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { filesBelow } from '../../cli/init/write.ts';
import { candorVersion } from '../../cli/place.ts';
import { allAnswers, asOptions, candor } from './terminal.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'candor-init-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const read = (path: string) => readFile(join(home, path), 'utf8');

describe('a folder of one’s own', () => {
  test('holds content, a manifest, three lines of configuration, a workflow, and no more', async () => {
    const { code, out } = await candor(home, ['init', 'acme', ...asOptions(allAnswers)]);
    expect(code).toBe(0);
    expect(out).toContain('  cd acme\n  npm install PATH/TO/candor-VERSION.tgz ');
    expect(await filesBelow(join(home, 'acme'))).toEqual([
      '.github/workflows/trust.yml',
      '.gitignore',
      '.vscode/settings.json',
      'README.md',
      'astro.config.mjs',
      'content/claims/reporting-a-weakness/reports-have-an-address.mdx',
      'content/claims/tenant-isolation/rows-are-scoped.mdx',
      'content/claims/what-comes-next/other-chapters.mdx',
      'content/organization.yaml',
      'content/roadmap/other-chapters.yaml',
      'content/sections/reporting-a-weakness.yaml',
      'content/sections/tenant-isolation.yaml',
      'content/sections/what-comes-next.yaml',
      'content/sources/app-db.yaml',
      'package.json',
    ]);
    expect(await read('acme/astro.config.mjs')).toBe(
      "import candor from 'candor/astro';\nimport { defineConfig } from 'astro/config';\nexport default defineConfig({ integrations: [candor()] });\n",
    );
    expect(JSON.parse(await read('acme/package.json'))).toMatchObject({
      name: 'acme-tools-more-trust-center',
      private: true,
      dependencies: { candor: `^${candorVersion()}` },
    });
  });

  test('is content that check has no word against, with the answers as they were given', async () => {
    await candor(home, ['init', 'acme', ...asOptions(allAnswers)]);
    const checked = await candor(join(home, 'acme'), ['check']);
    expect(checked).toEqual({ code: 0, out: 'The content is valid.\n', err: '' });
    expect(parse(await read('acme/content/organization.yaml'))).toMatchObject({
      name: 'Acme: "Tools" & more',
      contacts: { security: 'security@acme.dev' },
      timeZone: 'Europe/Berlin',
    });
  });

  test('claims nothing that nobody said: no dates, no certificates, no attestations', async () => {
    await candor(home, ['init', 'acme', ...asOptions(allAnswers)]);
    for (const path of await filesBelow(join(home, 'acme', 'content')))
      expect(await read(`acme/content/${path}`), path).not.toMatch(/\b20\d\d-\d\d|attestations:|\{\{/);
  });

  test('that is published in a folder of a host knows it', async () => {
    const answers = { ...allAnswers, 'trust-url': 'https://acme.github.io/trust/' };
    await candor(home, ['init', 'acme', ...asOptions(answers)]);
    expect(await read('acme/astro.config.mjs')).toContain("defineConfig({ base: '/trust', integrations: [candor()] })");
  });

  test('may hold a repository of git, and what was made is named for machines', async () => {
    await mkdir(join(home, '.git'));
    const { out } = await candor(home, ['init', '.', '--json', ...asOptions(allAnswers)]);
    expect(JSON.parse(out)).toMatchObject({ folder: home, files: expect.arrayContaining(['package.json']) });
  });
});

describe('what stops it', () => {
  test('nobody to ask, and answers missing', async () => {
    const { code, err } = await candor(home, ['init', 'acme', '--name', 'Acme', '--country', 'DE']);
    expect(code).toBe(2);
    expect(err).toMatchInlineSnapshot(`
      "error UsageInvalid: nobody can be asked here, so say it with --legal-name, --product, --url, --trust-url, --security-email, --time-zone.
        hint: usage: candor init DIR [--name …] [--legal-name …] [--product …] [--url …] [--trust-url …] [--security-email …] [--country …] [--time-zone …]
      "
    `);
    expect(await filesBelow(home)).toEqual([]);
  });

  test('an answer that is not allowed', async () => {
    const wrong = { country: 'Germany', 'security-email': 'security@example.com', url: 'acme.dev', name: 'A\nB' };
    const errors = [];
    for (const [name, value] of Object.entries(wrong)) {
      const { err } = await candor(home, ['init', 'acme', ...asOptions({ ...allAnswers, [name]: value })]);
      errors.push(err.split('\n')[0]);
    }
    expect(errors).toMatchInlineSnapshot(`
      [
        "error UsageInvalid: \`--country\` must be a two-letter country code such as DE.",
        "error UsageInvalid: \`--security-email\` is a placeholder, not a mailbox that people read.",
        "error UsageInvalid: \`--url\` must be a web address that starts with https://.",
        "error UsageInvalid: \`--name\` must stand on one line.",
      ]
    `);
    expect(await filesBelow(home)).toEqual([]);
  });

  test('a folder that holds something', async () => {
    await mkdir(join(home, 'acme'));
    await writeFile(join(home, 'acme', 'notes.txt'), 'mine');
    const { code, err } = await candor(home, ['init', 'acme', ...asOptions(allAnswers)]);
    expect(code).toBe(2);
    expect(err.replace(home, '…')).toMatchInlineSnapshot(`
      "error InitNotEmpty: \`…/acme/notes.txt\` is already there.
        hint: choose an empty or new folder.
      "
    `);
    expect(await filesBelow(home)).toEqual(['acme/notes.txt']);
    const onFile = await candor(home, ['init', 'acme/notes.txt', ...asOptions(allAnswers)]);
    expect(onFile.err).toContain('error InitNotEmpty');
  });

  test('no folder, or two', async () => {
    for (const words of [[], ['a', 'b']]) {
      const { code, err } = await candor(home, ['init', ...words, ...asOptions(allAnswers)]);
      expect(code).toBe(2);
      expect(err).toContain('error UsageInvalid: name one folder to make.');
    }
  });
});

describe('at a terminal', () => {
  test('asks for what is missing, again when it cannot be, and offers what is likely', async () => {
    const typed = [
      '',
      'Acme',
      'Acme GmbH',
      '',
      'acme.dev',
      'https://acme.dev',
      'https://trust.acme.dev',
      'security@acme.dev',
      '',
    ];
    const asked: string[] = [];
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const { code } = await candor(home, ['init', 'acme', '--country', 'DE'], async (question) => {
      asked.push(question.replace(`[${zone}]`, '[zone]'));
      return typed.shift() ?? '';
    });
    expect(code).toBe(0);
    expect(asked).toMatchInlineSnapshot(`
      [
        "The name that customers know: ",
        "The name that customers know (it must not be empty): ",
        "The legal entity: ",
        "The product that the page is about [Acme]: ",
        "The company’s site (https://…): ",
        "The company’s site (https://…) (it must be a web address that starts with https://): ",
        "Where this page will be published (https://…): ",
        "A mailbox for security reports that people read: ",
        "Time zone of its business hours [zone]: ",
      ]
    `);
    expect(parse(await read('acme/content/organization.yaml'))).toMatchObject({
      legalName: 'Acme GmbH',
      product: 'Acme',
      country: 'DE',
      timeZone: zone,
    });
  });
});
