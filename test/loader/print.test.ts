import { expect, test, vi } from 'vitest';
import { frame } from '../../loader/frame.ts';
import { nearest } from '../../loader/nearest.ts';
import { errorJson, printError } from '../../loader/print.ts';
import { cells, widthOf } from '../../loader/width.ts';
import { candorError } from '../../schemas/index.ts';
import { check, claim } from './tree.ts';

function shown(text: string, part: string, width = 60): string {
  const column = text.indexOf(part) + 1;
  const found = frame(text, { file: 'f', line: 1, column, length: part.length }, width);
  return `\n${found?.line}\n${found?.carets}\n`;
}

test('carets stand under exactly what is meant', () => {
  expect(shown('evidence: [a, here, b]', 'here')).toMatchInlineSnapshot(`
    "
    evidence: [a, here, b]
                  ^^^^
    "
  `);
  expect(shown('a:\t\there', 'here')).toMatchInlineSnapshot(`
    "
    a:    here
          ^^^^
    "
  `);
  expect(shown('é👩🏽‍💻🇨🇭漢字: here', 'here')).toMatchInlineSnapshot(`
    "
    é👩🏽‍💻🇨🇭漢字: here
               ^^^^
    "
  `);
  expect(shown('a: 漢字🧨!', '漢字🧨')).toMatchInlineSnapshot(`
    "
    a: 漢字🧨!
       ^^^^^^
    "
  `);
});

test('a long line is cropped around what is meant', () => {
  const long = `${'before '.repeat(40)}HERE${' after'.repeat(40)}`;
  expect(shown(long, 'HERE')).toMatchInlineSnapshot(`
    "
    …efore before before before HERE after after after after af…
                                ^^^^
    "
  `);
  expect(shown(long.slice(272), 'HERE')).toMatchInlineSnapshot(`
    "
     before HERE after after after after after after after aft…
            ^^^^
    "
  `);
  expect(shown(`a: ${'x'.repeat(500)}`, 'x'.repeat(500))).toMatchInlineSnapshot(`
    "
    …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    "
  `);
});

test('no character of a file can move the cursor or turn the direction of reading', () => {
  expect(shown('a\u001B[2J\u202Eb: here', 'here')).toMatchInlineSnapshot(`
    "
    a·[2J·b: here
             ^^^^
    "
  `);
  expect(widthOf(cells('e\u0301'))).toBe(1);
  const error = candorError('ReferenceMissing', { id: 'a\u001B[2Jb', type: 'role' });
  expect(printError(error)).not.toContain('\u001B');
});

test('a place beyond the end of a file prints no frame', () => {
  expect(frame('one\n', { file: 'f', line: 9, column: 1, length: 1 }, 60)).toBeUndefined();
  expect(frame('one', { file: 'f', line: 1, column: 4, length: 1 }, 60)).toEqual({ line: 'one', carets: '   ^' });
});

test('colours only for a terminal, and never with NO_COLOR', () => {
  const error = candorError('ClaimsMissing', {});
  expect(printError(error, { colour: true })).toBe(printError(error));
  vi.stubEnv('NO_COLOR', '');
  expect(printError(error, { colour: true })).toContain('\u001B[31m');
  expect(printError(error)).not.toContain('\u001B');
  vi.unstubAllEnvs();
});

test('an error as JSON has its place, and nulls where it has none', async () => {
  const { errors } = await check({ 'claims/isolation/rows-are-scoped.mdx': claim('documents: [none]') });
  expect(errors.map(errorJson)).toMatchObject([
    {
      name: 'ReferenceMissing',
      what: 'there is no document `none`.',
      hint: 'write it, or remove the reference.',
      line: 4,
      column: 13,
      length: 4,
      exit: 2,
    },
  ]);
  expect(errorJson(candorError('ClaimsMissing', {}))).toMatchObject({
    file: null,
    line: null,
    column: null,
    length: null,
  });
});

test.each([
  ['on the line itself', 'connection: { url: postgres://app:CANARY@db/app }\ncollect: {}\n'],
  ['on a line of its own', 'connection:\n  password:\n    CANARY\ncollect: {}\n'],
  ['in a file that is not YAML', 'connection: { password: CANARY, url: "open }\ncollect: {}\n'],
  ['as a broken reference', 'connection: { password: *CANARY }\ncollect: {}\n'],
  ['beside another error', 'connection: { password: CANARY, "a b": c }\ncollect: {}\n'],
])('a secret in a source is never printed: %s', async (_, rest) => {
  const { errors, printed } = await check({
    'sources/app-db.yaml': `kind: postgres\ntitle: T\nenvironment: demo\n${rest}`,
  });
  expect(errors.length).toBeGreaterThan(0);
  expect(printed + JSON.stringify(errors.map(errorJson))).not.toContain('CANARY');
});

test('the nearest name is offered only when it is plausible', () => {
  expect(nearest('titel', ['title', 'status'])).toBe('title');
  expect(nearest('legal_name', ['name', 'legalName'])).toBe('legalName');
  expect(nearest('foo', ['title', 'status'])).toBeUndefined();
  expect(nearest('no-cross-tenant-reads', ['no-cross-tenant-write', 'no-cross-tenant-read'])).toBe(
    'no-cross-tenant-read',
  );
});
