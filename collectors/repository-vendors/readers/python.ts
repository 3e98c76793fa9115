import { parse } from 'smol-toml';
import { attempt, each, jsonOf, keysOf, type Seen, textsOf, type Use, under } from './seen.ts';

/** A requirement as PEP 508 writes it begins with the name. */
const requirement = /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]{0,100}[A-Za-z0-9])?)\s*(?=[[(<>=!~;@#,\s]|$)/;

/** `requirements*.txt`: one requirement a line. Options, addresses and comments are no names. */
export function* requirements(text: string): Generator<Seen> {
  yield* each('pypi', namesIn(text.split(/\r?\n/)), 'product');
}

/** The same where the name of the file says that it is for development. */
export function* developmentRequirements(text: string): Generator<Seen> {
  yield* each('pypi', namesIn(text.split(/\r?\n/)), 'development');
}

/** `pyproject.toml`: PEP 621, PEP 735 and Poetry. */
export function* pyproject(text: string): Generator<Seen> {
  const file = toml(text);
  yield* each('pypi', namesIn(textsOf(under(file, 'project', 'dependencies'))), 'product');
  const extras = under(file, 'project', 'optional-dependencies');
  for (const extra of keysOf(extras)) yield* each('pypi', namesIn(textsOf(under(extras, extra))), useOf(extra));
  const groups = under(file, 'dependency-groups');
  for (const group of keysOf(groups)) yield* each('pypi', namesIn(textsOf(under(groups, group))), 'development');
  yield* each('pypi', namesIn(textsOf(under(file, 'build-system', 'requires'))), 'development');
  const poetry = under(file, 'tool', 'poetry');
  yield* each('pypi', pythonless(under(poetry, 'dependencies')), 'product');
  yield* each('pypi', keysOf(under(poetry, 'dev-dependencies')), 'development');
  const poetryGroups = under(poetry, 'group');
  for (const group of keysOf(poetryGroups))
    yield* each('pypi', keysOf(under(poetryGroups, group, 'dependencies')), useOf(group));
}

/** `Pipfile`. */
export function* pipfile(text: string): Generator<Seen> {
  const file = toml(text);
  yield* each('pypi', keysOf(under(file, 'packages')), 'product');
  yield* each('pypi', keysOf(under(file, 'dev-packages')), 'development');
}

/** `Pipfile.lock`. */
export function* pipfileLock(text: string): Generator<Seen> {
  const file = jsonOf(text);
  yield* each('pypi', keysOf(under(file, 'default')), 'transitive');
  yield* each('pypi', keysOf(under(file, 'develop')), 'development');
}

/** `poetry.lock`: read line by line, for it may be large and only names are wanted. */
export function* poetryLock(text: string): Generator<Seen> {
  for (const [, name = ''] of text.matchAll(/^\[\[package\]\]\r?\nname = "([^"\n]{1,200})"/gm))
    yield { kind: 'pypi', value: name, use: 'transitive' };
}

function* namesIn(lines: readonly string[]): Generator<string> {
  for (const line of lines) {
    const name = requirement.exec(line.slice(0, 300))?.[1];
    if (name !== undefined) yield name;
  }
}

function useOf(group: string): Use {
  return /^(dev|develop|development|tests?|testing|lint|docs?|typing|ci)$/i.test(group) ? 'development' : 'product';
}

function pythonless(dependencies: unknown): string[] {
  return keysOf(dependencies).filter((name) => name !== 'python');
}

function toml(text: string): unknown {
  return attempt(() => parse(text), 'is no valid TOML');
}
