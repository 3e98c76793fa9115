import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readChanges } from '../../../collectors/github-changes/collect.ts';
import { Expect } from '../../../collectors/github-changes/schema.ts';
import { oidOf } from '../../../examples/github/company.ts';
import type { GitHubServer } from '../../../examples/github/server.ts';
import type { Activity, PullRequest, Repository } from '../../../examples/github/state.ts';
import { first, hoursAgo, look, now, repositoryIn, startGoodCompany, tokenWithout } from '../github/harness.ts';

let server: GitHubServer;
beforeEach(async () => {
  server = await startGoodCompany();
});
afterEach(() => server.stop());

/** Looks with this intent. */
function run(changes: object = {}, token?: string) {
  const intent = { organization: 'acme', signedCommits: true, ...changes };
  return look(
    server,
    'github-changes',
    intent,
    (github, key) => readChanges(github, Expect.parse(intent), key, now, () => undefined),
    { token, pseudonymKey: 'a-key-of-the-tests' },
  );
}

const good = {
  'merged-changes-were-reviewed': 'passed',
  'nothing-was-pushed-past-review': 'passed',
  'commits-are-signed': 'passed',
};

/** Changes the one merged pull request. */
const pull = (change: (pull: PullRequest) => unknown) => (repository: Repository) => {
  for (const each of repository.pullRequests) change(each);
};
const review = (changes: Partial<PullRequest['reviews'][number]>) =>
  pull(({ reviews }) => Object.assign(first(reviews), changes));
const push = (changes: Partial<Activity>) => (repository: Repository) =>
  repository.activities.unshift({
    id: 77,
    type: 'push',
    branch: 'main',
    before: oidOf('a'),
    after: oidOf('b'),
    at: hoursAgo(3),
    actor: 'mallory',
    ...changes,
  });
const aReview = { author: 'linus', state: 'APPROVED', submittedAt: hoursAgo(2), oid: oidOf('web-pull') } as const;

test('passed: all that was merged was reviewed, and nothing else was pushed', async () => {
  const { outcomes, record } = await run();
  expect(outcomes).toEqual(good);
  expect(record.facts).toMatchObject({
    repositories: 3,
    repositoriesChanged: 3,
    mergedPullRequests: 3,
    reviewedPullRequests: 3,
    directPushes: 0,
    commits: 3,
    unsignedCommits: 0,
    // The count, the list, the pull requests together, and for each repository its activity and its commits.
    apiCalls: 3 + 2 * 3,
  });
});

describe('failed: each sabotage turns exactly its check', () => {
  const sabotages: [string, keyof typeof good, (repository: Repository) => unknown][] = [
    ['merged without a review', 'merged-changes-were-reviewed', pull((each) => each.reviews.splice(0))],
    ['approved by the author', 'merged-changes-were-reviewed', review({ author: 'grace' })],
    ['approved by the author under another spelling', 'merged-changes-were-reviewed', review({ author: 'Grace' })],
    ['only a comment', 'merged-changes-were-reviewed', review({ state: 'COMMENTED' })],
    ['approved after the merge', 'merged-changes-were-reviewed', review({ submittedAt: hoursAgo(0.2) })],
    ['the approval was dismissed', 'merged-changes-were-reviewed', review({ state: 'DISMISSED' })],
    ['approved by somebody without write access', 'merged-changes-were-reviewed', review({ outsider: true })],
    ['approved by a bot', 'merged-changes-were-reviewed', review({ author: 'approver[bot]' })],
    ['pushed to after the approval', 'merged-changes-were-reviewed', review({ oid: oidOf('older') })],
    [
      'the approver withdrew',
      'merged-changes-were-reviewed',
      pull(({ reviews }) =>
        reviews.push({ ...aReview, author: 'ada', state: 'CHANGES_REQUESTED', submittedAt: hoursAgo(1.5) }),
      ),
    ],
    [
      'the approver committed to it',
      'merged-changes-were-reviewed',
      pull(({ commits }) =>
        commits.push({ oid: oidOf('c'), author: 'grace', committer: 'ada', committedAt: hoursAgo(3) }),
      ),
    ],
    ['a direct push', 'nothing-was-pushed-past-review', push({})],
    ['a force push', 'nothing-was-pushed-past-review', push({ type: 'force_push' })],
    ['the branch was deleted and made anew', 'nothing-was-pushed-past-review', push({ type: 'branch_creation' })],
    [
      'a push of a pull request that nobody reviewed',
      'nothing-was-pushed-past-review',
      (repository) => {
        push({ after: oidOf('other-pull') })(repository);
        repository.pullRequests.push({
          ...structuredClone(first(repository.pullRequests)),
          number: 2,
          mergedAt: null,
          headOid: oidOf('other-pull'),
        });
      },
    ],
    [
      'an unsigned commit',
      'commits-are-signed',
      ({ commits: [head] }) => head && Object.assign(head, { signature: null }),
    ],
    [
      'a signature that is not valid',
      'commits-are-signed',
      ({ commits: [head] }) => head && Object.assign(head, { signature: 'UNVERIFIED_EMAIL' }),
    ],
  ];
  test.each(sabotages)('failed: %s', async (_name, turned, sabotage) => {
    sabotage(repositoryIn(server, 'web'));
    const { outcomes, findings } = await run();
    expect(outcomes).toEqual({ ...good, [turned]: 'failed' });
    expect(findings.filter(({ outcome }) => outcome === 'failed').map(({ subject }) => subject)).toEqual(['acme/web']);
  });

  test('the reason tells which, and why', async () => {
    pull((each) => each.reviews.splice(0))(repositoryIn(server, 'web'));
    expect((await run()).findings[0]?.reason).toBe(
      'Merged pull requests that evaded review: 1 of 1: #1 without the approval of somebody else.',
    );
  });

  test('one approval is not two', async () => {
    expect((await run({ approvals: 2 })).outcomes).toEqual({ ...good, 'merged-changes-were-reviewed': 'failed' });
  });
});

