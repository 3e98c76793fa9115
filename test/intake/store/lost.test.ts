import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { withClient } from '../../../examples/demo/load.ts';
import { startPostgres } from '../../../examples/postgres-server.ts';
import { openStore } from '../../../intake/store/open.ts';

test('a connection that breaks while it is in use fails its query, and not the process; the next one is another', async () => {
  const server = await startPostgres();
  const { db, close } = await openStore({ url: server.url() });
  try {
    const broken = db.connection().execute(async (one) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(one);
      await withClient(server.url(), (client) => client.query('select pg_terminate_backend($1)', [rows[0]?.pid]));
      await sql`select 1`.execute(one);
    });
    await expect(broken).rejects.toThrow();
    // The refusal of the query comes before the end of its connection, which until then is given away once more.
    await expect
      .poll(async () => (await sql`select 1 as one`.execute(db)).rows, { timeout: 60_000 })
      .toEqual([{ one: 1 }]);
  } finally {
    await close();
    await server.stop();
  }
});
