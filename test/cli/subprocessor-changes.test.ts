import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { makeCompany, run } from './company.ts';

const repository = join(import.meta.dirname, '..', '..');
const integration = JSON.stringify(join(repository, 'site', 'integration.ts'));
const config = `import candor from ${integration};\nexport default { integrations: [candor()] };\n`;

let root = '';
beforeAll(async () => {
  root = await makeCompany({ 'astro.config.mjs': config, 'content/subprocessors/.keep': '' });
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'), 'junction');
  // As the command runs: elsewhere Astro builds in one folder each time, whose modules Node loads once a process.
  process.chdir(root);
});
afterAll(async () => {
  process.chdir(repository);
  await rm(root, { recursive: true, force: true });
});

const declare = (fields: object) =>
  writeFile(
    join(root, 'content', 'subprocessors', 'segment.yaml'),
    stringify({
      ...{ name: 'Segment', legalName: 'Twilio Inc.', url: 'https://segment.com', country: 'US', purpose: 'Counts.' },
      ...{ engagement: 'required', exposure: 'metadata', regions: ['us-east'], transfer: 'scc', since: '2024-01-01' },
      ...fields,
    }),
  );
const release = (reason: string, now: string) => run(root, ['release', '--reason', reason], { now });

test('a version says in which fields a subprocessor differs from the one before', { timeout: 120_000 }, async () => {
  await declare({});
  expect(await release('The first', '2026-11-03T09:00:00Z')).toMatchObject({ code: 0, err: '' });
  await declare({ regions: ['eu-central'], optOut: 'Say so in the settings.' });
  expect(await release('It moves', '2026-11-03T10:00:00Z')).toMatchObject({ code: 0, err: '' });
  const kept = (path: string) => readFile(join(root, 'content', 'ledger', 'versions', '2', path), 'utf8');
  expect(JSON.parse(await kept('changes.json')).subprocessors).toEqual([
    { id: 'segment', title: 'Segment', change: 'changed', fields: ['optOut', 'regions'] },
  ]);
  expect(await kept('changes/index.html')).toContain('changed (opting out, regions)');
});
