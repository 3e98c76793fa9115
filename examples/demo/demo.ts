import { startPostgres } from '../postgres-server.ts';
import { loadDemo } from './load.ts';

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
 * Starts a real PostgreSQL of its own and builds the four databases in it; about two seconds. `onLost` is called when it
 * is gone although nobody stopped it.
 */
export async function startDemo(
  options: { signal?: AbortSignal | undefined; onLost?: (() => void) | undefined } = {},
): Promise<Demo> {
  const server = await startPostgres(options);
  try {
    const environment = await loadDemo(server);
    return { environment, adminUrl: server.url(), stop: server.stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
