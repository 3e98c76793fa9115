import { z } from 'zod';

const base = 'AV:[NALP]/AC:[LH]/AT:[NP]/PR:[NLH]/UI:[NPA]/VC:[HLN]/VI:[HLN]/VA:[HLN]/SC:[HLN]/SI:[HLN]/SA:[HLN]';
const rest = [
  'E:[XAPU]',
  ...['CR', 'IR', 'AR'].map((metric) => `${metric}:[XHML]`),
  'MAV:[XNALP]',
  'MAC:[XLH]',
  'MAT:[XNP]',
  'MPR:[XNLH]',
  'MUI:[XNPA]',
  ...['MVC', 'MVI', 'MVA', 'MSC'].map((metric) => `${metric}:[XHLN]`),
  ...['MSI', 'MSA'].map((metric) => `${metric}:[XHLNS]`),
  'S:[XNP]',
  'AU:[XNY]',
  'R:[XAUI]',
  'V:[XDC]',
  'RE:[XLMH]',
  'U:(?:X|Clear|Green|Amber|Red)',
];

/** A vector of CVSS 4.0: every base metric, then any others, in the order of the specification (section 7, table 23). */
export const CvssVector = z
  .string()
  .regex(
    new RegExp(`^CVSS:4\\.0/${base}${rest.map((metric) => `(?:/${metric})?`).join('')}$`),
    'must be a CVSS 4.0 vector with all base metrics in order, such as CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N',
  )
  .meta({ description: 'CVSS 4.0 vector; the score and the rating follow from it.' });
export type CvssVector = z.infer<typeof CvssVector>;

/** A weakness of the Common Weakness Enumeration. */
export const CweId = z
  .string()
  .regex(/^CWE-[1-9]\d{0,4}$/, 'must be a weakness such as CWE-862')
  .meta({ description: 'Common Weakness Enumeration, for example CWE-862.' });
export type CweId = z.infer<typeof CweId>;

/** A CVE id, as CVE’s own record format has it. */
export const CveId = z
  .string()
  .regex(/^CVE-\d{4}-\d{4,19}$/, 'must be a CVE id such as CVE-2026-12345')
  .meta({ description: 'CVE id, once one is assigned.' });
export type CveId = z.infer<typeof CveId>;

/** An id of GitHub’s advisories. */
export const GhsaId = z
  .string()
  .regex(/^GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}$/, 'must be an id such as GHSA-2c4m-59x9-fr2g')
  .meta({ description: 'Id of GitHub’s advisory database.' });
export type GhsaId = z.infer<typeof GhsaId>;

/** SemVer 2.0.0, its own expression. */
const semver =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;

/** A version that can be put in order: SemVer, numbers with dots, or a date for what is released by the day. */
export const Version = z
  .union(
    [
      z.string().max(80).regex(semver),
      z
        .string()
        .max(80)
        .regex(/^\d{1,9}(?:\.\d{1,9})*$/),
      z.iso.date(),
    ],
    'must be a version in quotes, such as "2.3.1", "2.3.1-rc.1", "2.10" or "2026-06-09"',
  )
  .meta({ description: 'SemVer, numbers with dots, or a date, in quotes; "0" is before all.' });
export type Version = z.infer<typeof Version>;

/** True for a version of SemVer 2.0.0. */
export function isSemver(version: Version): boolean {
  return semver.test(version);
}

/** The kinds of packages that have an ecosystem in OSV, by the type of their package URL. */
export const packageTypes = {
  cargo: 'crates.io',
  composer: 'Packagist',
  gem: 'RubyGems',
  golang: 'Go',
  hex: 'Hex',
  maven: 'Maven',
  npm: 'npm',
  nuget: 'NuGet',
  pub: 'Pub',
  pypi: 'PyPI',
} as const;

const NO_PACKAGE_URL = 'must be a package URL without a version, such as pkg:npm/%40larkspur/webhooks';

/** A package URL without a version. */
export const PackageUrl = z
  .string()
  .max(300)
  .regex(
    new RegExp(
      `^pkg:(?:${Object.keys(packageTypes).join('|')})/(?:[A-Za-z0-9.~_-]|%[0-9A-F]{2})+(?:/(?:[A-Za-z0-9.~_-]|%[0-9A-F]{2})+)*$`,
    ),
    NO_PACKAGE_URL,
  )
  .refine(isText, NO_PACKAGE_URL)
  .meta({ description: 'Package URL (purl) without a version, for example pkg:npm/%40larkspur/webhooks.' });
export type PackageUrl = z.infer<typeof PackageUrl>;

/** Whether what is percent-encoded is text; other bytes name no package. */
function isText(purl: string): boolean {
  try {
    decodeURIComponent(purl);
    return true;
  } catch {
    return false;
  }
}