const bots = { mayPush: ['release-bot[bot]', 'renovate[bot]'] };
/** The pull request is a declared bot's, and nobody reviewed it; one commit is as `changes` tell. */
const byRenovate = (changes: Partial<PullRequest['commits'][number]>) =>
  pull((each) => {
    const commit = { oid: oidOf('r'), author: 'renovate[bot]', committer: 'web-flow', committedAt: hoursAgo(3) };
    Object.assign(each, { author: 'renovate[bot]', reviews: [], commits: [commit, { ...commit, ...changes }] });
  });

describe('failed: who is no declared bot needs a review', () => {
  test.each<[string, (repository: Repository) => unknown]>([
    ['a person committed to the pull request of a bot', byRenovate({ author: 'mallory' })],
    ['a person pushed a commit of the bot', byRenovate({ committer: 'mallory' })],
    [
      'a person has the login of the bot without its suffix',
      (each) => {
        byRenovate({})(each);
        pull((made) => Object.assign(made, { author: 'renovate' }))(each);
      },
    ],
  ])('%s', async (_name, sabotage) => {
    sabotage(repositoryIn(server, 'web'));
    expect((await run(bots)).outcomes).toEqual({ ...good, 'merged-changes-were-reviewed': 'failed' });
  });

  test('a push by a person with the login of the bot', async () => {
    push({ actor: 'release-bot' })(repositoryIn(server, 'web'));
    expect((await run(bots)).outcomes).toEqual({ ...good, 'nothing-was-pushed-past-review': 'failed' });
  });

  test('a commit of nobody that GitHub knows cannot be told to be the bot’s', async () => {
    byRenovate({ author: null })(repositoryIn(server, 'web'));
    expect((await run(bots)).outcomes).toEqual({ ...good, 'merged-changes-were-reviewed': 'inconclusive' });
    byRenovate({ author: 'web-flow' })(repositoryIn(server, 'web'));
    expect((await run(bots)).outcomes).toEqual({ ...good, 'merged-changes-were-reviewed': 'inconclusive' });
  });
});

