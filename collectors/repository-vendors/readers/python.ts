import { posix } from 'node:path';
import { parse } from 'smol-toml';
import { attempt, each, jsonOf, keysOf, NotReadable, type Seen, textsOf, type Use, under } from './seen.ts';
import { sourceCode } from './variables.ts';

/** `git+https://…#egg=stripe`: an address with the name of what is there. */
const egg = /^\s*(?:-e\s+|--editable[\s=]+)?[a-z+]{2,20}:\/\/[^\s#]+#(?:[^\s#]*&)?egg=([A-Za-z0-9._-]{1,100})/;

/** Where requirements stand; those of development are among them. */
export const requirementsPath = /(^|\/)(requirements[^/]*|[^/]+[._-]requirements|requirements\/[^/]+)\.(txt|in)$/;

/** A requirement as PEP 508 writes it begins with the name. */
const requirement = /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]{0,100}[A-Za-z0-9])?)\s*(?=[[(<>=!~;@#,\s]|$)/;

/** `requirements*.txt`: one requirement a line. Options, addresses and comments are no names. */
export function* requirements(text: string, path: string): Generator<Seen> {
  yield* requirementsOf(text, path, 'product');
}

/** The same where the name of the file says that it is for development. */
export function* developmentRequirements(text: string, path: string): Generator<Seen> {
  yield* requirementsOf(text, path, 'development');
}

/** Throws NotReadable where a file is included that is not read by its own name: what it asks for is then unknown. */
function* requirementsOf(text: string, path: string, use: Use): Generator<Seen> {
  const lines = text.split(/\r?\n/);
  yield* each('pypi', namesIn(lines), use);
  for (const line of lines) {
    const included = /^\s*(?:-r|--requirement)(?:\s+|=)?["']?([^\s"'#]{1,300})/.exec(line)?.[1];
    if (included === undefined) continue;
    const target = posix.join(posix.dirname(path), included);
    if (included.includes('://') || target.startsWith('../') || !requirementsPath.test(target))
      throw new NotReadable('includes a file that is not read');
  }
}

/** `setup.cfg`: the lists of setuptools, one requirement a line. */
export function* setupCfg(text: string): Generator<Seen> {
  let section = '';
  let key = '';
  for (const line of text.split(/\r?\n/)) {
    section = /^\[([^\]]{1,100})\]/.exec(line)?.[1] ?? section;
    const [, name, rest] = /^([\w.-]{1,100})\s{0,20}=(.*)$/.exec(line) ?? [];
    if (name !== undefined) key = name;
    const value = name === undefined ? line : (rest ?? '');
    if (section === 'options' && key === 'install_requires') yield* each('pypi', namesIn(value.split(';')), 'product');
    if (section === 'options.extras_require') yield* each('pypi', namesIn(value.split(';')), useOf(key));
  }
}

/** `setup.py`: a program, so only a list that is written out is seen. */
export function* setupPy(text: string): Generator<Seen> {
  for (const [, list = ''] of text.matchAll(/\binstall_requires\s{0,20}=\s{0,20}\[([^\]]{0,20000})\]/g))
    yield* each('pypi', namesIn([...list.matchAll(/["']([^"'\n]{1,200})["']/g)].map(([, one = '']) => one)), 'product');
  yield* sourceCode(text);
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
    const name = requirement.exec(line.slice(0, 300))?.[1] ?? egg.exec(line.slice(0, 1000))?.[1];
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
