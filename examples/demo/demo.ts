import { startPostgres } from '../postgres-server.ts';
import { exportAccess, openReview, pastReviews } from './access.ts';
import { startDemoGitHub } from './github.ts';
import { becomeMembers } from './github-members.ts';
import { seedIntake } from './intake.ts';
import { loadDemo } from './load.ts';
import { startOutside } from './outside.ts';
import { printPapers } from './papers.ts';
import { demoSamples } from './samples.ts';
import { startSite } from './site.ts';

/** The running systems of Larkspur Desk, Inc., the company that the demonstration content describes. */
export type Demo = {
  /** The `DEMO_…` variables that the sources of `content/` name, DATABASE_URL, and CANDOR_GATED. */
  environment: Record<string, string>;
  /** The superuser's connection string, for tests. */
  adminUrl: string;
  /** The access reviews that the company has made, and what puts its systems into the state that they saw. */
  reviews: { past: typeof pastReviews; open: typeof openReview; become: (when: 'before' | 'now') => Promise<void> };
  /** The audit samples that it makes, in order. */
  samples: typeof demoSamples;
  /** Stops PostgreSQL alone; what else the company runs goes on. */
  stopDatabase: () => Promise<void>;
  /** Stops the server and deletes everything. It also stops when this process ends in any other way. */
  stop: () => Promise<void>;
};

/**
 * Starts a real PostgreSQL of its own and builds its databases in it, and what gives the company's vendors away;
 * about two seconds. `onLost` is called when the database is gone although nobody stopped it.
 */
export async function startDemo(
  options: { signal?: AbortSignal | undefined; onLost?: (() => void) | undefined } = {},
): Promise<Demo> {
  const server = await startPostgres(options);
  const outside = await startOutside();
  const site = await startSite();
  const stops = [server.stop, outside.stop, site.stop];
  let stopped: Promise<unknown> | undefined;
  const stop = async () => {
    stopped ??= Promise.all(stops.map((each) => each()));
    await stopped;
  };
  try {
    const databases = await loadDemo(server);
    await seedIntake(databases.DATABASE_URL ?? '', 'candor_collector', new Date());
    const access = await exportAccess(server.url());
    stops.push(access.stop);
    const gitHub = await startDemoGitHub(databases);
    stops.push(gitHub.stop);
    const papers = await printPapers();
    stops.push(papers.stop);
    const environment = {
      ...databases,
      ...outside.environment,
      ...site.environment,
      ...access.environment,
      ...gitHub.environment,
      ...papers.environment,
    };
    const become: typeof access.become = async (when) => {
      becomeMembers(gitHub.server.state, when);
      await access.become(when);
    };
    return {
      environment,
      adminUrl: server.url(),
      reviews: { past: pastReviews, open: openReview, become },
      samples: demoSamples,
      stopDatabase: server.stop,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
