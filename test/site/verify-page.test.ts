import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sirv from 'sirv';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeKeys, type PrivateKeys, parseKeys } from '../../ledger/keys/private.ts';
import { parseCheckpoint, signCheckpoint } from '../../ledger/log/checkpoint.ts';
import { keep } from '../../ledger/records/keep.ts';
import { readEvidence } from '../../ledger/records/store.ts';
import { type Ledger, openLedger } from '../../ledger/writer.ts';
import { renew } from '../../posture/heartbeat.ts';
import { findGo } from '../ledger/go/go.ts';
import { makeWorkspace, run, type Workspace } from '../system/workspace.ts';
import { NOW } from './looks.ts';
import { writeWorld } from './world.ts';

const RECORD = 'app-db/rows';
const LATER = '2026-11-03T10:00:00.000Z';
const ENDED = '2026-11-03T10:10:00.000Z';
const LAST = '2026-11-03T10:20:00.000Z';
const rotated = 'a record with a heartbeat, after the keys that signed it have ended';
const go = findGo();
const has = (tool: string, argument: string) => spawnSync(tool, [argument], { stdio: 'ignore' }).status === 0;
const hasOpenssl = has('openssl', 'version') && has('curl', '--version');
const hasCosign = has('cosign', 'version');

/** The commands are those of the page, read from its HTML; only the address of the site is another one. */
describe.each(['a record', rotated])('the commands on /verify/: %s', (world) => {
  let workspace: Workspace;
  let server: Server | undefined;
  let url = '';
  let html = '';
  /** The keys that the log began with. */
  const keys = makeKeys();
  /** While it is set, this file is served in place of the one that was built. */
  let instead: { path: string; bytes: Buffer } | undefined;
  const built = (path: string) => readFileSync(join(workspace.root, 'dist', path));
  /** Serves a file with one byte more. */
  const spoil = (path: string) => {
    instead = { path, bytes: Buffer.concat([built(path), Buffer.from(' ')]) };
  };
  afterEach(() => {
    instead = undefined;
  });

  beforeAll(async () => {
    workspace = await makeWorkspace();
    const content = join(workspace.root, 'world');
    await writeWorld(content, parseKeys(keys));
    if (world === rotated) await renewAndRotate(content, parseKeys(keys));
    const astro = join(workspace.root, 'node_modules', '.bin', 'astro');
    const env = { ...process.env, CANDOR_CONTENT: content, SOURCE_DATE_EPOCH: String(Date.parse(NOW) / 1000) };
    const build = await command(astro, ['build'], workspace.root, env);
    expect(build.code, build.all).toBe(0);
    const dist = join(workspace.root, 'dist');
    html = readFileSync(join(dist, 'verify', 'index.html'), 'utf8');
    const files = sirv(dist, { dev: true });
    const listening = createServer((request, response) => {
      if (instead === undefined || request.url !== `/${instead.path}`) return files(request, response);
      response.end(instead.bytes);
    });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    const address = listening.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port.');
    url = `http://127.0.0.1:${address.port}`;
  });
  afterAll(async () => {
    server?.closeAllConnections();
    server?.close();
    await workspace.remove();
  });

  const newest = () => (world === 'a record' ? `evidence/${RECORD}.json` : `evidence/${RECORD}.heartbeat.json`);

  test('there is one of each, and each names this site', () => {
    for (const name of ['candor', 'openssl', 'cosign', 'go-run'])
      expect(block(html, name)).toMatch(/^SITE=https:\/\/trust\.larkspur\.example$/m);
    expect(block(html, 'candor')).toContain('npm run candor -- verify "$SITE"');
    // Whoever registers the name would run what they like on the machines of visitors.
    expect(html).not.toMatch(/npx candor|npm (i|install|exec) candor/);
  });

  test('all keys are listed, newest first, with the time in which each could sign', () => {
    const [, list = ''] = /<dl class="facts keys"[^>]*>(.*?)<\/dl>/s.exec(html) ?? [];
    const text = list.replace(/<[^>]+>/g, '').replace(/\s+/g, ' ');
    const periods = [...text.matchAll(/Sign(?:s|ed) the heads of the log, [^.]*/g)].map(([period]) => period.trim());
    expect(periods).toEqual(
      world === rotated
        ? [
            'Signs the heads of the log, since 3 Nov 2026, 10:00 UTC',
            'Signed the heads of the log, from 20 Oct 2026, 09:00 UTC until 3 Nov 2026, 10:10 UTC, and no more',
          ]
        : ['Signs the heads of the log, since 20 Oct 2026, 09:00 UTC'],
    );
  });

  test.skipIf(!hasOpenssl)('openssl proves the signature and the digests, and notices another byte', async () => {
    const script = block(html, 'openssl').replace('https://trust.larkspur.example', url);
    const right = await shell(script);
    expect(right.all).toContain('Verified OK');
    expect(right.all).toContain(`OK evidence/${RECORD}.json`);
    expect(right.all).toContain(`OK ${newest()}`);
    expect(right.code).toBe(0);
    spoil(newest());
    expect((await shell(script)).code).not.toBe(0);
    instead = undefined;
    const bundle = readFileSync(join(workspace.root, 'dist', 'evidence', `${RECORD}.sigstore.json`), 'utf8');
    const [, payload = ''] = /"payload":"([^"]+)"/.exec(bundle) ?? [];
    const other = Buffer.from(Buffer.from(payload, 'base64').toString().replace('log', 'lag')).toString('base64');
    const forged = script.replace('field payload', `printf %s '${other}'`);
    expect((await shell(forged)).code).not.toBe(0);
  });

  test.skipIf(go === undefined)('Go proves that the record is in the log, and notices another byte', async () => {
    const right = await prove(block(html, 'go'));
    expect(right.all).toMatch(new RegExp(`^OK ${newest().replaceAll('.', '\\.')} is entry \\d+ of \\d+$`, 'm'));
    expect(right.code).toBe(0);
    for (const file of [newest(), newest().replace(/json$/, 'tlog-proof'), 'log/checkpoint']) {
      spoil(file);
      expect((await prove(block(html, 'go'))).code, file).not.toBe(0);
    }
  });

  test.skipIf(go === undefined || world !== rotated)(
    'Go refuses a head that only an ended key has signed',
    async () => {
      const path = 'log/checkpoint';
      const checkpoint = parseCheckpoint(built(path).toString());
      const [privateKey] = parseKeys(keys).checkpoint;
      if (checkpoint === undefined || privateKey === undefined) throw new Error('nothing to sign');
      const note = signCheckpoint(checkpoint, [{ name: checkpoint.origin, privateKey }]);
      instead = { path, bytes: Buffer.from(note) };
      const program = block(html, 'go');
      expect(await prove(program)).toEqual({
        code: 1,
        all: 'log/checkpoint: no key that may sign it did: note has no verifiable signatures\nexit status 1\n',
      });
      // Nothing else is wrong with it: a program that lets every key sign the head takes it.
      expect((await prove(program.replace(', running(headKeys))', ', allKeys)'))).all).toMatch(/^OK /);
    },
  );

  test.skipIf(!hasCosign)('cosign proves the signature, and notices another byte', async () => {
    const script = block(html, 'cosign').replace('https://trust.larkspur.example', url);
    expect((await shell(script)).code).toBe(0);
    spoil(`evidence/${RECORD}.json`);
    expect((await shell(script)).code).not.toBe(0);
  });

  /** What a Go program says of the site. */
  async function prove(program: string) {
    const folder = mkdtempSync(join(tmpdir(), 'candor-go-'));
    try {
      writeFileSync(join(folder, 'main.go'), `${program}\n`);
      return await command('go', ['run', 'main.go', url], folder, go);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
});

