import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { collect } from '../../../collectors/postgres-row-security/collect.ts';
import collector from '../../../collectors/postgres-row-security/collector.ts';
import { Expect, Facts, type Raw } from '../../../collectors/postgres-row-security/schema.ts';
import { type PostgresServer, startPostgres } from '../../../examples/postgres-server.ts';
import { Finding } from '../../../schemas/index.ts';

export const A = '11111111-1111-4111-8111-111111111111';
export const B = '22222222-2222-4222-8222-222222222222';

/** A small, right system: two tenants, policies by a setting, a child by path, a reference table, an invoker view. */
const system = `
  create table orgs (id uuid primary key, name text not null);
  create table projects (id int primary key, org_id uuid not null references orgs, name text not null, secret text);
  create table invoices (id int primary key, org_id uuid not null references orgs, total int not null);
  create table line_items (id int primary key, invoice_id int not null references invoices, amount int not null);
  create table countries (code text primary key);
  create view project_names with (security_invoker) as select org_id, name from projects;
  insert into orgs values ('${A}', 'Canary A'), ('${B}', 'Canary B');
  insert into projects select i, case when i % 2 = 0 then '${A}' else '${B}' end::uuid, 'CANARY-' || i from generate_series(1, 10) i;
  insert into invoices select i, case when i % 2 = 0 then '${A}' else '${B}' end::uuid, i from generate_series(1, 10) i;
  insert into line_items select i, 1 + i % 10, i from generate_series(1, 20) i;
  insert into countries values ('CH'), ('NL');
  create function current_org() returns uuid stable language sql set search_path = ''
    as $$ select nullif(current_setting('app.org_id', true), '')::uuid $$;
  alter table orgs enable row level security;
  alter table projects enable row level security;
  alter table invoices enable row level security;
  alter table line_items enable row level security;
  create policy own on orgs for select using (id = current_org());
  create policy own on projects using (org_id = current_org());
  create policy own on invoices using (org_id = current_org());
  create policy own on line_items using
    (exists (select from invoices i where i.id = line_items.invoice_id and i.org_id = current_org()));
`;

/** One server with databases made on demand; each has the reference system, its own roles and two logins. */
export type Lab = {
  server: PostgresServer;
  make: (options?: { empty?: boolean }) => Promise<LabDatabase>;
  stop: () => Promise<void>;
};

export type LabDatabase = {
  name: string;
  /** Roles are of the whole server, so each database has its own, named after it. */
  client: string;
  anon: string;
  url: string;
  truthUrl: string;
  adminUrl: string;
  /** As superuser. `:client`, `:anon`, `:owner` stand for the roles. */
  sql: (text: string) => Promise<void>;
  expect: (extra?: object) => Expect;
  run: (extra?: object, options?: { truth?: boolean; url?: string }) => Promise<Outcome>;
};

export type Outcome = {
  raw: Raw;
  findings: Finding[];
  facts: Facts;
  complete: boolean;
  of: (check: string, subject: string) => Finding;
  /** `check subject` of findings that are neither passed nor not applicable, with the outcome. */
  bad: () => string[];
};

export async function startLab(): Promise<Lab> {
  const server = await startPostgres();
  let count = 0;
  return {
    server,
    stop: () => server.stop(),
    make: async (options = {}) => {
      const name = `lab_${count++}_${randomBytes(3).toString('hex')}`;
      return makeDatabase(server, name, options.empty ?? false);
    },
  };
}

async function makeDatabase(server: PostgresServer, name: string, empty: boolean): Promise<LabDatabase> {
  const roles = { client: `${name}_app`, anon: `${name}_anon`, owner: `${name}_owner` };
  const fill = (text: string) =>
    text.replace(/(?<![:\w]):(client|anon|owner)\b/g, (_, role: 'client' | 'anon' | 'owner') => `"${roles[role]}"`);
  await withClient(server.url(), async (client) => {
    await client.query(`create database "${name}"`);
    await client.query(
      fill(`create role :owner; create role :client; create role :anon;
        create role "${name}_login" login noinherit password 'pw-login'; grant :client, :anon to "${name}_login";
        create role "${name}_truth" login bypassrls password 'pw-truth'; grant pg_read_all_data to "${name}_truth";`),
    );
  });
  const adminUrl = server.url({ database: name });
  const sql = (text: string) => withClient(adminUrl, async (client) => void (await client.query(fill(text))));
  await sql(`grant all on schema public to :owner; grant usage on schema public to :client, :anon; set role :owner; ${system}
    alter table orgs force row level security; alter table projects force row level security;
    alter table invoices force row level security; alter table line_items force row level security;
    grant select on orgs, countries, project_names to :client;
    grant select, insert, update, delete on projects, invoices, line_items to :client;`);
  if (empty) await sql('truncate orgs, projects, invoices, line_items');
  const url = server.url({ database: name, user: `${name}_login`, password: 'pw-login' });
  const truthUrl = server.url({ database: name, user: `${name}_truth`, password: 'pw-truth' });
  const expect = (extra: object = {}) =>
    Expect.parse({
      clientRoles: [roles.client],
      anonymousRoles: [roles.anon],
      tables: { 'public.countries': { reference: true } },
      limits: { connectMs: 3000, statementMs: 3000, lockMs: 300 },
      ...extra,
    });
  const run: LabDatabase['run'] = async (extra, options = {}) => {
    const intent = expect(extra);
    const connection = { url: options.url ?? url, ...(options.truth === false ? {} : { truthUrl }) };
    const raw = collector.raw.parse(
      await collect({
        connection,
        expect: intent,
        allowIntrusive: false,
        signal: new AbortController().signal,
        progress: () => {},
      }),
    );
    return outcomeOf(raw, intent);
  };
  return { name, client: roles.client, anon: roles.anon, url, truthUrl, adminUrl, sql, expect, run };
}

export function outcomeOf(raw: Raw, expect: Expect): Outcome {
  const { findings, facts, population } = collector.assess(raw, expect);
  for (const each of findings) Finding.parse(each);
  return {
    raw,
    findings,
    facts: Facts.parse(facts),
    complete: population.complete,
    of: (check, subject) => {
      const [found, ...more] = findings.filter((each) => each.check === check && each.subject === subject);
      if (!found || more.length > 0)
        throw new Error(`${more.length + (found ? 1 : 0)} findings of ${check} on ${subject}`);
      return found;
    },
    bad: () =>
      findings
        .filter((each) => each.outcome !== 'passed' && each.outcome !== 'not-applicable')
        .map((each) => `${each.outcome} ${each.check} ${each.subject}`)
        .sort(),
  };
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
