import { startPostgres } from '../postgres-server.ts';
import { loadDemo } from './load.ts';
import { startOutside } from './outside.ts';

/** The running systems of Larkspur Desk, Inc., the company that the demonstration content describes. */
export type Demo = {
  /** The `DEMO_…` variables that the sources of `content/` name. */
  environment: Record<string, string>;
  /** The superuser's connection string, for tests. */
  adminUrl: string;
  /** Stops the server and deletes everything. It also stops when this process ends in any other way. */
  stop: () => Promise<void>;
};

/**
 * Starts a real PostgreSQL of its own and builds the four databases in it, and what gives the company's vendors away;
 * about two seconds. `onLost` is called when the database is gone although nobody stopped it.
 */
export async function startDemo(
  options: { signal?: AbortSignal | undefined; onLost?: (() => void) | undefined } = {},
): Promise<Demo> {
  const server = await startPostgres(options);
  const outside = await startOutside();
  const stop = async () => {
    await Promise.all([server.stop(), outside.stop()]);
  };
  try {
    const environment = { ...(await loadDemo(server)), ...outside.environment };
    return { environment, adminUrl: server.url(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
