import sax from 'sax';
import { parse } from 'smol-toml';
import { attempt, keysOf, NotReadable, type Seen, type Use, under } from './seen.ts';

const testScopes: ReadonlySet<string> = new Set(['test', 'provided']);
/** What a module really depends on; `dependencyManagement` only names versions, and plugins build. */
const dependency = /^project(\/profiles\/profile)?\/dependencies\/dependency$/;

/** `pom.xml`: dependencies with their scope, by its own properties. Entities of a document type are never expanded. */
export function* pom(text: string): Generator<Seen> {
  const found: Seen[] = [];
  const path: string[] = [];
  let at = new Map<string, string>();
  const properties = new Map<string, string>();
  const parser = sax.parser(true, { trim: true });
  parser.onopentag = ({ name }) => {
    path.push(name);
    if (path.length > 200) throw new NotReadable('is nested too deeply');
    if (dependency.test(path.join('/'))) at = new Map();
  };
  const add = (values: Map<string, string>, value: string) => {
    const name = path.at(-1) ?? '';
    // A comment cuts a text in two.
    values.set(name, `${values.get(name) ?? ''}${value}`.slice(0, 200));
  };
  parser.ontext = (value) => {
    const above = path.slice(0, -1).join('/');
    if (dependency.test(above)) add(at, value);
    else if (/^project(\/profiles\/profile)?\/properties$/.test(above)) add(properties, value);
  };
  parser.oncdata = parser.ontext;
  parser.onclosetag = () => {
    const [group, artifact] = [at.get('groupId'), at.get('artifactId')];
    if (dependency.test(path.join('/')) && group !== undefined && artifact !== undefined)
      found.push({
        kind: 'maven',
        value: `${group}:${artifact}`,
        use: testScopes.has(at.get('scope') ?? '') ? 'development' : 'product',
      });
    path.pop();
  };
  parser.onerror = () => {
    throw new NotReadable('is no well-formed XML');
  };
  parser.write(text).close();
  for (const { value, ...seen } of found)
    yield {
      ...seen,
      value: value.replace(/\$\{([\w.-]{1,100})\}/g, (all, name: string) => properties.get(name) ?? all),
    };
}

// Every repetition is bounded, so that no text makes these slow.
const configuration =
  /\b([a-zA-Z]{2,60})[ \t]{0,9}\(?[ \t]{0,9}(?:(?:platform|enforcedPlatform)[ \t]{0,9}\([ \t]{0,9})?['"]([\w.-]{1,100}:[\w.-]{1,100})(?::[^'"\n]{0,60})?['"]/g;
const spelledOut =
  /\b([a-zA-Z]{2,60})[ \t]{0,9}\(?[ \t]{0,9}group[ \t]{0,9}[:=][ \t]{0,9}['"]([\w.-]{1,100})['"][ \t]{0,9},[ \t]{0,9}name[ \t]{0,9}[:=][ \t]{0,9}['"]([\w.-]{1,100})['"]/g;

/** `build.gradle` and `build.gradle.kts`: they are programs, so only what is written out is seen. */
export function* gradle(text: string): Generator<Seen> {
  const code = text.replace(/^[ \t]*\/\/.*$/gm, '');
  for (const [, verb = '', value = ''] of code.matchAll(configuration))
    yield { kind: 'maven', value, use: useOf(verb) };
  for (const [, verb = '', group = '', name = ''] of code.matchAll(spelledOut))
    yield { kind: 'maven', value: `${group}:${name}`, use: useOf(verb) };
}

/** `gradle/libs.versions.toml`. */
export function* versionCatalog(text: string): Generator<Seen> {
  const libraries = under(
    attempt(() => parse(text), 'is no valid TOML'),
    'libraries',
  );
  for (const alias of keysOf(libraries)) {
    const entry = under(libraries, alias);
    const parts = typeof entry === 'string' ? entry.split(':') : [under(entry, 'group'), under(entry, 'name')];
    const module = under(entry, 'module');
    const value = typeof module === 'string' ? module : parts.slice(0, 2).join(':');
    yield { kind: 'maven', value, use: 'product' };
  }
}

function useOf(verb: string): Use {
  return /^(test|androidTest|debug|benchmark|kapt|ksp|annotationProcessor|classpath|detekt|id)/.test(verb)
    ? 'development'
    : 'product';
}
