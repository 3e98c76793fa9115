import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import type { PostgresServer } from '../postgres-server.ts';

/** The demo's databases, and what builds each one: files that its owner runs, then files that the superuser runs. */
export const demoDatabases = {
  app: { name: 'larkspur_app', owner: ['schema.sql', 'policies.sql'], superuser: ['seed.sql'] },
  vault: { name: 'larkspur_vault', owner: [], superuser: ['vault.sql'] },
  reporting: { name: 'larkspur_reporting', owner: [], superuser: ['reporting.sql'] },
  archive: { name: 'larkspur_archive', owner: [], superuser: ['archive.sql'] },
  audit: { name: 'larkspur_audit', owner: [], superuser: ['samples.sql'] },
  // The server of the forms makes its own tables.
  intake: { name: 'larkspur_intake', owner: [], superuser: [] },
} as const;

/**
 * Makes the roles and the databases on a server and returns the variables that reach them: for each database
 * `DEMO_<NAME>_URL` (the collector's login), `DEMO_<NAME>_TRUTH_URL` and `DEMO_<NAME>_OWNER_URL`; and DATABASE_URL, by
 * which the server of the forms finds its own.
 */
export async function loadDemo(server: PostgresServer): Promise<Record<string, string>> {
  const logins = { URL: 'candor_collector', TRUTH_URL: 'candor_truth', OWNER_URL: 'larkspur_owner' };
  const passwords = new Map(Object.values(logins).map((user) => [user, randomBytes(18).toString('base64url')]));
  await withClient(server.url(), async (client) => {
    await client.query(await sqlFile('roles.sql'));
    for (const [user, password] of passwords)
      await client.query(`alter role ${user} password ${pg.escapeLiteral(password)}`);
    for (const { name } of Object.values(demoDatabases))
      await client.query(`create database ${name} owner larkspur_owner`);
    await client.query(`revoke connect on database ${demoDatabases.archive.name} from public`);
  });
  await Promise.all(
    Object.values(demoDatabases).map(({ name, owner, superuser }) =>
      withClient(server.url({ database: name }), async (client) => {
        await client.query('set role larkspur_owner');
        for (const file of owner) await client.query(await sqlFile(file));
        await client.query('reset role');
        for (const file of superuser) await client.query(await sqlFile(file));
      }),
    ),
  );
  const environment: Record<string, string> = {};
  for (const [database, { name }] of Object.entries(demoDatabases))
    for (const [suffix, user] of Object.entries(logins)) {
      const password = passwords.get(user) ?? '';
      environment[`DEMO_${database.toUpperCase()}_${suffix}`] = server.url({ database: name, user, password });
    }
  return { ...environment, DATABASE_URL: environment.DEMO_INTAKE_OWNER_URL ?? '' };
}

/** Runs `use` on one connection and closes it, whatever happens. */
export async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

function sqlFile(name: string): Promise<string> {
  return readFile(new URL(name, import.meta.url), 'utf8');
}
