import { ciYaml, containerYaml, dockerfile } from './readers/container.ts';
import { goMod } from './readers/go.ts';
import { gradle, pom, versionCatalog } from './readers/jvm.ts';
import { packageJson, packageLock } from './readers/npm.ts';
import {
  developmentRequirements,
  pipfile,
  pipfileLock,
  poetryLock,
  pyproject,
  requirements,
  requirementsPath,
  setupCfg,
  setupPy,
} from './readers/python.ts';
import { gemfile, gemfileLock, gemspec } from './readers/ruby.ts';
import type { Reader } from './readers/seen.ts';
import { exampleEnvironment, sourceCode, testCode } from './readers/variables.ts';

/** A kind of file: how it is named on the page, and how its signals are read. */
export type Kind = { title: string; reader: Reader };

const npm = 'npm manifests and locks';
const pypi = 'Python manifests and locks';
const jvm = 'Maven and Gradle files';
const ruby = 'Ruby manifests and locks';
const container = 'Container and deployment files';
const source = 'Source files';

/** The first that fits counts. Paths are relative to the root, with forward slashes. */
const kinds: readonly (Kind & { path: RegExp })[] = [
  { title: npm, path: /(^|\/)package\.json$/, reader: packageJson },
  { title: npm, path: /(^|\/)(package-lock|npm-shrinkwrap)\.json$/, reader: packageLock },
  {
    title: pypi,
    path: /(^|\/)(requirements[._-](dev|tests?|lint|docs|ci)[^/]*|(dev|tests?|lint|docs|ci)[._-]requirements|requirements\/(dev|tests?|lint|docs|ci)[^/]*)\.(txt|in)$/,
    reader: developmentRequirements,
  },
  { title: pypi, path: requirementsPath, reader: requirements },
  { title: pypi, path: /(^|\/)setup\.cfg$/, reader: setupCfg },
  { title: pypi, path: /(^|\/)setup\.py$/, reader: setupPy },
  { title: pypi, path: /(^|\/)pyproject\.toml$/, reader: pyproject },
  { title: pypi, path: /(^|\/)Pipfile$/, reader: pipfile },
  { title: pypi, path: /(^|\/)Pipfile\.lock$/, reader: pipfileLock },
  { title: pypi, path: /(^|\/)poetry\.lock$/, reader: poetryLock },
  { title: 'Go modules', path: /(^|\/)go\.mod$/, reader: goMod },
  { title: jvm, path: /(^|\/)pom\.xml$/, reader: pom },
  { title: jvm, path: /\.gradle(\.kts)?$/, reader: gradle },
  { title: jvm, path: /(^|\/)gradle\/[^/]+\.versions\.toml$/, reader: versionCatalog },
  { title: ruby, path: /(^|\/)(Gemfile|gems\.rb)$/, reader: gemfile },
  { title: ruby, path: /(^|\/)(Gemfile\.lock|gems\.locked)$/, reader: gemfileLock },
  { title: ruby, path: /\.gemspec$/, reader: gemspec },
  { title: container, path: /(^|\/)((Dockerfile|Containerfile)(\.[^/]+)?|[^/]+\.[Dd]ockerfile)$/, reader: dockerfile },
  {
    title: 'CI workflows',
    path: /(^|\/)(\.github\/.+\.ya?ml|\.gitlab-ci[^/]*\.ya?ml|\.circleci\/.+\.ya?ml|\.travis\.yml|azure-pipelines[^/]*\.ya?ml|bitbucket-pipelines\.ya?ml)$/,
    reader: ciYaml,
  },
  // A lock of pnpm is a list of packages, which is none of images or variables.
  { title: container, path: /(^|\/)(?!pnpm-lock\.yaml$)[^/]+\.ya?ml$/, reader: containerYaml },
  {
    title: 'Examples of environment files',
    path: /(^|\/)(\.?env|\.env\.[^/]+|[^/]+\.env)[._-](example|sample|template|dist|defaults)$|(^|\/)(example|sample)\.env$/,
    reader: exampleEnvironment,
  },
  {
    title: source,
    path: /(^|\/)(tests?|__tests__|spec|specs|e2e|cypress)\/.*\.(js|mjs|cjs|jsx|ts|mts|cts|tsx|py|rb|go|java|kt|php|cs|rs|exs?)$|[._-](test|spec)\.(js|mjs|cjs|jsx|ts|mts|cts|tsx|py|rb|go|exs)$/,
    reader: testCode,
  },
  {
    title: source,
    path: /\.(js|mjs|cjs|jsx|ts|mts|cts|tsx|vue|svelte|astro|py|rb|erb|go|java|kt|kts|scala|groovy|php|cs|rs|ex|exs)$/,
    reader: sourceCode,
  },
];

/** The kind of a file; undefined for one that holds no signals. An environment file itself, `.env`, is never opened. */
export function kindOf(path: string): Kind | undefined {
  return kinds.find((kind) => kind.path.test(path));
}
