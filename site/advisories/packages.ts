import { isSemver, type PackageUrl, packageTypes, type Version } from '../../schemas/index.ts';

type PackageType = keyof typeof packageTypes;

/** Where packages of a type are kept, as CVE records name the collections. */
const collections: Record<PackageType, string> = {
  cargo: 'https://crates.io',
  composer: 'https://packagist.org',
  gem: 'https://rubygems.org',
  golang: 'https://pkg.go.dev',
  hex: 'https://hex.pm',
  maven: 'https://repo.maven.apache.org/maven2',
  npm: 'https://registry.npmjs.org',
  nuget: 'https://www.nuget.org',
  pub: 'https://pub.dev',
  pypi: 'https://pypi.org',
};
/** Ecosystems whose versions are SemVer by their own rules, which OSV compares as such. */
const bySemver: ReadonlySet<PackageType> = new Set(['cargo', 'golang', 'hex', 'npm', 'pub']);

/** What a package is called: by its type, in OSV, and in CVE records. */
export type Package = { type: PackageType; ecosystem: string; name: string; collection: string };

/** The package of a package URL. Throws a TypeError for a text that PackageUrl refuses. */
export function packageOf(purl: PackageUrl): Package {
  const [found = '', ...path] = purl.replace(/^pkg:/, '').split('/');
  if (!isType(found)) throw new TypeError(`not a package URL: ${purl}`);
  const name = path.map(decodeURIComponent).join(found === 'maven' ? ':' : '/');
  return { type: found, ecosystem: packageTypes[found], name, collection: collections[found] };
}

function isType(text: string): text is PackageType {
  return Object.hasOwn(packageTypes, text);
}

/** Whether the versions of a package are compared as SemVer; `0` is before all of them. */
export function isOfSemver(purl: PackageUrl | undefined, versions: readonly Version[]): boolean {
  const known = purl === undefined ? versions.some(isSemver) : bySemver.has(packageOf(purl).type);
  return known && versions.every((version) => version === '0' || isSemver(version));
}
