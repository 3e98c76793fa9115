import { defineCollector } from '../define.ts';
import { assess } from './assess.ts';
import { checks } from './checks.ts';
import { collect } from './collect.ts';
import { doctor } from './doctor.ts';
import { Expect, Facts, Raw } from './schema.ts';
import { setup } from './setup.sql.ts';

/** Reads a PostgreSQL database as its clients would, and judges whether it keeps tenants apart. */
export default defineCollector({
  id: 'postgres-row-security',
  title: 'PostgreSQL row-level security',
  topic: 'isolation',
  source: 'postgres',
  method: 'TEST',
  permissions: [
    'A NOINHERIT login without grants of its own that is a member of the client roles; it acts as them by SET LOCAL ROLE.',
    'For truth: a second login with SELECT and BYPASSRLS whose transactions are read-only.',
    'Every transaction is READ ONLY and rolled back.',
  ],
  expect: Expect,
  raw: Raw,
  facts: Facts,
  checks,
  reproduce: (expect) =>
    [
      'begin transaction read only;',
      `set local role ${expect.clientRoles?.[0] ?? '<client role>'};`,
      ...Object.keys(expect.context.settings ?? { '<setting>': '' }).map(
        (name) => `select set_config('${name}', '<one tenant>', true);`,
      ),
      `select count(*) from <table> where ${expect.tenantKey} is distinct from <that tenant>; -- 0`,
      'rollback;',
    ].map((line) => line.slice(0, 300)),
  collect,
  assess,
  doctor,
  setup,
});
