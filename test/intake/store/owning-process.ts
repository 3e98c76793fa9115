/**
 * Opens a folder, says `open` or why not, takes in one request, and stays, until it is killed, in the middle of a
 * transaction: `node --expose-gc owning-process.ts FOLDER`. Of what it opened it keeps what it needs, and no more.
 */
import { sql } from 'kysely';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import { openStore } from '../../../intake/store/open.ts';
import { CandorError } from '../../../schemas/index.ts';

try {
  const { db } = await openStore({ folder: process.argv[2] ?? '' });
  const { id } = await wayIn(db)('dpa-request', {}, { at: new Date('2026-11-03T09:00:00Z'), actor: 'visitor' });
  await db.transaction().execute(async (transaction) => {
    await sql`update submission set state = 'half done'`.execute(transaction);
    // A lock that only lasts until somebody tidies up is none.
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
    globalThis.gc?.();
    process.stdout.write(`open ${id}\n`);
    await new Promise((resolve) => setTimeout(resolve, 600_000));
  });
} catch (error) {
  process.stdout.write(`${error instanceof CandorError ? `${error.name}: ${error.message}` : String(error)}\n`);
}
