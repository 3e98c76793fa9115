import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import template from '../../collectors/_template/collector.ts';
import { loadCollectors } from '../../collectors/registry.ts';
import { nearMisses } from '../sabotage/near-misses.ts';
import { policies } from '../sabotage/policies.ts';
import { privileges } from '../sabotage/privileges.ts';
import { state } from '../sabotage/state.ts';
import { waysAround } from '../sabotage/ways-around.ts';
import { type Cases, missingPieces } from './parity.ts';

const root = join(import.meta.dirname, '..', '..');
const collectors = await loadCollectors();
const sabotages = [...state, ...policies, ...waysAround, ...privileges];
const cases: Cases = {
  turned: new Set(sabotages.flatMap(({ turns }) => turns.map(({ check }) => check))),
  nearMisses: new Set(nearMisses.map(({ id }) => id)),
};

describe('every collector is whole', () => {
  test.each([...collectors.values()])('$id', (collector) => {
    expect(missingPieces(root, collector.id, collector, cases)).toEqual([]);
  });

  test('the template', () => {
    expect(missingPieces(root, '_template', template, cases)).toEqual([]);
  });

  test('every folder is a collector, except those that say they are not', async () => {
    const entries = await readdir(join(root, 'collectors'), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'));
    const shared = ['access', 'clients', 'github-repositories', 'promises', 'sampling', 'vendors'];
    const names = folders.map(({ name }) => name).filter((name) => !shared.includes(name));
    expect(names).toEqual([...collectors.keys()]);
  });
});

describe('a missing piece is found', () => {
  let copy: string;
  const home = () => join(copy, 'collectors', '_template');
  const tests = () => join(copy, 'test', 'collectors', '_template', 'collector.test.ts');
  const missing = (kind: 'import' | 'postgres' = 'import', known = cases) =>
    missingPieces(copy, '_template', { source: kind, checks: template.checks }, known);

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'candor-parity-'));
    for (const folder of ['collectors/_template', 'test/collectors/_template'])
      await cp(join(root, folder), join(copy, folder), { recursive: true });
  });
  afterAll(() => rm(copy, { recursive: true, force: true }));

  /** Takes something out of a file of the copy, looks, and puts it back. */
  async function without(file: string, part: string | RegExp): Promise<string[]> {
    const text = await readFile(file, 'utf8');
    const less = text.replace(part, '');
    expect(less).not.toBe(text);
    await writeFile(file, less);
    const found = missing();
    await writeFile(file, text);
    return found;
  }

  test('nothing is missing in the copy', () => expect(missing()).toEqual([]));

  test.each(['collector.ts', 'schema.ts', 'assess.ts'])('%s', async (file) => {
    const text = await readFile(join(home(), file), 'utf8');
    await rm(join(home(), file));
    expect(missing()).toEqual([`_template: ${file}`]);
    await writeFile(join(home(), file), text);
  });

  test('a README without one of its headings, or with another', async () => {
    const headings = '_template: the headings What it reads · Least privilege · Checks · How to fix · Limits';
    for (const heading of ['## What it reads', '## Least privilege', '## How to fix', '## Limits'])
      expect(await without(join(home(), 'README.md'), heading)).toEqual([headings]);
    expect(await without(join(home(), 'README.md'), 'What it ')).toEqual([headings]);
  });

  test('a check that the README does not explain', async () => {
    expect(await without(join(home(), 'README.md'), '- `every-entry-has-an-owner`')).toEqual([
      '_template: every-entry-has-an-owner in the README',
    ]);
  });

  test.each([
    ['passed', 'passed: an owner'],
    ['failed', 'failed: nobody'],
    ['denied', 'denied: the file'],
    ['transient error', 'transient error: the disk'],
    ['empty', 'empty: a register'],
    ['partial', 'partial: an export'],
  ])('a test of: %s', async (ending, name) => {
    expect(await without(tests(), name)).toEqual([`_template: a test of: ${ending}`]);
  });

  test('a sabotage or a near miss of a check of a database', async () => {
    const none: Cases = { turned: new Set(['every-entry-has-an-owner']), nearMisses: new Set() };
    expect(missing('postgres', none)).toEqual([
      '_template: a near miss of every-entry-has-an-owner',
      '_template: a sabotage of every-entry-was-reviewed',
      '_template: a near miss of every-entry-was-reviewed',
    ]);
    const first = collectors.get('postgres-row-security');
    const fewer = new Set([...cases.turned].filter((check) => check !== 'no-cross-tenant-read'));
    expect(first && missingPieces(root, first.id, first, { ...cases, turned: fewer })).toContain(
      `${first?.id}: a sabotage of no-cross-tenant-read`,
    );
  });
});
