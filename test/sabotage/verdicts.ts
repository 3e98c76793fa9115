/** One change that a mutation makes to a verdict: this check, on this subject, comes out so. */
export type Turn = { check: string; subject: string; outcome: 'failed' | 'inconclusive' };

/** A mutation of a reference database, and everything that becomes false by it. */
export type Mutation = {
  /** Names the case in test output and in notes. */
  id: string;
  /** The mistake, or the look-alike, as a person would say it. */
  title: string;
  /** A sabotage breaks a statement; a near miss is a legitimate design that looks as if it did. */
  kind: 'sabotage' | 'near-miss';
  /** The reference database that it is applied to; `app` when left out. */
  database?: 'app' | 'vault' | 'reporting';
  /** Runs as the superuser in a fresh copy of the database. */
  sql: string;
  /** Undoes what reaches beyond the copy: roles and memberships. Cases that have it run one at a time. */
  undo?: string;
  /** What the manifest declares in addition, where the design comes with a declaration. */
  expect?: {
    tables?: Record<string, { via?: string; reference?: true; shared?: string }>;
    functions?: Record<string, string>;
    clientsRunSql?: true;
  };
  /** All verdicts that change to something worse. Empty for a near miss. */
  turns: Turn[];
};

/** A sabotage with everything that honestly becomes false by it. */
export function sabotage(mutation: Omit<Mutation, 'kind'>): Mutation {
  return { ...mutation, kind: 'sabotage' };
}

/** A look-alike: no verdict may get worse. */
export function nearMiss(mutation: Omit<Mutation, 'kind' | 'turns'>): Mutation {
  return { ...mutation, kind: 'near-miss', turns: [] };
}

type On = (subject: string) => Turn;
const failing =
  (check: string): On =>
  (subject) => ({ check, subject, outcome: 'failed' });

export const unprotected = failing('every-tenant-table-has-row-security');
export const foreignRead = failing('no-cross-tenant-read');
export const contextlessRead = failing('no-read-without-tenant');
export const foreignWrite = failing('no-cross-tenant-write');
export const bypass = failing('no-client-role-bypasses-row-security');
export const wayAround = failing('no-path-around-row-security');
export const excess = failing('no-excess-privilege');
export const namelessRow = failing('every-tenant-row-names-its-tenant');
export const undeclared: On = (subject) => ({
  check: 'every-relation-is-declared',
  subject,
  outcome: 'inconclusive',
});

/** Everything is readable, whoever the tenant is and also when there is none. */
export function openToRead(subject: string): Turn[] {
  return [foreignRead(subject), contextlessRead(subject)];
}

/** Everything is readable and writable. */
export function wideOpen(subject: string): Turn[] {
  return [...openToRead(subject), foreignWrite(subject)];
}
