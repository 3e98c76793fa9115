-- The roles of Larkspur Desk's database server. Passwords are set by whoever starts it; none is written here.

-- Owns every table and runs the migrations. Neither superuser nor BYPASSRLS: with FORCE ROW LEVEL SECURITY its own
-- tables are filtered for it too.
create role larkspur_owner login;

-- Client roles: what the product acts as for a signed-in person.
create role larkspur_app login;        -- the web application; sets app.org_id in each transaction
create role larkspur_api login;        -- the public API's gateway; sets request.jwt.claims from a verified token
create role larkspur_anonymous login;  -- visitors of a help centre, before any sign-in

-- The reporting service: one role for all tenants, scoped by its own code.
create role larkspur_reporting login;

-- The one sanctioned way past row security: night jobs, billing, the vault.
create role larkspur_service login bypassrls;

-- What Candor acts as. The first has no grant of its own and may only become a client role; the second reads
-- everything, writes nothing, and is where the truth comes from that the clients' view is compared with.
create role candor_collector login noinherit;
grant larkspur_app, larkspur_api, larkspur_anonymous, larkspur_reporting to candor_collector;
create role candor_truth login bypassrls;
grant pg_read_all_data to candor_truth;
alter role candor_truth set default_transaction_read_only = on;
