import { hash, randomBytes } from 'node:crypto';
import { wayIn } from '../intake/lifecycle/take-in.ts';
import { type NewReport, receiveReport } from '../intake/reports/receive.ts';
import { race } from './race.ts';

// Prints how many reports a second are durably taken in (the submission, its first transition, the report, its ciphertext of
// 64 KiB, the used proof of work, a letter, an event: one statement), beside bare INSERTs of the same ciphertext with what is
// known of it into one table.
const head = { company: 'Larkspur Desk, Inc.', url: 'https://trust.larkspur.swiss' };
const contacts = ['security@larkspur.swiss'];
/** The smallest report: 64 KiB after padding, and the header and tag of age. */
const ciphertext = randomBytes(64 * 1024 + 3_300);
const keys = hash('sha256', 'keys');
const expiresAt = new Date(Date.now() + 1_800_000);
const newReport = (): NewReport => ({
  via: 'browser',
  ciphertext,
  access: randomBytes(32).toString('base64url'),
  replyTo: `age1pq1${'q'.repeat(1_946)}`,
  keys,
  critical: false,
});

await race(`reports of ${ciphertext.length} bytes`, Number(process.argv[2] ?? 4_000), async ({ store, pool }) => {
  await pool.query(`create table bare (access text primary key, via text not null, reply_to text, keys text not null,
    critical boolean not null, at timestamptz not null, ciphertext bytea not null, digest text not null)`);
  await pool.query('alter table bare alter column ciphertext set storage external');
  const takeIn = wayIn(store.db);
  return {
    bare: () => {
      const { access, via, replyTo, critical } = newReport();
      const now = new Date();
      const row = [hash('sha256', access), via, replyTo, keys, critical, now, ciphertext, hash('sha256', ciphertext)];
      return pool.query('insert into bare values ($1, $2, $3, $4, $5, $6, $7, $8)', row);
    },
    name: 'receiveReport',
    ours: () => {
      const proof = { digest: hash('sha256', randomBytes(32)), expiresAt };
      return receiveReport(takeIn, head, contacts, newReport(), new Date(), proof);
    },
  };
});
