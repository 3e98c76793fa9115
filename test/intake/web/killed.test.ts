import { once } from 'node:events';
import { expect, test } from 'vitest';
import { startPostgres } from '../../../examples/postgres-server.ts';
import { openMailbox } from '../mail/servers.ts';
import { files } from './content.ts';
import { makePlace } from './process.ts';
import { ada, newVisitor } from './running.ts';

// Many visitors at once; the server dies in the middle of it, and another one starts.
test.skipIf(process.platform === 'win32').each(['PostgreSQL', 'PGlite'])(
  'killed under load on %s: every request that saw its receipt is there afterwards',
  async (kind) => {
    const postgres = kind === 'PostgreSQL' ? await startPostgres({ durable: true }) : undefined;
    const mailbox = await openMailbox();
    const place = await makePlace({ 'intake.yaml': `${files['intake.yaml']}proxies: 1\n` });
    try {
      const environment = { DATABASE_URL: postgres?.url() ?? '', CANDOR_SMTP: mailbox.url };
      const first = await place.serve(environment);
      const receipts: string[] = [];
      let refused = 0;
      const enough = new Promise<void>((resolve) => {
        const visit = async (number: number) => {
          const visitor = newVisitor(place.url, place.url);
          for (let round = 0; first.exitCode === null && first.signalCode === null; round += 1) {
            const from = { 'x-forwarded-for': `10.${number}.${round >> 8}.${round & 255}` };
            try {
              const answer = await visitor.send('/requests/', ada(), from);
              const status = answer.headers.get('location');
              if (answer.status === 303 && status !== null) receipts.push(status);
            } catch {
              refused += 1;
              return;
            }
            if (receipts.length === 200) resolve();
          }
        };
        for (let number = 0; number < 16; number += 1) void visit(number);
      });
      await enough;
      first.kill('SIGKILL');
      await once(first, 'exit');
      const second = await place.serve(environment);
      const lost = [];
      for (const status of receipts) {
        const { status: code } = await newVisitor(place.url, place.url).get(status);
        if (code !== 200) lost.push(status);
      }
      second.kill('SIGTERM');
      await once(second, 'exit');
      expect({ lost, were: receipts.length >= 200, refused: refused > 0 }).toEqual({
        lost: [],
        were: true,
        refused: true,
      });
    } finally {
      await mailbox.close();
      await place.remove();
      await postgres?.stop();
    }
  },
);
