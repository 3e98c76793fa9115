import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { candorError, errorNames, explainError } from '../../schemas/index.ts';

const root = join(import.meta.dirname, '..', '..');

test.each(errorNames)('%s is raised somewhere', (name) => {
  const sources = globSync('{loader,ledger,collectors,posture,intake,cli,site,index}*/**/*.{ts,astro}', { cwd: root });
  const pattern = new RegExp(`['"]${name}['"]`);
  expect(sources.some((file) => pattern.test(readFileSync(join(root, file), 'utf8')))).toBe(true);
});

test.each(errorNames)('%s says in plain sentences what happened, why, and what to do', (name) => {
  const { what, hint, why } = explainError(name);
  expect(what).toMatch(/^[^A-Z].*\.$/s);
  expect(hint).toMatch(/[.?]$|^usage: /);
  expect(why).toMatch(/^[A-Z].*\.$/s);
  expect(what + hint + why).not.toMatch(/undefined|\[object|!/);
});

test('no name is in two parts of the catalogue, where one would hide the other', () => {
  const parts = globSync('schemas/core/*-errors.ts', { cwd: root }).map((file) =>
    readFileSync(join(root, file), 'utf8'),
  );
  const defined = parts.flatMap((text) => [...text.matchAll(/^ {2}(\w+): define</gm)].map(([, name]) => name));
  expect(defined.toSorted()).toEqual(errorNames.toSorted());
});

test('an error keeps its name and its exit code', () => {
  const error = candorError('ContentMissing', { folder: 'content', file: 'organization.yaml' });
  expect(error).toBeInstanceOf(Error);
  expect({ name: error.name, exit: error.exit, message: error.message }).toEqual({
    name: 'ContentMissing',
    exit: 2,
    message: '`organization.yaml` is missing in the content folder content.',
  });
});

test('errors of content are pinned as they are printed', () => {
  const pinned = readFileSync(join(root, 'test/loader/errors.test.ts'), 'utf8');
  const own = /^(Content|Reference|Section|Claim|Document|Exception|SourceKind|EvidenceUnknown|EvidenceNotCollected)/;
  // What cannot be read depends on the system; test/loader/load.test.ts has it.
  const missing = errorNames.filter((name) => own.test(name) && !pinned.includes(`error ${name}:`));
  expect(missing).toEqual(['ContentUnreadable']);
});
