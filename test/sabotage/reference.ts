import type pg from 'pg';
import { collect } from '../../collectors/postgres-row-security/collect.ts';
import collector from '../../collectors/postgres-row-security/collector.ts';
import { demoExpect } from '../../examples/demo/expect.ts';
import { demoDatabases, loadDemo, withClient } from '../../examples/demo/load.ts';
import { type PostgresMajor, startPostgres } from '../../examples/postgres-server.ts';
import { Finding } from '../../schemas/index.ts';
import type { Mutation } from './verdicts.ts';

type ReferenceDatabase = NonNullable<Mutation['database']>;

/** Outcomes by `check subject`, and the reasons for reading a failed test. */
export type Verdicts = Map<string, Finding>;

/** A busy machine must not look like a broken database. */
const patient = { connectMs: 60_000, statementMs: 60_000, lockMs: 60_000 };

/** The demo on one server, from which each case takes a copy of its own. */
export type Reference = {
  /** What the collector says about the database as it is. */
  baseline: (database: ReferenceDatabase) => Promise<Verdicts>;
  /** What it says about a copy with the mutation in it. The copy is gone afterwards, and so is what `undo` names. */
  mutated: (mutation: Mutation) => Promise<Verdicts>;
  stop: () => Promise<void>;
};

/** Starts a server of this major version and builds the demo's databases on it. */
export async function startReference(major: PostgresMajor): Promise<Reference> {
  const server = await startPostgres({ major });
  const environment = await loadDemo(server);
  const baselines = new Map<ReferenceDatabase, Promise<Verdicts>>();
  let copies = 0;

  async function inCopy<T>(database: ReferenceDatabase, use: (copy: string) => Promise<T>): Promise<T> {
    const copy = `case_${++copies}`;
    const admin = (sql: string) => withClient(server.url(), (client) => client.query(sql));
    await admin(`create database ${copy} template ${demoDatabases[database].name} owner larkspur_owner`);
    try {
      return await use(copy);
    } finally {
      await admin(`drop database ${copy} with (force)`);
    }
  }

  async function verdictsOf(database: ReferenceDatabase, copy: string, more: Mutation['expect']): Promise<Verdicts> {
    const declared = demoExpect[database];
    const expect = collector.expect.parse({
      ...declared,
      ...more,
      limits: patient,
      tables: { ...('tables' in declared ? declared.tables : {}), ...more?.tables },
    });
    const loginTo = (suffix: string) => {
      const url = new URL(environment[`DEMO_${database.toUpperCase()}_${suffix}`] ?? '');
      url.pathname = `/${copy}`;
      return url.href;
    };
    const raw = await collect({
      connection: { url: loginTo('URL'), truthUrl: loginTo('TRUTH_URL') },
      expect,
      allowIntrusive: false,
      signal: AbortSignal.timeout(120_000),
      progress: () => undefined,
    });
    const { findings } = collector.assess(collector.raw.parse(raw), expect);
    const verdicts: Verdicts = new Map();
    for (const finding of findings) {
      const subject = finding.subject.replaceAll(copy, demoDatabases[database].name);
      const key = `${finding.check} ${subject}`;
      if (verdicts.has(key)) throw new Error(`two verdicts of ${finding.check} on ${subject}`);
      verdicts.set(key, { ...Finding.parse(finding), subject });
    }
    return verdicts;
  }

  function baseline(database: ReferenceDatabase): Promise<Verdicts> {
    const known = baselines.get(database);
    if (known) return known;
    const collected = inCopy(database, (copy) => verdictsOf(database, copy, {}));
    baselines.set(database, collected);
    return collected;
  }

  async function mutated(mutation: Mutation): Promise<Verdicts> {
    if (mutation.undo === undefined) return applied(mutation);
    const before = await roles();
    const verdicts = await applied(mutation);
    if (before !== (await roles())) throw new Error(`the undo of ${mutation.id} leaves something behind`);
    return verdicts;
  }

  async function applied({ database = 'app', sql, undo, expect }: Mutation): Promise<Verdicts> {
    try {
      return await inCopy(database, async (copy) => {
        await withClient(server.url({ database: copy }), (client) => client.query(sql));
        return verdictsOf(database, copy, expect);
      });
    } finally {
      if (undo !== undefined) await withClient(server.url(), (client) => client.query(undo));
    }
  }

  /** Roles, memberships and settings of the whole server, to see that a case has left none behind. */
  async function roles(): Promise<string> {
    return withClient(server.url(), async (client) => {
      const answer = await client.query<pg.QueryResultRow>(`select
        (select jsonb_agg(to_jsonb(r) order by r.rolname) from pg_roles r where r.rolname !~ '^pg_') as roles,
        (select jsonb_agg(to_jsonb(m) - 'oid' order by m.roleid, m.member) from pg_auth_members m) as members,
        (select jsonb_agg(to_jsonb(s)) from pg_db_role_setting s where s.setdatabase = 0) as settings`);
      return JSON.stringify(answer.rows);
    });
  }

  return { baseline, mutated, stop: server.stop };
}
