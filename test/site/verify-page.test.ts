import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sirv from 'sirv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeKeys, parseKeys } from '../../ledger/keys/private.ts';
import { keep } from '../../ledger/records/keep.ts';
import { readEvidence } from '../../ledger/records/store.ts';
import { openLedger } from '../../ledger/writer.ts';
import { renew } from '../../posture/heartbeat.ts';
import { findGo } from '../ledger/go/go.ts';
import { makeWorkspace, run, type Workspace } from '../system/workspace.ts';
import { NOW } from './looks.ts';
import { writeWorld } from './world.ts';

const RECORD = 'app-db/rows';
const LATER = '2026-11-03T10:00:00.000Z';
const go = findGo();
const has = (tool: string, argument: string) => spawnSync(tool, [argument], { stdio: 'ignore' }).status === 0;
const hasOpenssl = has('openssl', 'version') && has('curl', '--version');
const hasCosign = has('cosign', 'version');

/** The commands are those of the page, read from its HTML; only the address of the site is another one. */
describe.each(['a record', 'a record with a heartbeat, after the keys were handed over'])(
  'the commands on /verify/: %s',
  (world) => {
    let workspace: Workspace;
    let server: Server | undefined;
    let url = '';
    let html = '';
    /** While it is set, this file is served with one byte more. */
    let spoilt = '';

    beforeAll(async () => {
      workspace = await makeWorkspace();
      const keys = makeKeys();
      const content = join(workspace.root, 'world');
      await writeWorld(content, parseKeys(keys));
      const rotated = world !== 'a record';
      if (rotated) await renewAndRotate(content, keys);
      const astro = join(workspace.root, 'node_modules', '.bin', 'astro');
      const env = { ...process.env, CANDOR_CONTENT: content, SOURCE_DATE_EPOCH: String(Date.parse(NOW) / 1000) };
      const built = await command(astro, ['build'], workspace.root, env);
      expect(built.code, built.all).toBe(0);
      const dist = join(workspace.root, 'dist');
      html = readFileSync(join(dist, 'verify', 'index.html'), 'utf8');
      const files = sirv(dist, { dev: true });
      const listening = createServer((request, response) => {
        if (spoilt === '' || request.url !== `/${spoilt}`) return files(request, response);
        response.end(Buffer.concat([readFileSync(join(dist, spoilt)), Buffer.from(' ')]));
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
      expect(block(html, 'candor')).toContain('npx candor verify "$SITE"');
    });

    test.skipIf(!hasOpenssl)('openssl proves the signature and the digests, and notices another byte', async () => {
      const script = block(html, 'openssl').replace('https://trust.larkspur.example', url);
      const right = await shell(script);
      expect(right.all).toContain('Verified OK');
      expect(right.all).toContain(`OK evidence/${RECORD}.json`);
      expect(right.all).toContain(`OK ${newest()}`);
      expect(right.code).toBe(0);
      spoilt = newest();
      expect((await shell(script)).code).not.toBe(0);
      spoilt = '';
      const bundle = readFileSync(join(workspace.root, 'dist', 'evidence', `${RECORD}.sigstore.json`), 'utf8');
      const [, payload = ''] = /"payload":"([^"]+)"/.exec(bundle) ?? [];
      const other = Buffer.from(Buffer.from(payload, 'base64').toString().replace('log', 'lag')).toString('base64');
      const forged = script.replace('field payload', `printf %s '${other}'`);
      expect((await shell(forged)).code).not.toBe(0);
    });

    test.skipIf(go === undefined)('Go proves that the record is in the log, and notices another byte', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'candor-go-'));
      try {
        writeFileSync(join(folder, 'main.go'), `${block(html, 'go')}\n`);
        const prove = () => command('go', ['run', 'main.go', url], folder, go);
        const right = await prove();
        expect(right.all).toMatch(new RegExp(`^OK ${newest().replaceAll('.', '\\.')} is entry \\d+ of \\d+$`, 'm'));
        expect(right.code).toBe(0);
        for (const file of [newest(), newest().replace(/json$/, 'tlog-proof'), 'log/checkpoint']) {
          spoilt = file;
          expect((await prove()).code, file).not.toBe(0);
        }
      } finally {
        spoilt = '';
        rmSync(folder, { recursive: true, force: true });
      }
    });

    test.skipIf(!hasCosign)('cosign proves the signature, and notices another byte', async () => {
      const script = block(html, 'cosign').replace('https://trust.larkspur.example', url);
      expect((await shell(script)).code).toBe(0);
      spoilt = `evidence/${RECORD}.json`;
      expect((await shell(script)).code).not.toBe(0);
      spoilt = '';
    });
  },
);

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

/** The same is seen again an hour later; then a new pair of keys takes over, which the proof of that does not know. */
async function renewAndRotate(content: string, pem: string): Promise<void> {
  const ledger = await openLedger({
    content,
    origin: 'trust.larkspur.example/log',
    keys: parseKeys(pem),
    now: () => new Date(LATER),
    state: undefined,
  });
  try {
    const { kept, newest } = await readEvidence(content);
    const before = kept.get(RECORD);
    if (before === undefined) throw new Error('the world has this record');
    const times = { collectedAt: LATER, commit: null, run: { ...before.record.run, startedAt: LATER, endedAt: LATER } };
    const { id: _, previous: __, ...found } = renew(before.record, times);
    await keep(ledger, found, before, newest.get(RECORD));
    await ledger.handOver(parseKeys(makeKeys()), '2026-12-03T10:00:00.000Z');
  } finally {
    await ledger.close();
  }
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
