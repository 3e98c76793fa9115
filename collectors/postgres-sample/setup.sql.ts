import { ident, parseName, qualified } from '../postgres-row-security/names.ts';
import { columnsOf } from './query.ts';
import type { Expect } from './schema.ts';

/** The script that makes the login, to be read and run by an administrator. Running it again changes nothing. */
export function setup(expect: Expect): string {
  const name = parseName(expect.population.table) ?? { schema: 'public', name: '' };
  const { which, tested } = columnsOf(expect);
  const columns = [...new Set([...which, ...tested])].map(ident).join(', ');
  return `-- A login for candor that reads the columns of one table that are sampled, and can write nothing. Run with psql:
--   psql -v candor_password="$CANDOR_PASSWORD" -f this-file.sql "$ADMIN_URL"

\\set ON_ERROR_STOP on
begin;

select 'create role candor_sample' where not exists (select from pg_roles where rolname = 'candor_sample') \\gexec
alter role candor_sample login noinherit nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
alter role candor_sample password :'candor_password';
alter role candor_sample set default_transaction_read_only = on;
grant usage on schema ${ident(name.schema)} to candor_sample;
grant select (${columns}) on ${qualified(name)} to candor_sample;

-- Does row-level security protect this table? Then the login must see past it, or nothing is sampled:
--   alter role candor_sample bypassrls;

commit;
`;
}
