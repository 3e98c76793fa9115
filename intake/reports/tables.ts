import type { ColumnType } from 'kysely';
import type { Digest, DutyEvent, DutyRegime, DutyStep, Id, VulnerabilityReport } from '../../schemas/index.ts';

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
  /** The next promise that could be missed, and its clock; null when none runs. */
  dueAt: ColumnType<Date | null, never>;
  dueClock: ColumnType<string | null, never>;
  /** When somebody must be told, or look again; null when never. */
  watchAt: ColumnType<Date | null, never>;
  /** What the three above follow from: the head of the case and the promises of that time. */
  seen: ColumnType<string | null, never>;
};

/** Who was told of a promise that was about to be missed. */
export type ReportEscalationTable = { submission: string; clock: string; dueAt: Date; toldAt: Date };

/** Who sees one case, and nothing else. */
export type ReportGuestTable = { submission: string; account: Id; addedAt: Date };

/** That a person decided that the clocks of a law run. The database refuses to change or delete a row of it. */
export type ReportDutyTable = {
  submission: string;
  regime: DutyRegime;
  decidedAt: Date;
  /** The id of a member of staff. */
  decidedBy: Id;
  event: DutyEvent;
};

/** What was handed in. The database refuses to change or delete a row of it. */
export type ReportDutyStepTable = {
  submission: string;
  regime: DutyRegime;
  step: DutyStep;
  doneAt: Date;
  doneBy: Id;
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
