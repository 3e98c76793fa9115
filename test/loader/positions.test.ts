import { expect, test } from 'vitest';
import { locationOf } from '../../loader/position.ts';
import { readYaml } from '../../loader/yaml.ts';

/** The text that a path leads to, cut out of the source by line, column and length. */
function cut(text: string, path: (string | number)[], part: 'key' | 'value' = 'value'): string | undefined {
  const span = readYaml(text).spanOf(path, part);
  if (span === undefined) return undefined;
  const { line, column, length = 0 } = locationOf('f', text, span);
  return text.split(/\r?\n/)[line - 1]?.slice(column - 1, column - 1 + length);
}

test.each<[name: string, text: string, path: (string | number)[], found: string]>([
  ['a nested path', 'a:\n  b:\n    c: here\n', ['a', 'b', 'c'], 'here'],
  ['a flow sequence', 'a: [x, here, y]\n', ['a', 1], 'here'],
  ['a block sequence', 'a:\n  - x\n  - here # why\n', ['a', 1], 'here'],
  ['fields in a list', 'a:\n  - b: 1\n    c: here\n', ['a', 0, 'c'], 'here'],
  ['double quotes', 'a: "here"\n', ['a'], '"here"'],
  ['single quotes', "a: { b: 'it''s' }\n", ['a', 'b'], "'it''s'"],
  ['CRLF', 'a: 1\r\nb: here\r\n', ['b'], 'here'],
  ['emoji before it', 'a: { "🧑‍🚀 é": "👩🏽‍💻", b: here }\n', ['a', 'b'], 'here'],
  ['a tab before it', 'a:\t\there\n', ['a'], 'here'],
  ['a comment above', '# one\n\n# two\na: here\n', ['a'], 'here'],
  ['a folded text, its first line', 'a: >-\n  one\n  two\n', ['a'], '>-'],
  ['no final newline', 'a: here', ['a'], 'here'],
  ['an empty value, its key', 'a: 1\nbcd:\n', ['bcd'], 'bcd'],
])('%s has its exact place', (_, text, path, found) => {
  expect(cut(text, path)).toBe(found);
});

test('a key has its exact place, quoted or not', () => {
  expect(cut('a:\n  "b c": 1\n', ['a', 'b c'], 'key')).toBe('"b c"');
  expect(cut('a: { b: 1 }\n', ['a', 'b'], 'key')).toBe('b');
  expect(cut('a: { b: 1 }\n', ['a', 'c'], 'key')).toBeUndefined();
});

test.each<[problem: string, text: string]>([
  ['a file holds one document; a second one begins here', 'a: 1\n---\nb: 2\n'],
  ['tabs cannot indent; use spaces', 'a:\n\tb: 1\n'],
  ['references such as *name are not supported; write the value out', 'a: &x 1\nb: *x\n'],
  ['references such as *name are not supported; write the value out', 'a: &x\n  b: *x\n'],
  ['tags that begin with ! are not supported', 'a: !secret b\n'],
  ['lines that begin with % are not supported', '%YAML 1.1\n---\na: yes\n'],
  ['the name of a field must be plain text', '? [a, b]\n: c\n'],
  ['a quote, bracket, comma, colon or space is missing here', 'a: "open\n'],
  ['it is nested too deeply', `a: ${'['.repeat(50)}${']'.repeat(50)}\n`],
  ['it is nested too deeply', `a: ${'['.repeat(100_000)}`],
])('%s', (problem, text) => {
  const { value, problems } = readYaml(text);
  expect(value).toBeUndefined();
  expect(problems[0]).toMatchObject({ kind: 'syntax', problem });
});

test('words of YAML 1.1 stay text, and dates stay text', () => {
  expect(readYaml('a: yes\nb: NO\nc: 2026-11-03\nd: 09:30\ne: 0x1f\nf: ~\n__proto__: 1\n').value).toEqual(
    Object.fromEntries([
      ['a', 'yes'],
      ['b', 'NO'],
      ['c', '2026-11-03'],
      ['d', '09:30'],
      ['e', 31],
      ['f', null],
      ['__proto__', 1],
    ]),
  );
});