describe('near misses stay green', () => {
  const nearMisses: [string, (repository: Repository) => unknown][] = [
    ['the author merged what another approved', pull((each) => Object.assign(each, { mergedBy: 'grace' }))],
    ['the approver merged', pull((each) => Object.assign(each, { mergedBy: 'ada' }))],
    ['a bot opened it, and a person approved', pull((each) => Object.assign(each, { author: 'dependabot[bot]' }))],
    ['the account of the author is gone', pull((each) => Object.assign(each, { author: null }))],
    [
      'changes were requested first, then it was approved',
      pull(({ reviews }) =>
        reviews.unshift({ ...aReview, author: 'ada', state: 'CHANGES_REQUESTED', submittedAt: hoursAgo(3) }),
      ),
    ],
    [
      'the approver wrote a comment after approving',
      pull(({ reviews }) =>
        reviews.push({ ...aReview, author: 'ada', state: 'COMMENTED', submittedAt: hoursAgo(1.2) }),
      ),
    ],
    ['merged into another branch without review', pull((each) => Object.assign(each, { base: 'next', reviews: [] }))],
    [
      'merged without review before the window',
      ({ pullRequests }) =>
        pullRequests.push({
          ...structuredClone(first(pullRequests)),
          number: 3,
          mergedAt: hoursAgo(24 * 91),
          reviews: [],
        }),
    ],
    ['a push to another branch', push({ branch: 'next' })],
    [
      'a push before the window',
      (each) => each.activities.push({ ...first(each.activities), type: 'push', at: hoursAgo(24 * 91) }),
    ],
    ['a fast-forward push of exactly what was approved', push({ after: oidOf('web-pull') })],
    [
      'the first push of a new repository',
      (each) => {
        push({ type: 'branch_creation' })(each);
        each.createdAt = hoursAgo(5);
      },
    ],
    ['a merge by the merge queue', push({ type: 'merge_queue_merge' })],
    [
      'an unsigned commit before the window',
      ({ commits }) => commits[1] && Object.assign(commits[1], { signature: null }),
    ],
    [
      'an archived repository',
      (each) => {
        push({})(each);
        each.isArchived = true;
      },
    ],
    ['nothing was pushed for years', (each) => Object.assign(each, { pushedAt: hoursAgo(24 * 900), pullRequests: [] })],
    [
      'a commit of nobody that GitHub knows, and two approvals',
      pull(({ commits, reviews }) => {
        commits.push({ oid: oidOf('c'), author: null, committer: null, committedAt: hoursAgo(3) });
        reviews.push(aReview);
      }),
    ],
  ];
  test.each(nearMisses)('%s', async (_name, change) => {
    change(repositoryIn(server, 'web'));
    expect((await run()).outcomes).toEqual(good);
  });

  test('a declared bot pushes and merges on its own', async () => {
    push({ actor: 'release-bot[bot]' })(repositoryIn(server, 'web'));
    byRenovate({})(repositoryIn(server, 'web'));
    const { outcomes, record } = await run(bots);
    expect(outcomes).toEqual(good);
    expect(record.facts).toMatchObject({ exemptPullRequests: 1, exemptPushes: 1, reviewedPullRequests: 2 });
  });

  test('unsigned commits where signatures are not promised', async () => {
    Object.assign(repositoryIn(server, 'web').commits[0] ?? {}, { signature: null });
    expect((await run({ signedCommits: false })).outcomes).toEqual({ ...good, 'commits-are-signed': 'not-applicable' });
  });
});

