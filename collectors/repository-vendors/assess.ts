import { createHash } from 'node:crypto';
import type { Finding } from '../../schemas/index.ts';
import type { Assessment } from '../define.ts';
import { assessVendors, unknownSignals } from '../vendors/assess.ts';
import type { Expect, Facts, Raw } from './schema.ts';

/** How signals that nobody claims are called on the page. */
const words: Readonly<Record<string, string>> = {
  npm: 'names of npm packages',
  pypi: 'names of Python packages',
  go: 'names of Go modules',
  maven: 'names of Maven artifacts',
  rubygems: 'names of Ruby gems',
  image: 'names of container images',
  variable: 'names of environment variables',
};

/** Judges what was read; pure. A repository that was not read whole is not complete, so nothing of it passes. */
export function assess(raw: Raw, expect: Expect): Assessment<Facts> {
  const { findings, facts } = assessVendors(raw, expect, 'in the repository');
  const filesRead = raw.files.reduce((sum, { read }) => sum + read, 0);
  const unread = raw.files.flatMap(({ problems }) => problems).reduce((sum, { count }) => sum + count, 0);
  return {
    population: {
      description: 'Manifests, locks, container files, CI workflows and source files of the repository.',
      queryDigest: createHash('sha256')
        .update(JSON.stringify(['repository-vendors', expect.ignore]))
        .digest('hex'),
      count: filesRead + unread,
      complete: unread === 0 && raw.unseen === 0,
    },
    findings: [...findings, ...readings(raw)],
    facts: {
      ...facts,
      filesRead,
      vendorsInDevelopmentOnly: raw.developmentOnly,
      vendorsAskedForByOthersOnly: raw.transitiveOnly,
      linksNotFollowed: raw.links,
      foldersIgnored: raw.ignoredFolders,
      ignored: expect.ignore,
    },
    redactions: unknownSignals(
      Object.fromEntries(Object.entries(raw.unknown).map(([kind, count]) => [words[kind] ?? kind, count ?? 0])),
    ),
  };
}

function readings({ files, unseen }: Raw): Finding[] {
  const check = 'every-file-was-read';
  const of = files.map(({ title, read, problems }): Finding => {
    const [problem] = problems;
    if (problem === undefined)
      return {
        check,
        subject: title,
        outcome: 'passed',
        reason: read === 1 ? 'It was read.' : `All ${read} were read.`,
      };
    const all = problems.reduce((sum, { count }) => sum + count, 0);
    const each = problems.map((one) => `${one.count} ${one.problem}`).join('; ');
    return { check, subject: title, outcome: 'failed', reason: `${all} of ${read + all} could not be read: ${each}.` };
  });
  const folders: Finding[] =
    unseen === 0
      ? []
      : [{ check, subject: 'Folders', outcome: 'failed', reason: `${unseen} could not be entered, or held too much.` }];
  return [...of, ...folders];
}
