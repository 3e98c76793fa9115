import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sirv from 'sirv';
import { NOW } from '../site/looks.ts';
import { writeWorldWithVersions } from '../site/versions.ts';

const root = join(import.meta.dirname, '..', '..');

/** Builds the made-up world, and this repository’s own content when it is there, and serves both. */
export default async function setup(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'candor-site-'));
  const servers: Server[] = [];
  const world = join(folder, 'content');
  await writeWorldWithVersions(world);
  const sites = [{ name: 'world', content: world, now: NOW }];
  const own = join(root, 'content');
  if (existsSync(join(own, 'organization.yaml'))) {
    // A copy, because a collection that runs meanwhile would move the evidence under the tests.
    const copy = join(folder, 'own-content');
    cpSync(own, copy, { recursive: true });
    sites.push({ name: 'own', content: copy, now: new Date().toISOString() });
  }
  const built = [];
  for (const { name, content, now } of sites) {
    const dist = join(folder, name);
    build(content, dist, now);
    const server = createServer(sirv(dist, { dotfiles: true }));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port.');
    built.push({ name, dist, content, now, url: `http://127.0.0.1:${address.port}` });
  }
  process.env.CANDOR_SITES = JSON.stringify(built);
  return async () => {
    for (const server of servers) await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  };
}

function build(content: string, dist: string, now: string): void {
  const astro = join(root, 'node_modules', '.bin', 'astro');
  const { status, stdout, stderr } = spawnSync(astro, ['build', '--outDir', dist], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    env: { ...process.env, CANDOR_CONTENT: content, SOURCE_DATE_EPOCH: String(Math.floor(Date.parse(now) / 1000)) },
  });
  if (status !== 0) throw new Error(`The site could not be built:\n${stdout}\n${stderr}`);
}
