import pg from 'pg';
import { type PostgresServer, startPostgres } from '../../examples/postgres-server.ts';

/** A product with two customers in one database, as the guide supposes. */
export type Product = {
  /** An administrator’s address. */
  adminUrl: string;
  /** host:port/name */
  place: string;
  sql: (text: string) => Promise<void>;
  stop: () => Promise<void>;
};

/** Private values hold this; it may never come out. */
export const canary = 'canary-5b1e-of-a-customer';

const schema = `
  create role app login;
  create table organizations (org_id int primary key, name text not null);
  create table projects (
    id int primary key, org_id int not null references organizations, name text not null, secret text not null);
  insert into organizations values (1, '${canary}-one'), (2, '${canary}-two');
  insert into projects values (1, 1, 'a', '${canary}'), (2, 1, 'b', '${canary}'), (3, 2, 'c', '${canary}');
  alter table organizations enable row level security;
  alter table projects enable row level security;
  create policy own on organizations using (org_id = nullif(current_setting('app.org_id', true), '')::int);
  create policy own on projects using (org_id = nullif(current_setting('app.org_id', true), '')::int);
  grant select, insert, update, delete on organizations, projects to app;
`;

/** Starts a real PostgreSQL with that product in it. */
export async function startProduct(): Promise<Product> {
  const server: PostgresServer = await startPostgres();
  const adminUrl = server.url();
  async function sql(text: string): Promise<void> {
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  }
  await sql(schema);
  return { adminUrl, place: `127.0.0.1:${server.port}/postgres`, sql, stop: server.stop };
}
