import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Reports of weaknesses. What is written in them is there as ciphertext alone, and no key to it is here. What belongs to a
 * report and is no text of it (who looks after it, how severe it is) is in clear, so that clocks run and lists are quick.
 */
export const reports: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create table report (
        submission text primary key references submission,
        via text not null,
        access text not null unique,
        reply_to text,
        keys text not null,
        critical boolean not null,
        assignee text,
        severity text,
        cvss text,
        cwe text,
        duplicate_of text references submission
      )`.execute(db);
    await sql`
      create table report_message (
        id text primary key,
        submission text not null references submission,
        position integer not null check (position > 0),
        audience text not null check (audience in ('team', 'reporter', 'guest')),
        author text not null,
        at timestamptz not null,
        ciphertext bytea,
        digest text not null,
        bytes integer not null check (bytes > 0),
        unique (submission, position)
      )`.execute(db);
    // Ciphertext cannot be compressed: not even a try is made.
    await sql`alter table report_message alter column ciphertext set storage external`.execute(db);
    await sql`create index on report_message (submission, audience, at)`.execute(db);
    await sql`
      create table report_challenge (
        digest text primary key,
        expires_at timestamptz not null
      )`.execute(db);
    await sql`create index on report_challenge (expires_at)`.execute(db);
    await sql`
      create table report_challenge_key (
        one boolean primary key default true check (one),
        secret text not null
      )`.execute(db);
    await sql`
      create or replace view measured_submission as
      select s.kind, s.state, s.opened_at, past.verified_at, past.answered_at, past.since, s.data is not null
        or exists (select from outbox o where o.submission = s.id and o.channel = 'mail' and o.state = 'waiting')
        or exists (select from agreement a where a.submission = s.id
          and (a.offer is not null or a.annexes is not null or a.acceptance is not null or a.pdf is not null))
        or exists (select from staff_note n where n.submission = s.id)
        or exists (select from report r where r.submission = s.id and r.reply_to is not null)
        or exists (select from report_message m where m.submission = s.id and m.ciphertext is not null) as has_data
      from submission s cross join lateral (
        select max(t.at) as since, min(t.at) filter (where t."to" = 'verified') as verified_at,
          min(t.at) filter (where t."to" in ('offered', 'answered', 'declined')
            or t.actor not in ('visitor', 'rules', 'clock')) as answered_at
        from transition t where t.submission = s.id
      ) past`.execute(db);
    // Made here, so that all replicas have the same one.
    await sql`insert into report_challenge_key (secret) values (${randomBytes(32).toString('base64url')})`.execute(db);
  },
};
