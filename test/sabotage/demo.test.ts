import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import collector from '../../collectors/disclosure-promises/collector.ts';
import { type Demo, startDemo } from '../../examples/demo/demo.ts';
import { demoEnvironmentFile, removeDemoEnvironment, writeDemoEnvironment } from '../../examples/demo/environment.ts';
import { demoDatabases, withClient } from '../../examples/demo/load.ts';
import { privateWords } from '../../examples/demo/private-words.ts';
import { DisclosurePolicy } from '../../schemas/index.ts';
import { contextOf, outcomesOf } from '../collectors/access/lists.ts';
import { contentWith } from '../posture/worlds.ts';

const sqlScript = fileURLToPath(new URL('../../examples/demo/sql.ts', import.meta.url));
let demo: Demo;
let root: string;

beforeAll(async () => {
  [demo, root] = await Promise.all([startDemo(), mkdtemp(join(tmpdir(), 'candor-demo-'))]);
  await writeDemoEnvironment(demo.environment, root);
});
afterAll(async () => {
  await demo?.stop();
  await rm(root, { recursive: true, force: true });
});

function sql(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [sqlScript, ...args], { cwd: root, encoding: 'utf8' });
  return { status, stdout, stderr };
}

function login(name: string): string {
  return demo.environment[name] ?? '';
}

describe('a running demo', () => {
  it('names three connections for each of its databases, and a file for each export', () => {
    const names = Object.keys(demoDatabases).flatMap((database) =>
      ['URL', 'TRUTH_URL', 'OWNER_URL'].map((suffix) => `DEMO_${database.toUpperCase()}_${suffix}`),
    );
    const exports = ['DEMO_STAFF_DIRECTORY_FILE', 'DEMO_SUPPORT_CONSOLE_FILE'];
    expect(Object.keys(demo.environment)).toEqual(expect.arrayContaining([...names, ...exports]));
  });

  it('leaves its connection facts where only their owner can read them', async () => {
    expect((await stat(join(root, demoEnvironmentFile))).mode & 0o777).toBe(0o600);
  });

  it.each(['APP', 'VAULT', 'REPORTING'])('gives the collector’s login of %s nothing of its own', async (database) => {
    const tables = await withClient(login(`DEMO_${database}_URL`), (client) =>
      client.query(`select relname from pg_class where relnamespace = 'public'::regnamespace
        and relkind in ('r', 'p', 'v', 'm') and has_table_privilege(oid, 'select, insert, update, delete, truncate')`),
    );
    expect(tables.rows).toEqual([]);
  });

  it('lets the truth read everything and write nothing', async () => {
    await withClient(login('DEMO_APP_TRUTH_URL'), async (client) => {
      const { rows } = await client.query('select count(distinct org_id)::int as tenants from tickets');
      expect(rows).toEqual([{ tenants: 3 }]);
      await expect(client.query('set transaction_read_only = off; delete from tags')).rejects.toMatchObject({
        code: '42501',
      });
    });
  });

  it.each(['DEMO_ARCHIVE_URL', 'DEMO_ARCHIVE_TRUTH_URL'])('refuses %s', async (name) => {
    await expect(withClient(login(name), (client) => client.query('select 1'))).rejects.toMatchObject({
      code: '42501',
    });
  });

  it.each([
    ['app', 'select private_note from customers'],
    ['app', 'select secret_hash from api_keys'],
    ['app', 'select body from ticket_messages'],
    ['vault', 'select sealed from secrets'],
    ['reporting', 'select file_key from exports'],
    ['archive', 'select last_statement from closed_accounts'],
  ] as const)('holds a canary in each private value of %s-db: %s', async (database, query) => {
    const url = new URL(demo.adminUrl);
    url.pathname = `/${demoDatabases[database].name}`;
    const { rows } = await withClient(url.href, (client) => client.query<Record<string, string>>(query));
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) expect(Object.values(row).join()).toMatch(privateWords);
  });
});

describe('the reports of the demo', () => {
  const policyFile = new URL('../../content/disclosure.yaml', import.meta.url);
  const outcomes = async () => {
    const disclosure = DisclosurePolicy.parse(parse(await readFile(policyFile, 'utf8')));
    const known = {
      source: 'requests',
      now: new Date().toISOString(),
      content: contentWith({ disclosure }),
      evidence: [],
    };
    const expected = collector.expect.parse({});
    const raw = collector.raw.parse(
      await collector.collect(contextOf({ url: login('DEMO_INTAKE_URL') }, expected), known),
    );
    const { findings, facts } = collector.assess(raw, expected);
    return { ...outcomesOf(collector, findings), facts: collector.facts.parse(facts) };
  };
  const moved = (days: string) => `alter table transition disable trigger append_only;
    update transition set at = at ${days} where submission =
      (select id from submission where kind = 'vulnerability-report' order by opened_at desc limit 1);
    alter table transition enable trigger append_only`;

  it('keep every promise, until one is left waiting', async () => {
    const kept = Object.fromEntries(Object.keys(collector.checks).map((check) => [check, 'passed']));
    expect(await outcomes()).toMatchObject({ ...kept, facts: { everReceived: 11, open: 5, overdue: 0, textKept: 10 } });
    expect(sql('--database', 'intake', moved("- interval '10 days'")).status).toBe(0);
    expect(await outcomes()).toMatchObject({ ...kept, 'no-report-overdue': 'failed', facts: { overdue: 1 } });
    expect(sql('--database', 'intake', moved("+ interval '10 days'")).status).toBe(0);
    expect(await outcomes()).toMatchObject(kept);
  });
});

describe('npm run sql', () => {
  it('runs as the owner, whom forced row security filters too', () => {
    expect(sql('select current_user, count(*) from tickets')).toMatchInlineSnapshot(`
      {
        "status": 0,
        "stderr": "",
        "stdout": "┌─────────┬──────────────────┬───────┐
      │ (index) │ current_user     │ count │
      ├─────────┼──────────────────┼───────┤
      │ 0       │ 'larkspur_owner' │ '0'   │
      └─────────┴──────────────────┴───────┘
      SELECT: 1 row
      ",
      }
    `);
  });

  it('takes several statements and says what each did', () => {
    expect(
      sql('alter table teams disable row level security; alter table teams enable row level security').stdout,
    ).toBe('ALTER: done\nALTER: done\n');
  });

  it('reaches the other databases', () => {
    expect(sql('--database', 'vault', 'select count(*) from secrets').status).toBe(0);
  });

  it('says what PostgreSQL refused', () => {
    expect(sql('alter table tickts disable row level security')).toMatchInlineSnapshot(`
      {
        "status": 1,
        "stderr": "PostgreSQL refused: relation "tickts" does not exist (42P01)
      ",
        "stdout": "",
      }
    `);
  });

  it('explains itself when it is not told what to run', () => {
    expect(sql('--database', 'nowhere', 'select 1')).toMatchInlineSnapshot(`
      {
        "status": 2,
        "stderr": "usage: npm run sql -- [--database app|vault|reporting|archive|audit|intake] "select 1"
      ",
        "stdout": "",
      }
    `);
  });

  it('says so when no demo is running', async () => {
    await removeDemoEnvironment(root);
    expect(sql('select 1')).toMatchInlineSnapshot(`
      {
        "status": 3,
        "stderr": "The demo is not running here. Start it with \`npm start\` and leave it open.
      ",
        "stdout": "",
      }
    `);
    await writeDemoEnvironment(demo.environment, root);
  });
});
