import { denied, inRepository, notFound, type Route, repositoryOf, user } from './rest-answers.ts';

/** What is answered below `/repos/{owner}/{repo}`, by the rest of the path. */
export const ofRepository: [string, Route][] = [
  [
    '',
    inRepository(undefined, (repository, { token }, _parts, state) => ({
      status: 200,
      body: repositoryOf(state, repository, token),
    })),
  ],
  [
    '/keys',
    inRepository('administration', ({ deployKeys }) => ({
      list: deployKeys.map(({ id, title, readOnly, createdAt, lastUsedAt }) => ({
        id,
        key: 'ssh-ed25519 AAAA',
        title,
        verified: true,
        read_only: readOnly,
        created_at: createdAt,
        last_used: lastUsedAt,
        enabled: true,
      })),
    })),
  ],
  [
    '/collaborators',
    inRepository('administration', ({ name }, { query }, _parts, { organization }) => {
      const outside = organization.outsideCollaborators.filter(({ repositories }) => repositories.includes(name));
      const everyone = query.get('affiliation') === 'outside' ? outside : [...organization.members, ...outside];
      return { list: everyone.map((each) => ({ ...user(each), role_name: 'write' })) };
    }),
  ],
  [
    '/activity',
    inRepository('contents', (repository, { query }) => {
      const ref = query.get('ref')?.replace(/^refs\/heads\//, '');
      const types = query.get('activity_type');
      return {
        cursor: true,
        list: repository.activities
          .filter(({ branch, type }) => (ref === undefined || branch === ref) && (types === null || type === types))
          .map(({ id, type, branch, before, after, at, actor }) => ({
            id,
            node_id: `PSH_${id}`,
            before,
            after,
            ref: `refs/heads/${branch}`,
            timestamp: at,
            activity_type: type,
            actor: user({ login: actor, id: 1 }),
          })),
      };
    }),
  ],
  [
    '/environments/([^/]+)',
    inRepository('actions', (repository, _asked, [name]) => {
      const environment = repository.environments.find((each) => each.name === name);
      if (environment === undefined) return notFound;
      const { id, branches } = environment;
      const policy = { protected_branches: branches === 'protected', custom_branch_policies: branches !== 'protected' };
      return { status: 200, body: { id, name, deployment_branch_policy: branches === null ? null : policy } };
    }),
  ],
  [
    '/environments/([^/]+)/deployment-branch-policies',
    inRepository('actions', (repository, _asked, [name]) => {
      const branches = repository.environments.find((each) => each.name === name)?.branches;
      if (branches === undefined) return notFound;
      return {
        wrap: 'branch_policies',
        list: Array.isArray(branches) ? branches.map((pattern, id) => ({ id, name: pattern })) : [],
      };
    }),
  ],
  [
    '/code-scanning/analyses',
    inRepository('security_events', ({ security, defaultBranch, commits, isArchived }) => {
      if (isArchived) return denied('Code scanning is not available for archived repositories.');
      if (security.codeScannedAt === null)
        return { status: 404, body: { message: 'no analysis found', status: '404' } };
      const analysis = (created_at: string, error: string) => ({
        id: 1,
        ref: `refs/heads/${defaultBranch}`,
        commit_sha: commits[0]?.oid ?? '',
        created_at,
        error,
        tool: { name: 'CodeQL', guid: null, version: '2.4.0' },
      });
      const { codeScannedAt, codeScanFailedAt } = security;
      return {
        list: [
          ...(codeScanFailedAt === undefined ? [] : [analysis(codeScanFailedAt, 'a field could not be read')]),
          analysis(codeScannedAt, ''),
        ],
      };
    }),
  ],
  [
    '/commits/([^/]+)/check-runs',
    inRepository('checks', (repository, _asked, [ref]) => {
      const found =
        ref === repository.defaultBranch ? repository.commits[0] : repository.commits.find(({ oid }) => oid === ref);
      if (found === undefined)
        return { status: 422, body: { message: `No commit found for SHA: ${ref}`, status: '422' } };
      return {
        wrap: 'check_runs',
        list: found.checks.map(
          ({ id, name, status, conclusion, completedAt, startedAt = completedAt, app, title }) => ({
            id,
            head_sha: found.oid,
            name,
            status: status.toLowerCase(),
            conclusion: conclusion?.toLowerCase() ?? null,
            started_at: startedAt,
            completed_at: completedAt,
            app: { id: app ?? 15368, slug: app === undefined ? 'github-actions' : 'another' },
            output: { title, summary: null, text: null, annotations_count: 0 },
          }),
        ),
      };
    }),
  ],
];
