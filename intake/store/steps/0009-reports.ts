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
    // Made here, so that all replicas have the same one.
    await sql`insert into report_challenge_key (secret) values (${randomBytes(32).toString('base64url')})`.execute(db);
  },
};
