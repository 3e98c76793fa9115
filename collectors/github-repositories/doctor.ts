import type { GitHub } from '../clients/github.ts';
import type { Diagnosis } from '../define.ts';
import { listRepositories } from './list.ts';
import type { Scope } from './scope.ts';

/** Tries whether a token sees all repositories of a scope and, where that is needed, may see how they are set up. */
export async function tryRepositories(github: GitHub, scope: Scope, needsSettings: boolean): Promise<Diagnosis[]> {
  const { repositories, total, gap } = await listRepositories(github, scope, undefined);
  if (gap !== null)
    return [
      {
        level: 'missing',
        message: `${repositories.length} of ${total} repositories can be read: ${gap}.`,
        hint: 'Use the token of an organization owner, or name the repositories.',
      },
    ];
  const hidden = repositories.filter(({ viewerCanAdminister }) => !viewerCanAdminister).length;
  if (needsSettings && hidden > 0)
    return [
      {
        level: 'missing',
        message: `The token may not see how ${hidden} of ${total} repositories are set up.`,
        hint: 'It needs the permission Administration, read-only, from somebody who administers the repositories.',
      },
    ];
  return [{ level: 'ok', message: `All ${total} repositories can be read.` }];
}
