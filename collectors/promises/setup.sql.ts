/** The script that makes the login and lets it read these, to be read and run by an administrator; again changes nothing. */
export function setup(relations: readonly string[]): string {
  return `-- A login for candor that reads when requests were answered and deleted, and nothing that anybody wrote. Run it in the
-- database of intake, after \`candor serve\` has made its tables:
--   psql -v candor_password="$CANDOR_PASSWORD" -f this-file.sql "$ADMIN_URL"

\\set ON_ERROR_STOP on
begin;

select 'create role candor_intake' where not exists (select from pg_roles where rolname = 'candor_intake') \\gexec
alter role candor_intake login noinherit nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
alter role candor_intake password :'candor_password';
alter role candor_intake set default_transaction_read_only = on;
grant usage on schema public to candor_intake;
grant select on ${relations.map((name) => `public.${name}`).join(', ')} to candor_intake;

commit;
`;
}
