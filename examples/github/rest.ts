import { type Asked, notFound, type RestAnswer, type Route } from './rest-answers.ts';
import { ofOrganization } from './rest-organization.ts';
import { ofRepository } from './rest-repository.ts';
import type { GitHubState } from './state.ts';

/** Answers one GET as GitHub does. */
export function answerRest(state: GitHubState, asked: Asked): RestAnswer {
  const moved = movedTo(state, asked.path);
  if (moved !== undefined) return { status: 301, body: { message: 'Moved Permanently', url: moved }, location: moved };
  for (const [pattern, route] of routes) {
    const found = pattern.exec(asked.path);
    if (found) return route(state, asked, found.slice(1).map(decodeURIComponent));
  }
  return notFound;
}

/** Where a renamed repository answers now: below its id, which never changes. */
function movedTo(state: GitHubState, path: string): string | undefined {
  const [, owner = '', name = '', rest = ''] = /^\/repos\/([^/]+)\/([^/]+)(.*)$/.exec(path) ?? [];
  const target = state.renamed[`${owner}/${name}`];
  const repository = state.repositories.find((each) => `${state.organization.login}/${each.name}` === target);
  return repository && `/repositories/${repository.id}${rest}`;
}
const org = (rest: string) => new RegExp(`^/orgs/([^/]+)${rest}$`);
// Each path also exists by the repository’s id, which is where renamed ones redirect to.
const repo = (rest: string) => new RegExp(`^/repos/([^/]+)/([^/]+)${rest}$`);
const byId = (rest: string) => new RegExp(`^/(r)epositories/(\\d+)${rest}$`);

const routes: [RegExp, Route][] = [
  ...ofOrganization.map(([path, route]): [RegExp, Route] => [org(path), route]),
  ...ofRepository.flatMap(([path, route]): [RegExp, Route][] => [
    [repo(path), route],
    [byId(path), (state, asked, [, id = '', ...rest]) => route(state, asked, ['', id, ...rest])],
  ]),
];
