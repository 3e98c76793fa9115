/**
 * Runs SQL as the demo's owner, for people without psql:
 *
 *     npm run sql -- "alter table tickets disable row level security"
 *     npm run sql -- --database vault "select * from secrets"
 */
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { readDemoEnvironment } from './environment.ts';
import { demoDatabases, withClient } from './load.ts';

const usage = `usage: npm run sql -- [--database ${Object.keys(demoDatabases).join('|')}] "select 1"`;

process.exitCode = await main();

async function main(): Promise<number> {
  let parsed: { values: { database: string }; positionals: string[] };
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: { database: { type: 'string', short: 'd', default: 'app' } },
    });
  } catch {
    return say(2, usage);
  }
  const { database } = parsed.values;
  if (!(database in demoDatabases)) return say(2, usage);
  const sql = parsed.positionals.join(' ') || (process.stdin.isTTY ? '' : await text(process.stdin));
  if (sql.trim() === '') return say(2, usage);
  const environment = await readDemoEnvironment();
  const url = environment?.[`DEMO_${database.toUpperCase()}_OWNER_URL`];
  if (!url) return say(3, 'The demo is not running here. Start it with `npm start` and leave it open.');
  try {
    const results = await withClient(url, async (client) => [await client.query(sql)].flat());
    for (const result of results) show(result);
    return 0;
  } catch (error) {
    if (error instanceof pg.DatabaseError) return say(1, `PostgreSQL refused: ${error.message} (${error.code})`);
    return say(3, 'The demo did not answer; it may have stopped. Start it again with `npm start`.');
  }
}

function show({ command, fields, rows, rowCount }: pg.QueryResult): void {
  if (fields.length > 0) console.table(rows);
  console.log(`${command}: ${rowCount === null ? 'done' : `${rowCount} row${rowCount === 1 ? '' : 's'}`}`);
}

function say(code: number, message: string): number {
  console.error(message);
  return code;
}
