import type { Kysely } from 'kysely';
import type { z } from 'zod';
import { GrantState } from '../../schemas/index.ts';
import { chainFlaw } from '../lifecycle/chain.ts';
import type { Tables } from '../store/tables.ts';
import { DownloadStep, type Grant, grantOf } from './grant.ts';

/** One entry of an access log. It names nobody: `who` is the company, its recipient or the clock. */
export type AccessEntry = {
  at: Date;
  who: 'us' | 'recipient' | 'clock';
  what: GrantState | z.infer<typeof DownloadStep>['step'];
  /** The number of the download. */
  download?: number | undefined;
};

/** Everything that ever happened with a grant, oldest first. Both parties see the same. */
export function accessLog({ history }: Grant): AccessEntry[] {
  return history.flatMap(({ at, to, actor, facts }): AccessEntry[] => {
    const who = actor === 'visitor' ? 'recipient' : actor === 'clock' ? 'clock' : 'us';
    const step = DownloadStep.safeParse(facts).data;
    if (step !== undefined) return [{ at, who, what: step.step, download: step.download }];
    const state = GrantState.safeParse(to).data;
    return state === undefined ? [] : [{ at, who, what: state }];
  });
}

/** The log of a grant for the company, and what is wrong with its chain; undefined when there is no such grant. */
export async function accessLogOf(db: Kysely<Tables>, id: string) {
  const grant = await grantOf(db, id);
  if (grant === undefined) return undefined;
  const { history, submission } = grant;
  return { grant, entries: accessLog(grant), flaw: chainFlaw('grant', history, submission.head) };
}
