-- What Larkspur Desk keeps of its changes and incidents, for its auditor: the tables that audit samples are drawn from.
-- The third quarter of 2026 is over, so that its population stays as it is.

create table public.changes (
  id bigint primary key,
  deployed_at timestamptz not null,
  environment text not null,
  author text not null,
  approver text,
  approved_at timestamptz,
  ticket text
);

-- 5,760 deployments, each sixth to staging. Of those to production three were approved by their own author, long ago on a
-- bad night; a sample may meet one, or not.
insert into public.changes
select i,
  timestamptz '2026-06-20' + i * interval '27 minutes',
  case when i % 6 = 0 then 'staging' else 'production' end,
  'engineer-' || i % 11 || ' canary-7f3a5a11c0de00' || lpad(to_hex(i % 16), 2, '0'),
  'engineer-' || case when i in (1201, 1202, 1203) then i % 11 else i % 11 + 11 end || ' canary-7f3a5a11c0de00' || lpad(to_hex(i % 16), 2, '0'),
  timestamptz '2026-06-20' + i * interval '27 minutes' - interval '40 minutes' - (i % 90) * interval '1 minute',
  'SUP-' || 4000 + i
from generate_series(1, 5760) i;

create table public.incidents (
  id bigint primary key,
  opened_at timestamptz not null,
  acknowledged_at timestamptz,
  closed_at timestamptz
);

insert into public.incidents
select i,
  timestamptz '2026-07-01' + i * interval '8 hours',
  timestamptz '2026-07-01' + i * interval '8 hours' + (3 + i % 40) * interval '1 minute',
  timestamptz '2026-07-01' + i * interval '8 hours' + (2 + i % 30) * interval '1 hour'
from generate_series(1, 270) i;

alter table public.changes owner to larkspur_owner;
alter table public.incidents owner to larkspur_owner;
analyze;
