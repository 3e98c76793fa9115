import { withReviews } from '../access/assess.ts';
import { openGitHub } from '../clients/github.ts';
import { type Diagnosis, defineCollector } from '../define.ts';
import { assess, checks } from './assess.ts';
import { readOrganization } from './read.ts';
import { Expect, Facts, Raw } from './schema.ts';

/** Lists who can get into a GitHub organization, and judges the reviews of it. */
export default defineCollector({
  id: 'github-access',
  title: 'Who can get into GitHub',
  topic: 'access',
  source: 'github',
  method: 'EXAMINE',
  permissions: [
    'A fine-grained token of an organization owner, for all repositories, read-only.',
    'Organization permissions: Members (read), Administration (read). Repository permissions: Administration (read), Metadata (read).',
  ],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks,
  reproduce: ({ organization }) => [
    `gh api --paginate '/orgs/${organization}/members?role=admin' --jq length`,
    `gh api --paginate '/orgs/${organization}/members?filter=2fa_disabled' --jq length`,
    `gh api --paginate /orgs/${organization}/outside_collaborators --jq length`,
    'Compare with the decisions of the last closed review.',
  ],
  collect: async ({ connection, signal, expect, progress }, known) => {
    const list = await readOrganization(openGitHub({ connection, signal }), expect, known.now, progress);
    return withReviews(list, 'github-access', known);
  },
  principals: ({ list }) => list,
  assess,
  doctor: async ({ connection, signal, expect, progress }) => {
    const github = openGitHub({ connection, signal });
    const { principals, unseen } = await readOrganization(github, expect, new Date().toISOString(), progress);
    // GitHub shows it to no token.
    const hidden = unseen.filter((what) => what !== 'last activity');
    return [
      { level: 'ok', message: `The organization can be read: ${principals.length} entries.` },
      ...hidden.map(
        (what): Diagnosis => ({
          level: 'missing',
          message: `This token may not see: ${what}.`,
          hint: 'Use a fine-grained token of an owner, with Members and Administration of the organization, and Administration of all repositories, read-only.',
        }),
      ),
    ];
  },
});