describe('inconclusive is never passed', () => {
  test('a commit of nobody that GitHub knows, and one approval', async () => {
    pull(({ commits }) => commits.push({ oid: oidOf('c'), author: null, committer: null, committedAt: hoursAgo(3) }))(
      repositoryIn(server, 'web'),
    );
    expect((await run()).outcomes).toEqual({ ...good, 'merged-changes-were-reviewed': 'inconclusive' });
  });

  test('commits of two that GitHub does not know, and two approvals', async () => {
    pull(({ commits, reviews }) => {
      for (const author of ['?one', '?two'])
        commits.push({ oid: oidOf(author), author, committer: 'web-flow', committedAt: hoursAgo(3) });
      reviews.push(aReview);
    })(repositoryIn(server, 'web'));
    expect((await run()).outcomes).toEqual({ ...good, 'merged-changes-were-reviewed': 'inconclusive' });
  });

  test('partial: more commits than were read, and two approvals', async () => {
    pull((each) => {
      each.commits = Array.from({ length: 101 }, () => first(each.commits));
      each.reviews.push(aReview);
    })(repositoryIn(server, 'web'));
    expect((await run()).outcomes).toEqual({ ...good, 'merged-changes-were-reviewed': 'inconclusive' });
  });

  test('an approval that was withdrawn behind many comments', async () => {
    pull(({ reviews }) =>
      reviews.push(
        ...Array.from({ length: 60 }, () => ({ ...aReview, author: 'chatty', state: 'COMMENTED' as const })),
        { ...aReview, author: 'ada', state: 'CHANGES_REQUESTED', submittedAt: hoursAgo(1.5) },
      ),
    )(repositoryIn(server, 'web'));
    expect((await run()).outcomes).toEqual({ ...good, 'merged-changes-were-reviewed': 'inconclusive' });
  });

  test('partial: more reviews than were read', async () => {
    pull((each) => {
      each.reviews = Array.from({ length: 60 }, (_, index) => ({
        ...aReview,
        author: `m${index}`,
        state: 'COMMENTED' as const,
      }));
    })(repositoryIn(server, 'web'));
    expect((await run()).outcomes).toEqual({ ...good, 'merged-changes-were-reviewed': 'inconclusive' });
  });

  test('partial: pull requests, or pushes, that the token may not see', async () => {
    expect((await run({}, tokenWithout(server, 'pull_requests'))).outcomes).toEqual({
      ...good,
      'merged-changes-were-reviewed': 'inconclusive',
    });
    expect((await run({}, tokenWithout(server, 'contents'))).outcomes).toEqual({
      ...good,
      'nothing-was-pushed-past-review': 'inconclusive',
    });
  });

  test('partial: a push of what may have been reviewed, where pull requests are hidden', async () => {
    push({ after: oidOf('web-pull') })(repositoryIn(server, 'web'));
    const hidden = tokenWithout(server, 'pull_requests');
    expect((await run({}, hidden)).outcomes['nothing-was-pushed-past-review']).toBe('inconclusive');
    push({ type: 'force_push' })(repositoryIn(server, 'web'));
    expect((await run({}, hidden)).outcomes['nothing-was-pushed-past-review']).toBe('failed');
  });

  test('an activity of a kind that is not known', async () => {
    Object.assign(first(repositoryIn(server, 'web').activities), { type: 'import' });
    expect((await run()).outcomes).toEqual({ ...good, 'nothing-was-pushed-past-review': 'inconclusive' });
  });

  test('empty: an organization without repositories', async () => {
    server.state.repositories = [];
    expect(new Set(Object.values((await run()).outcomes))).toEqual(new Set(['inconclusive']));
  });
});

test('more pull requests and pushes than one page, all of them judged', async () => {
  const web = repositoryIn(server, 'web');
  const pattern = first(web.pullRequests);
  const activity = first(web.activities);
  web.pullRequests = Array.from({ length: 130 }, (_, index) => ({
    ...structuredClone(pattern),
    number: index + 1,
    mergedAt: hoursAgo(index + 1),
    reviews: index === 127 ? [] : [{ ...aReview, submittedAt: hoursAgo(index + 2) }],
  }));
  web.activities = Array.from({ length: 250 }, (_, index) => ({
    ...activity,
    type: index === 240 ? 'push' : 'pr_merge',
    at: hoursAgo(index + 1),
  }));
  const { outcomes, record } = await run();
  expect(outcomes).toMatchObject({
    'merged-changes-were-reviewed': 'failed',
    'nothing-was-pushed-past-review': 'failed',
  });
  expect(record.facts).toMatchObject({ mergedPullRequests: 132, reviewedPullRequests: 131, directPushes: 1 });
});

test('a repository that was renamed is followed', async () => {
  server.state.renamed['acme/web'] = 'acme/site';
  repositoryIn(server, 'web').name = 'site';
  const { findings, outcomes } = await run({ repositories: ['web', 'api'] });
  expect(outcomes).toEqual(good);
  expect(findings.map(({ subject }) => subject)).toContain('acme/site');
});

test('denied: a token that is revoked', async () => {
  await expect(run({}, 'revoked')).rejects.toMatchObject({ kind: 'denied' });
});

test('transient: the rate limit is used up for longer than a run', async () => {
  server.state.faults = [{ path: '/activity', times: 99, kind: 'rate-limit' }];
  await expect(run()).rejects.toMatchObject({ kind: 'transient', code: 'RATE_LIMITED' });
});

test('no name of a person is published', async () => {
  for (const each of server.state.repositories) pull(({ reviews }) => reviews.splice(0))(each);
  push({})(repositoryIn(server, 'web'));
  expect(JSON.stringify((await run()).record)).not.toMatch(/grace|\bada\b|mallory|web-flow|canary|acme\/(api|billing)/);
});
