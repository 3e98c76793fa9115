import type { Expect } from './expect.ts';
import { ident } from './names.ts';

/** The script that makes the two logins, to be read and run by an administrator. Running it again changes nothing. */
export function setup(expect: Expect): string {
  const roles = [...(expect.clientRoles ?? []), ...(expect.anonymousRoles ?? [])];
  const clients =
    roles.length > 0
      ? roles.map((role) => `grant ${ident(role)} to candor;`).join('\n')
      : '-- grant <the role your application acts as> to candor;';
  return `-- Logins for candor: read-only, without a right of their own. Run with psql as an administrator:
--   psql -v candor_password="$CANDOR_PASSWORD" -v truth_password="$TRUTH_PASSWORD" -f this-file.sql "$ADMIN_URL"

\\set ON_ERROR_STOP on
begin;

-- 1. The login that acts as your clients. It inherits nothing: without SET ROLE it can read only the catalogs.
select 'create role candor' where not exists (select from pg_roles where rolname = 'candor') \\gexec
alter role candor login noinherit nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
alter role candor password :'candor_password';
alter role candor set default_transaction_read_only = on;
${clients}

-- 2. The login that knows what is really there. It sees every row and can write none. It reads tables that are made
--    later as well, so nothing has to be granted again.
select 'create role candor_truth' where not exists (select from pg_roles where rolname = 'candor_truth') \\gexec
alter role candor_truth login inherit nosuperuser bypassrls nocreatedb nocreaterole noreplication;
alter role candor_truth password :'truth_password';
alter role candor_truth set default_transaction_read_only = on;
grant pg_read_all_data to candor_truth;

commit;

-- DATABASE_URL=postgresql://candor:…@host/database           connection: { url: $DATABASE_URL,
-- TRUTH_URL=postgresql://candor_truth:…@host/database                      truthUrl: $TRUTH_URL }
`;
}
