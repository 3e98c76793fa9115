/**
 * The keeper of one throwaway server; `postgres-server.ts` starts it with the major version as its argument, and with
 * `durable` where a commit shall wait for the disk. It makes
 * a folder, runs initdb, starts the server, says on standard output where it is, and takes everything away again as
 * soon as its standard input closes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { binariesOf, dataParent, identityForServer, reachableTempDir, sweepStaleFolders } from './postgres-files.ts';

const [, , major = '', durable] = process.argv;
const password = randomBytes(18).toString('base64url');
const identity = identityForServer();
const temporary = reachableTempDir(identity);
const name = `candor-pg-${process.pid}-${randomBytes(4).toString('hex')}`;
const folder = join(temporary, name);
const dataFolder = join(durable === 'durable' ? temporary : dataParent(temporary), name);
let log = '';
let server: ChildProcess | undefined;
let leaving = false;

process.stdin.on('error', leave).on('end', leave).on('close', leave).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, leave);
process.on('exit', () => {
  for (const made of [dataFolder, folder]) rmSync(made, { recursive: true, force: true, maxRetries: 5 });
});

try {
  for (const made of new Set([folder, dataFolder])) {
    sweepStaleFolders(dirname(made));
    mkdirSync(made);
    chmodSync(made, 0o711);
  }
  const data = join(dataFolder, 'data');
  mkdirSync(data, { mode: 0o700 });
  giveToServer(data);
  const binaries = binariesOf(major, identity, folder);
  await initialise(binaries.initdb, data);
  const port = await start(binaries.postgres, data);
  report({ state: 'ready', port, password });
} catch (error) {
  report({ state: 'failed', message: `${error instanceof Error ? error.message : String(error)}\n${log}`.trim() });
  await leave();
}

function giveToServer(path: string): void {
  if (identity.uid !== undefined) chownSync(path, identity.uid, identity.gid);
}

async function initialise(initdb: string, data: string): Promise<void> {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  giveToServer(passwordFile);
  const child = run(initdb, [
    `--pgdata=${data}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ]);
  server = child;
  const [code] = await once(child, 'close');
  server = undefined;
  rmSync(passwordFile, { force: true });
  if (code !== 0) throw new Error(`initdb ended with ${code}.`);
}

/** The port is free when asked for and may be taken a moment later: a lost race tries the next one. */
async function start(postgres: string, data: string): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    log = '';
    const child = run(postgres, ['-D', data, '-p', String(port), ...settings().flatMap((setting) => ['-c', setting])]);
    server = child;
    const ready = Promise.withResolvers<boolean>();
    child.stderr?.on('data', () => log.includes('ready to accept connections') && ready.resolve(true));
    child.once('close', () => ready.resolve(false));
    child.once('error', ready.reject);
    if (await ready.promise) {
      child.once('close', leave);
      return port;
    }
    const lostRace = /could not bind|could not create any TCP/.test(log);
    if (leaving || !lostRace || attempt === 8) throw new Error('the server ended while it was starting.');
  }
}

/** Everything in it is thrown away, so nothing waits for a disk unless that is asked for. No socket file: TCP on the loopback address alone. */
function settings(): string[] {
  const quick = [
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'autovacuum=off',
    'jit=off',
    'wal_init_zero=off',
  ];
  const small = ['shared_buffers=32MB', 'max_wal_size=128MB', 'max_connections=200'];
  const quiet = ['lc_messages=C', 'log_min_error_statement=panic', 'logging_collector=off'];
  const closed = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'scram_iterations=64'];
  return [
    ...(durable === 'durable' ? ['jit=off'] : quick),
    ...small,
    ...quiet,
    ...closed,
    ...(major === '18' ? ['io_method=sync'] : []),
  ];
}

function run(file: string, args: string[]): ChildProcess {
  const child = spawn(file, args, {
    ...identity,
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC', ...windowsNeeds() },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-8000);
    });
  }
  return child;
}

function windowsNeeds(): Record<string, string> {
  return process.platform === 'win32' ? { SystemRoot: process.env.SystemRoot ?? '', TEMP: folder, TMP: folder } : {};
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port of the loopback address is free.');
  return address.port;
}

/** Fast shutdown first; a server that does not heed it is told more plainly. Then the folder goes, on exit. */
async function leave(): Promise<void> {
  if (leaving) return;
  leaving = true;
  const child = server;
  if (child && child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit');
    child.kill('SIGINT');
    const insist = setTimeout(() => child.kill('SIGQUIT'), 4000);
    const force = setTimeout(() => child.kill('SIGKILL'), 8000);
    await gone.catch(() => undefined);
    clearTimeout(insist);
    clearTimeout(force);
  }
  process.exit(0);
}

function report(message: { state: 'ready'; port: number; password: string } | { state: 'failed'; message: string }) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
