import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { withClient } from '../../../examples/demo/load.ts';
import { startPostgres } from '../../../examples/postgres-server.ts';
import { openStore } from '../../../intake/store/open.ts';

test('a connection that breaks while it is in use fails its query, and not the process; the next one is another', async () => {
  const server = await startPostgres();
  const { db, close } = await openStore({ url: server.url() });
  const answers = async () => expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
  try {
    const broken = db.connection().execute(async (one) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(one);
      await withClient(server.url(), (client) => client.query('select pg_terminate_backend($1)', [rows[0]?.pid]));
      await sql`select 1`.execute(one);
    });
    await expect(broken).rejects.toThrow();
    await answers();
    // In the middle of a query the refusal comes a moment before the end of the connection.
    for (let round = 0; round < 10; round += 1) {
      const query = `select pg_sleep(${300 + round})`;
      const ended = expect(sql.raw(query).execute(db)).rejects.toThrow('administrator command');
      await withClient(server.url(), async (client) => {
        const end = 'select pg_terminate_backend(pid) from pg_stat_activity where query = $1';
        while ((await client.query(end, [query])).rowCount === 0);
      });
      await ended;
      await answers();
    }
  } finally {
    await close();
    await server.stop();
  }
});
