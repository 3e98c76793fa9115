import { each, jsonOf, keysOf, type Seen, under } from './seen.ts';

/** `package.json`, of the root or of a workspace. */
export function* packageJson(text: string): Generator<Seen> {
  const manifest = jsonOf(text);
  for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies'])
    yield* each('npm', aliased(under(manifest, field)), 'product');
  yield* each('npm', aliased(under(manifest, 'devDependencies')), 'development');
}

/**
 * `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3. What the root and the workspaces ask for stands in their
 * manifests; everything else is there because something else asks for it.
 */
export function* packageLock(text: string): Generator<Seen> {
  const lock = jsonOf(text);
  const packages = under(lock, 'packages');
  for (const path of keysOf(packages)) {
    const name = path.split('node_modules/').at(-1);
    if (!path.includes('node_modules/') || name === undefined || name === '') continue;
    const entry = under(packages, path);
    const real = under(entry, 'name');
    const use = under(entry, 'dev') === true ? 'development' : 'transitive';
    yield { kind: 'npm', value: typeof real === 'string' ? real : name, use };
  }
  if (packages === undefined) yield* versionOne(under(lock, 'dependencies'));
}

function* versionOne(dependencies: unknown): Generator<Seen> {
  // Version 1 nests; a list of what is still to be read is no deeper than memory, whatever the nesting.
  const open = [dependencies];
  for (let at = open.pop(); at !== undefined; at = open.pop())
    for (const name of keysOf(at)) {
      const entry = under(at, name);
      yield { kind: 'npm', value: name, use: under(entry, 'dev') === true ? 'development' : 'transitive' };
      const nested = under(entry, 'dependencies');
      if (nested !== undefined) open.push(nested);
    }
}

/** The names of packages, and what they stand for where they are aliases: `"pay": "npm:stripe@17"`. */
function* aliased(dependencies: unknown): Generator<string> {
  for (const name of keysOf(dependencies)) {
    const version = under(dependencies, name);
    const alias = typeof version === 'string' ? /^npm:(@?[^@\s]+)/.exec(version)?.[1] : undefined;
    yield alias ?? name;
  }
}
