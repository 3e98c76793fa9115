import { once } from 'node:events';
import { expect, test } from 'vitest';
import { startPostgres } from '../../../examples/postgres-server.ts';
import { keysOf } from '../../../intake/envelope/receipt.ts';
import { open, seal } from '../../../intake/envelope/seal.ts';
import { digestOfSecret } from '../../../intake/secrets/secret.ts';
import { openStore } from '../../../intake/store/open.ts';
import { openMailbox } from '../mail/servers.ts';
import { files } from './content.ts';
import { makePlace } from './process.ts';
import { disclosure, recipients, team } from './reporters.ts';
import { newVisitor } from './running.ts';

const CODE = /<code[^>]*>((?:[0-9A-Z]{4}-){7}[0-9A-Z]{4})<\/code>/;

// Many reporters at once; the server dies in the middle of it. What they were shown must open what they sent.
test.skipIf(process.platform === 'win32').each(['PostgreSQL', 'PGlite'])(
  'killed under load on %s: every report whose receipt was seen is there afterwards, whole',
  async (kind) => {
    const postgres = kind === 'PostgreSQL' ? await startPostgres({ durable: true }) : undefined;
    const mailbox = await openMailbox();
    const place = await makePlace({ 'intake.yaml': `${files['intake.yaml']}proxies: 1\n`, ...disclosure() });
    try {
      const environment = { DATABASE_URL: postgres?.url() ?? '', CANDOR_SMTP: mailbox.url };
      const server = await place.serve(environment);
      const receipts = new Map<string, string>();
      let refused = 0;
      await new Promise<void>((resolve) => {
        const visit = async (number: number) => {
          const visitor = newVisitor(place.url, place.url);
          for (let round = 0; server.exitCode === null && server.signalCode === null; round += 1) {
            const text = `report ${number}-${round}`;
            const file = await seal(new TextEncoder().encode(text.padEnd(70_000, '.')), recipients);
            try {
              // Few without proof of work come from one network.
              const from = { 'x-forwarded-for': `10.${number}.${round}.1` };
              const answer = await visitor.upload('/reports/message/', { file }, from);
              const [, code] = CODE.exec(await answer.text()) ?? [];
              if (answer.status === 201 && code !== undefined) receipts.set(code, text);
            } catch {
              refused += 1;
              return;
            }
            if (receipts.size === 60) resolve();
          }
        };
        for (let number = 0; number < 12; number += 1) void visit(number);
      });
      server.kill('SIGKILL');
      await once(server, 'exit');
      const { db, close } = await openStore(
        postgres === undefined ? { folder: `${place.folder}/intake-data` } : { url: postgres.url() },
      );
      const lost = [];
      for (const [code, text] of receipts) {
        const { access } = await keysOf(code);
        const found = await db
          .selectFrom('report')
          .innerJoin('reportMessage', 'reportMessage.submission', 'report.submission')
          .select('ciphertext')
          .where('access', '=', digestOfSecret(access))
          .executeTakeFirst();
        const plain = found && (await open(new Uint8Array(found.ciphertext ?? []), team[0]?.identity ?? ''));
        if (new TextDecoder().decode(plain).replace(/\.+$/, '') !== text) lost.push(text);
      }
      await close();
      expect({ lost, were: receipts.size >= 60, refused: refused > 0 }).toEqual({
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
