import type { ColumnType, JSONColumnType } from 'kysely';
import type { Digest, StaffRole } from '../../schemas/index.ts';
import type { StaffLogEntry } from './log.ts';

/** Accounts, those that were removed too. Whole numbers of 64 bits come out of the database as text. */
export type StaffAccountTable = {
  id: string;
  role: StaffRole;
  /** Null once it was removed, as are the factors. */
  email: string | null;
  keyDigest: Digest | null;
  sealedSeed: string | null;
  /** The age recipients of a guest, a line each; null until a case is shared with them. */
  recipients: ColumnType<string | null, never>;
  /** The newest time step whose code was used. */
  lastStep: ColumnType<string, never>;
  tries: ColumnType<number, never>;
  triesSince: Date;
  /** Tries since the last sign-in. */
  refused: ColumnType<number, never>;
  addedAt: Date;
  removedAt: ColumnType<Date | null, never>;
};

/** Open sessions, by the digest of what is in the cookie. */
export type StaffSessionTable = { digest: Digest; account: string; seenAt: Date; expiresAt: Date };

/** What members of staff did. The database refuses to change or delete a row of it. */
export type StaffLogTable = Omit<StaffLogEntry, 'position' | 'facts'> & {
  position: ColumnType<string, never>;
  facts: JSONColumnType<Record<string, unknown>>;
};

/** One row: how long the log is, and the digest of its newest entry. */
export type StaffLogHeadTable = { length: ColumnType<string, never>; digest: Digest | null };

/** What was written about a request, by the entry of the log that says when and by whom. Deleted with the request’s data. */
export type StaffNoteTable = { entry: ColumnType<string, never>; submission: string; text: string };
