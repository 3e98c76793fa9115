import { setTimeout as sleep } from 'node:timers/promises';
import { expireOffers } from './agreements/expire-offers.ts';
import { sealAccepted } from './agreements/sealing.ts';
import type { Desk } from './desk.ts';
import { expireGrants } from './grants/end.ts';
import { keepPromises, keepReportPromises } from './lifecycle/clocks.ts';
import { expire } from './lifecycle/expire.ts';
import { giveNotice } from './notices/give.ts';
import { raiseUndelivered } from './notices/undelivered.ts';
import { sweepChallenges } from './reports/challenge.ts';
import { watchReports } from './reports/desk/watch.ts';
import { decideConfirmed } from './requests/decide.ts';
import { announceNews } from './subscriptions/news.ts';
import { troubleOf } from './trouble.ts';

/** How often the jobs look, in ms. */
const EVERY_MS = 15_000;

/** What happens without a visitor, each on its own: one that fails holds up no other, and is tried again at the next look. */
const jobs: Readonly<Record<string, (desk: Desk) => Promise<unknown>>> = {
  decide: decideConfirmed,
  seal: sealAccepted,
  offers: ({ db, now }) => expireOffers(db, now()),
  news: announceNews,
  notices: giveNotice,
  undelivered: raiseUndelivered,
  promises: ({ db, policy, now }) => keepPromises(db, policy, now()),
  reportPromises: async ({ db, now, current }) => keepReportPromises(db, (await current()).content.disclosure, now()),
  reports: watchReports,
  grants: ({ db, now }) => expireGrants(db, now()),
  challenges: ({ db, now }) => sweepChallenges(db, now()),
  expire: expireAll,
};

/**
 * Does what is due, again and again until `signal` aborts. Any number of replicas may do it at once. `onFailure` hears
 * which job failed, by a code that names nobody.
 */
export async function runJobs(
  desk: Desk,
  signal: AbortSignal,
  onFailure: (job: string, code: string) => void,
): Promise<void> {
  while (!signal.aborted) {
    await runJobsOnce(desk, onFailure);
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Does once what is due. */
export async function runJobsOnce(desk: Desk, onFailure: (job: string, code: string) => void): Promise<void> {
  for (const [name, job] of Object.entries(jobs))
    await job(desk).catch((error: unknown) => {
      onFailure(name, troubleOf(error));
    });
}

/** Deletes what is due; what the content says of reports, as far as it can be read. */
async function expireAll({ db, policy, now, current }: Desk): Promise<unknown> {
  const content = await current().then(
    (standing) => standing.content,
    () => null,
  );
  return expire(db, policy, now(), content);
}
