import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keysOf } from '../../../intake/envelope/receipt.ts';
import { open, seal } from '../../../intake/envelope/seal.ts';
import { digestOfSecret } from '../../../intake/secrets/secret.ts';
import { openStore } from '../../../intake/store/open.ts';
import { openMailbox } from '../mail/servers.ts';
import { files } from './content.ts';
import { makePlace } from './process.ts';
import { disclosure, recipients, team } from './reporters.ts';
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
  'a full disk: 503 and no receipt, of a report either; with room again, every receipt of before is there',
  async () => {
    const mailbox = await openMailbox();
    const place = await makePlace({ 'intake.yaml': `${files['intake.yaml']}proxies: 1\n`, ...disclosure() });
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
      const codes: string[] = [];
      const report = async () => {
        const file = await seal(randomBytes(1_000_000), recipients);
        const from = { 'x-forwarded-for': `10.1.0.${codes.length}` };
        const answer = await visitor.upload('/reports/message/', { file }, from);
        const page = await answer.text();
        const [code] = /(?:[0-9A-Z]{4}-){7}[0-9A-Z]{4}/.exec(page) ?? [];
        if (code !== undefined) codes.push(code);
        return [answer.status, code !== undefined, page.includes('security@fern.swiss')];
      };
      expect([await send(), await report()]).toEqual([303, [201, true, expect.any(Boolean)]]);
      // Whatever is left of the disk, taken by something else.
      await writeFile(join(data, 'ballast'), Buffer.alloc(100 * 2 ** 20)).catch(() => undefined);
      const statuses = new Set<number>();
      for (let tries = 0; tries < 20 && !statuses.has(503); tries += 1) statuses.add(await send());
      expect([...statuses].sort()).toEqual(expect.arrayContaining([503]));
      expect([...statuses].filter((status) => status !== 303 && status !== 503)).toEqual([]);
      expect(await report()).toEqual([503, false, true]);
      await rm(join(data, 'ballast'));
      served.kill('SIGKILL');
      await once(served, 'exit');
      served = await place.serve(environment);
      const lost = [];
      for (const status of receipts) if ((await visitor.get(status)).status !== 200) lost.push(status);
      expect(lost).toEqual([]);
      expect([await send(), await report()]).toEqual([303, [201, true, expect.any(Boolean)]]);
      served.kill('SIGTERM');
      await once(served, 'exit');
      // Of reports nothing is there by half: so many as have a receipt, and each can be read.
      const { db, close } = await openStore({ folder: data });
      const kept = await db
        .selectFrom('report')
        .innerJoin('reportMessage', 'reportMessage.submission', 'report.submission')
        .select(['access', 'ciphertext'])
        .execute();
      await close();
      const opened = await Promise.all(codes.map(keysOf));
      expect(kept.map(({ access }) => access).sort()).toEqual(
        opened.map(({ access }) => digestOfSecret(access)).sort(),
      );
      for (const { ciphertext } of kept)
        expect(await open(new Uint8Array(ciphertext ?? []), team[0]?.identity ?? '')).toHaveLength(1_000_000);
    } finally {
      mount('off', data);
      await mailbox.close();
      await place.remove();
    }
  },
);
