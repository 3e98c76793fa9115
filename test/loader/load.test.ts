import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { loadContent } from '../../loader/load.ts';
import { printError } from '../../loader/print.ts';
import { readYaml } from '../../loader/yaml.ts';
import { check, claim, sound, write } from './tree.ts';

test('content comes in order: sections by their order, all else by id', async () => {
  const dir = await write({
    ...sound,
    'sections/data.yaml': 'title: Data\norder: 3\n',
    'sections/access.yaml': 'title: Access\norder: 2\n',
    'claims/data/b.md': claim(),
    'claims/data/a.mdx': claim(),
    'claims/access/z.mdx': claim(),
    'roles/a-role.yaml': 'title: A\nkind: company\ndescription: D\n',
  });
  const { content, errors } = await loadContent(dir);
  expect(errors).toEqual([]);
  expect(content?.sections.map(({ id }) => id)).toEqual(['isolation', 'access', 'data']);
  expect(content?.claims.map(({ section, id, file }) => [section, id, file])).toEqual([
    ['isolation', 'rows-are-scoped', 'claims/isolation/rows-are-scoped.mdx'],
    ['access', 'z', 'claims/access/z.mdx'],
    ['data', 'a', 'claims/data/a.mdx'],
    ['data', 'b', 'claims/data/b.md'],
  ]);
  expect(content?.roles.map(({ id }) => id)).toEqual(['a-role', 'security']);
  expect(content?.sources[0]?.data.connection).toEqual({ url: '$DATABASE_URL' });
});

test('the prose of a file begins after its front matter, at its line', async () => {
  const file = 'claims/isolation/rows-are-scoped.mdx';
  const dir = await write({
    ...sound,
    [file]: '\uFEFF---\r\ntitle: T\r\nstatus: in-place\r\n---\r\nOne\r\n---\r\nTwo',
  });
  const { body, locate, errors } = await loadContent(dir);
  expect(errors).toEqual([]);
  expect(body(file)).toEqual({ text: 'One\r\n---\r\nTwo', file: join(dir, file), line: 5 });
  expect(body('organization.yaml')).toBeUndefined();
  expect(body('nothing.yaml')).toBeUndefined();
  expect(locate(file, ['title'])).toEqual({ file: join(dir, file), line: 2, column: 8, length: 1 });
  expect(locate(file, ['limits'])).toEqual({ file: join(dir, file), line: 1, column: 1 });
  expect(() => locate('nothing.yaml', [])).toThrow(RangeError);
});

test('what people and machines leave beside content is not content', async () => {
  const { errors } = await check({
    'README.md': '# Hello',
    '.DS_Store': 'x',
    'claims/.keep': '',
    'claims/isolation/README.md': 'Notes',
    'evidence/app-db/x.json': '{}',
    'ledger/checkpoint': 'x',
    'documents/plan.md': `${claim().replace('status: in-place', 'kind: policy\nversion: "1"\naccess: public\nowner: security\npublishedOn: 2026-01-01')}![plan](plan.svg)`,
    'documents/plan.svg': '<svg/>',
  });
  expect(errors).toEqual([]);
});

test('no content folder at all is one error', async () => {
  const dir = join(await write({}), 'none');
  const { content, errors } = await loadContent(dir);
  expect(content).toBeUndefined();
  expect(errors.map(({ name }) => name)).toEqual(['ContentMissing']);
});

test('a link that leads nowhere is reported, not left out', async () => {
  const dir = await write(sound);
  await symlink(join(dir, 'nowhere'), join(dir, 'roles', 'lost.yaml'));
  await symlink(join(dir, 'roles', 'security.yaml'), join(dir, 'roles', 'same.yaml'));
  const { content, errors } = await loadContent(dir);
  expect(errors.map((error) => printError(error, { cwd: dir }))).toMatchInlineSnapshot(`
    [
      "error ContentUnreadable: this cannot be read (ENOENT).
      roles/lost.yaml
      hint: allow this user to read it, and check that links lead somewhere.",
    ]
  `);
  expect(content).toBeUndefined();
});

test('content is absent when one file cannot be read', async () => {
  for (const text of ['title: "open', 'title: 1\n', new Uint8Array([0xff])]) {
    const { content } = await loadContent(await write({ ...sound, 'roles/security.yaml': text }));
    expect(content).toBeUndefined();
  }
});

test('any bytes in any file are reported, never thrown', async () => {
  const files = fc.constantFrom('organization.yaml', 'sources/app-db.yaml', 'claims/isolation/rows-are-scoped.mdx');
  const yamlish = fc
    .array(
      fc.constantFrom(
        ...'---\n',
        'a: ',
        '- ',
        '[',
        '}',
        '"',
        "'",
        '\t',
        '&x ',
        '*x',
        '!!t ',
        '|\n',
        '\r\n',
        '#',
        '<<: ',
        '__proto__: ',
        '%YAML 1.1\n',
        '🧨',
        'expect: ',
        'evidence: ',
      ),
    )
    .map((parts) => parts.join(''));
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    yamlish,
    yamlish.map((text) => `---\n${text}\n---\n`),
    fc.json().map((text) => `---\n${text}\n---\n`),
  );
  await fc.assert(
    fc.asyncProperty(files, bytes, async (file, content) => {
      const { errors } = await check({ [file]: content });
      for (const { location } of errors) {
        expect(location?.line ?? 1).toBeGreaterThan(0);
        expect(location?.column ?? 1).toBeGreaterThan(0);
      }
    }),
    { numRuns: 150 },
  );
});

test('what is written as YAML is read back the same', () => {
  const word = fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .filter((text) => !/[\p{Cs}\p{Cc}\uFEFF\u2028\u2029]/u.test(text));
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 4 }, word, fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('fields')),
    list: fc.array(tie('any'), { maxLength: 4 }),
    fields: fc.dictionary(word, tie('any'), { maxKeys: 4 }),
  })).fields;
  fc.assert(
    fc.property(value, (fields) => {
      const read = readYaml(stringify(fields, { aliasDuplicateObjects: false }));
      expect(read.problems).toEqual([]);
      expect(read.value).toEqual({ ...fields });
    }),
  );
});
