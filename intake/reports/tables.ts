import type { ColumnType } from 'kysely';
import type { Digest, Id, VulnerabilityReport } from '../../schemas/index.ts';

/** What is known of a report without reading it. Its state, and when it came, are those of its submission. */
export type ReportTable = {
  submission: string;
  via: VulnerabilityReport['via'];
  /** SHA-256 of what opens it for its reporter: see `digestOfSecret`. */
  access: Digest;
  /** The age recipient of the reporter, to which replies are encrypted; null where there is none, or once it was deleted. */
  replyTo: string | null;
  /** Names the recipients that it was encrypted to: see `keysDigest`. */
  keys: Digest;
  /** Whether the reporter says that it is critical. */
  critical: boolean;
  /** The id of a member of staff. */
  assignee: ColumnType<string | null, never>;
  severity: ColumnType<NonNullable<VulnerabilityReport['severity']> | null, never>;
  cvss: ColumnType<string | null, never>;
  cwe: ColumnType<string | null, never>;
  duplicateOf: ColumnType<string | null, never>;
};

/** Who may read a message: the team alone, the reporter and the team, or a guest and the team. */
export type Audience = 'team' | 'reporter' | 'guest';

/** What was written in a case: an age message each, the report itself being the first. */
export type ReportMessageTable = {
  id: string;
  submission: string;
  /** 1 for the report itself. */
  position: number;
  audience: Audience;
  /** `reporter`, or the id of whoever wrote it. */
  author: 'reporter' | Id;
  at: Date;
  /** Null once it was deleted. */
  ciphertext: Uint8Array | null;
  /** SHA-256 of the ciphertext, and how long it is. */
  digest: Digest;
  bytes: number;
};

/** Proofs of work that were used, until they could not be used any more. */
export type ReportChallengeTable = { digest: Digest; expiresAt: Date };

/** One row: what challenges are signed with, the same for all replicas. */
export type ReportChallengeKeyTable = { secret: string };
