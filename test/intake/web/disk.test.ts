import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openMailbox } from '../mail/servers.ts';
import { makePlace } from './process.ts';
import { ada, newVisitor } from './running.ts';

function mount(...words: string[]): boolean {
  try {
    execFileSync(words[0] === 'off' ? 'umount' : 'mount', words[0] === 'off' ? ['-l', ...words.slice(1)] : words, {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

const probe = await mkdtemp(join(tmpdir(), 'candor-probe-'));
const mayMount = mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe);
if (mayMount) mount('off', probe);
await rm(probe, { recursive: true });

// Only root may mount a small disk; elsewhere it is skipped.
test.skipIf(!mayMount)(
  'a full disk: 503 and no receipt; with room again, every receipt of before is there',
  async () => {
    const mailbox = await openMailbox();
    const place = await makePlace();
    const data = join(place.folder, 'intake-data');
    await mkdir(data, { mode: 0o700 });
    if (!mount('-t', 'tmpfs', '-o', 'size=100m,mode=0700', 'tmpfs', data)) throw new Error('It cannot be mounted.');
    try {
      const environment = { DATABASE_URL: '', CANDOR_SMTP: mailbox.url };
      let served = await place.serve(environment);
      const receipts: string[] = [];
      const visitor = newVisitor(place.url, place.url);
      const send = async () => {
        const answer = await visitor.send('/requests/', { ...ada(), message: 'long '.repeat(700) });
        if (answer.status === 303) receipts.push(answer.headers.get('location') ?? '');
        return answer.status;
      };
      expect(await send()).toBe(303);
      // Whatever is left of the disk, taken by something else.
      await writeFile(join(data, 'ballast'), Buffer.alloc(100 * 2 ** 20)).catch(() => undefined);
      const statuses = new Set<number>();
      for (let tries = 0; tries < 20 && !statuses.has(503); tries += 1) statuses.add(await send());
      expect([...statuses].sort()).toEqual(expect.arrayContaining([503]));
      expect([...statuses].filter((status) => status !== 303 && status !== 503)).toEqual([]);
      await rm(join(data, 'ballast'));
      served.kill('SIGKILL');
      await once(served, 'exit');
      served = await place.serve(environment);
      const lost = [];
      for (const status of receipts) if ((await visitor.get(status)).status !== 200) lost.push(status);
      expect(lost).toEqual([]);
      expect(await send()).toBe(303);
      served.kill('SIGTERM');
      await once(served, 'exit');
    } finally {
      mount('off', data);
      await mailbox.close();
      await place.remove();
    }
  },
);
