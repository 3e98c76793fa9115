import type { ColumnType, JSONColumnType } from 'kysely';
import type { Digest, Topic } from '../../schemas/index.ts';
import type { LoggedTransition } from '../lifecycle/chain.ts';
import type * as reports from '../reports/tables.ts';
import type { SecretRow } from '../secrets/secret.ts';
import type * as staff from '../staff/tables.ts';

/** What visitors send in: personal data lies in `data` alone, and `data` is null once it was deleted. */
export type SubmissionTable = {
  id: string;
  kind: string;
  state: string;
  /** How many transitions there were, and the digest of the newest: the head of its chain. */
  length: number;
  head: Digest;
  openedAt: Date;
  data: JSONColumnType<Record<string, unknown>> | null;
};

/** Every change of state that ever was. The database refuses to change or delete a row of it. */
export type TransitionTable = Omit<LoggedTransition, 'facts'> & { facts: JSONColumnType<LoggedTransition['facts']> };

/** What is to be sent. A row is written with what it tells of, or not at all. */
export type OutboxTable = {
  /** Also what the receiver may tell twice the same from. */
  id: string;
  /** A letter, an event to all who listen, or an event to one endpoint. */
  channel: 'mail' | 'webhook' | 'delivery';
  /** Empty once it was sent or has failed: it names a person. */
  message: JSONColumnType<Record<string, unknown>>;
  /** Whose change it tells of; null when it tells of none. */
  submission: ColumnType<string | null, string | undefined>;
  /** When it is tried next. While it is being sent: when another attempt may be made. */
  dueAt: Date;
  /** How often it was taken up. */
  attempts: ColumnType<number, number | undefined>;
  /** Why the last attempt failed, as a code such as `bounced`; null before. */
  failure: ColumnType<string | null, never>;
  state: ColumnType<'waiting' | 'sent' | 'failed', undefined>;
  settledAt: ColumnType<Date | null, never>;
};

/** What opens a submission to whoever holds it. `tries`: how often a code was typed. */
export type SecretTable = SecretRow & { submission: string; tries: ColumnType<number, never> };

/** Endpoints that answered 410 Gone. Declared with another address, one is another one. */
export type EndpointGoneTable = { endpoint: string; urlDigest: Digest; goneAt: Date };

/** Texts that were offered, by the digest of their files. They hold nothing personal and stay. */
export type AgreementTemplateTable = { digest: Digest; data: JSONColumnType<Record<string, unknown>>; text: string };

/** Every offer that was made, to the byte, and what came of it. Its texts and its PDF are null once they were deleted. */
export type AgreementTable = {
  submission: string;
  /** The first offer to a submission is 1. */
  number: number;
  /** Of `offer`. */
  digest: Digest;
  template: Digest;
  validUntil: Date;
  /** Canonical JSON of an AgreementOffer, of Annexes, and of an AgreementAcceptance. */
  offer: string | null;
  annexes: string | null;
  acceptance: ColumnType<string | null, never>;
  /** When somebody may try to seal it; null when nobody needs to. */
  sealDueAt: ColumnType<Date | null, never>;
  pdf: ColumnType<Uint8Array | null, never>;
  pdfDigest: ColumnType<Digest | null, never>;
};

/** The day from which on what content says is news: that of the first look. One row. */
export type AnnouncingTable = { since: string };

/** News that subscribers are told, each once. */
export type AnnouncementTable = {
  id: string;
  topic: Topic;
  subject: string;
  text: string;
  seenAt: Date;
  /** When all who wanted it had been written to; null while that goes on. */
  toldAt: ColumnType<Date | null, never>;
};

/** Changes of subprocessors as they were announced. Dates are `YYYY-MM-DD`; one that content moves later moves here too. */
export type SubprocessorChangeTable = {
  id: string;
  vendor: string;
  name: string;
  change: string;
  summary: string;
  announcedOn: string;
  objectionDeadline: string;
  effectiveOn: string;
  seenAt: Date;
  /** When nobody is left to be given notice: it took effect. */
  closedAt: ColumnType<Date | null, never>;
};

/** A change, and one agreement whose customer must hear of it. */
export type NoticeTable = {
  id: string;
  change: string;
  /** The request that became the agreement. */
  submission: string;
  /** Of the agreement, when the notice was given. */
  terms: JSONColumnType<Record<string, unknown>>;
  givenAt: Date;
  /** The id of what is objected, if anything is: a submission of its own. */
  objection: string;
  /** How many letters there were; who wants another one must have read this. */
  letters: ColumnType<number, number | undefined>;
};

/** The letters of a notice: one, and another one when somebody had it sent again. What became of each is in the outbox. */
export type NoticeLetterTable = {
  letter: string;
  notice: string;
  /** The digest of the secret in it. */
  key: Digest;
  /** `clock`, or the id of a member of staff. */
  by: string;
  writtenAt: Date;
  /** When somebody was told that it could not be delivered. */
  raisedAt: ColumnType<Date | null, never>;
};

/** Texts on secrecy that somebody agreed to, by the digest of their files. The database refuses to change or delete one. */
export type NdaTextTable = { digest: Digest; document: string; version: string; text: string };

/** All tables of intake, by name. Columns are in snake case in the database. */
export type Tables = {
  submission: SubmissionTable;
  transition: TransitionTable;
  secret: SecretTable;
  outbox: OutboxTable;
  endpointGone: EndpointGoneTable;
  agreementTemplate: AgreementTemplateTable;
  agreement: AgreementTable;
  ndaText: NdaTextTable;
  announcing: AnnouncingTable;
  announcement: AnnouncementTable;
  subprocessorChange: SubprocessorChangeTable;
  notice: NoticeTable;
  noticeLetter: NoticeLetterTable;
  report: reports.ReportTable;
  reportMessage: reports.ReportMessageTable;
  reportEscalation: reports.ReportEscalationTable;
  reportGuest: reports.ReportGuestTable;
  reportDuty: reports.ReportDutyTable;
  reportDutyStep: reports.ReportDutyStepTable;
  reportChallenge: reports.ReportChallengeTable;
  reportChallengeKey: reports.ReportChallengeKeyTable;
  staffAccount: staff.StaffAccountTable;
  staffSession: staff.StaffSessionTable;
  staffLog: staff.StaffLogTable;
  staffLogHead: staff.StaffLogHeadTable;
  staffNote: staff.StaffNoteTable;
};