test('while nothing is logged, the page says so and shows no command', async () => {
  const workspace = await makeWorkspace();
  try {
    expect((await run(workspace.root, ['build'], { CANDOR_KEYS: '', CANDOR_KEYS_FILE: '' })).code).toBe(0);
    const read = (path: string) => readFileSync(join(workspace.root, 'dist', path, 'index.html'), 'utf8');
    expect(read('verify')).toContain('Nothing on this page is signed or logged yet');
    expect(read('verify')).not.toContain('data-verify');
    expect(read('keys')).toContain('There are no keys yet');
    expect(read('versions')).toContain('There is no version yet');
  } finally {
    await workspace.remove();
  }
});

/** The same is seen again an hour later; then other keys take over, which the proof of that does not know, and the old end. */
async function renewAndRotate(content: string, keys: PrivateKeys): Promise<void> {
  const added = parseKeys(makeKeys());
  await withLedger(content, keys, LATER, async (ledger) => {
    await renewRecord(ledger, RECORD, LATER);
    await ledger.handOver(added, ENDED);
  });
  await withLedger(content, added, LAST, (ledger) => renewRecord(ledger, 'website/transport', LAST));
}

async function withLedger(
  content: string,
  keys: PrivateKeys,
  at: string,
  work: (ledger: Ledger) => Promise<unknown>,
): Promise<void> {
  const origin = 'trust.larkspur.example/log';
  const ledger = await openLedger({ content, origin, keys, now: () => new Date(at), state: undefined });
  try {
    await work(ledger);
  } finally {
    await ledger.close();
  }
}

async function renewRecord(ledger: Ledger, name: string, at: string): Promise<void> {
  const { kept, newest } = await readEvidence(ledger.content);
  const before = kept.get(name);
  if (before === undefined) throw new Error('the world has this record');
  const times = { collectedAt: at, commit: null, run: { ...before.record.run, startedAt: at, endedAt: at } };
  const { id: _, previous: __, ...found } = renew(before.record, times);
  await keep(ledger, found, before, newest.get(name));
}

/** The text of a block of commands. */
function block(html: string, name: string): string {
  const [, text = ''] = new RegExp(`<code data-verify="${name}"[^>]*>([^<]*)</code>`).exec(html) ?? [];
  const entities: Record<string, string> = { quot: '"', '#34': '"', '#39': "'", lt: '<', gt: '>', amp: '&' };
  return text.replace(/&([#a-z0-9]+);/g, (whole, name: string) => entities[name] ?? whole);
}

function shell(script: string) {
  return command('sh', ['-c', script], tmpdir());
}

/** Not synchronous: the server that it asks is in this process. */
function command(name: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = process.env) {
  return new Promise<{ code: number | null; all: string }>((resolve, reject) => {
    const child = spawn(name, args, { cwd, env });
    let all = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        all += chunk;
      });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, all }));
  });
}
