import { SourceUnreadable } from '../define.ts';

/**
 * A PostgreSQL failure in our own words. `code` is the SQLSTATE or errno. `fatal` says that the session is gone, so that
 * nothing else can be asked of it; otherwise only the one statement failed.
 */
export class PostgresUnreadable extends SourceUnreadable {
  readonly code: string;
  readonly fatal: boolean;
  constructor(kind: SourceUnreadable['kind'], code: string, message: string, fatal = false) {
    super(kind, message);
    this.name = 'PostgresUnreadable';
    this.code = code;
    this.fatal = fatal;
  }
}

type Words = readonly [kind: SourceUnreadable['kind'], message: string, fatal?: true];

const tlsWords: Words = ['configuration', 'The server’s TLS certificate could not be verified.', true];

// After appendix A of the PostgreSQL manual, and Node's errno names.
const words: Readonly<Record<string, Words>> = {
  ABORTED: ['transient', 'The run was stopped before the database had answered.', true],
  CONNECT_TIMEOUT: ['transient', 'The database did not answer in time when connecting.', true],
  TLS_NOT_OFFERED: ['configuration', 'TLS is required by the connection, but the server does not offer it.', true],
  BAD_URL: ['configuration', 'The connection is not a valid PostgreSQL URL.', true],
  ECONNREFUSED: ['transient', 'The connection was refused: no database listens at that host and port.', true],
  ENOTFOUND: ['configuration', 'The database’s host name could not be found in DNS.', true],
  EAI_AGAIN: ['transient', 'DNS did not answer for the database’s host name.', true],
  EHOSTUNREACH: ['transient', 'The database’s host could not be reached.', true],
  ENETUNREACH: ['transient', 'The database’s network could not be reached.', true],
  ETIMEDOUT: ['transient', 'The network timed out on the way to the database.', true],
  ECONNRESET: ['transient', 'The connection was reset while the database was answering.', true],
  EPIPE: ['transient', 'The connection was closed while the database was being asked.', true],
  ENOENT: ['transient', 'The database’s socket does not exist.', true],
  EACCES: ['denied', 'The operating system does not let this process use the database’s socket.', true],
  DEPTH_ZERO_SELF_SIGNED_CERT: tlsWords,
  SELF_SIGNED_CERT_IN_CHAIN: tlsWords,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: tlsWords,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: tlsWords,
  CERT_HAS_EXPIRED: ['configuration', 'The server’s TLS certificate has expired.', true],
  ERR_TLS_CERT_ALTNAME_INVALID: ['configuration', 'The server’s TLS certificate names another host.', true],
  '28P01': ['denied', 'The password was refused, or the login does not exist.', true],
  '28000': ['denied', 'The server’s access rules refuse this login from here, or refuse it without TLS.', true],
  '3D000': ['configuration', 'The database named by the connection does not exist.', true],
  '53300': ['transient', 'The server has no connection left.', true],
  '53200': ['transient', 'The server ran out of memory or of lock slots.'],
  '53100': ['transient', 'The server’s disk is full.'],
  '55P03': ['transient', 'A lock was not released in time.'],
  '57014': ['transient', 'It took longer than the time limit for a statement.'],
  '57P01': ['transient', 'The session was ended by an administrator.', true],
  '57P02': ['transient', 'The server crashed while it was answering.', true],
  '57P03': ['transient', 'The server is starting up or shutting down.', true],
  '57P04': ['configuration', 'The database was dropped while it was being read.', true],
  '57P05': ['transient', 'The server ended an idle session.', true],
  '25P03': ['transient', 'The server ended an idle transaction.', true],
  '40001': ['transient', 'The server gave up the transaction because of concurrent changes.'],
  '40P01': ['transient', 'The server broke a deadlock by giving up the statement.'],
  '42501': ['denied', 'A right to read is missing: SELECT on a relation, USAGE on a schema or EXECUTE on a function.'],
  '42P17': ['schema', 'A row-security policy refers to itself without end.'],
  '42P01': ['schema', 'A relation that is referred to does not exist.'],
  '42704': ['schema', 'A setting or an object that is referred to does not exist.'],
  '42883': ['schema', 'A function that is referred to does not exist.'],
  '22P02': ['schema', 'A value could not be read as the type that it should have.'],
  '25006': ['denied', 'Something tried to write in a transaction that only reads.'],
  '54001': ['schema', 'A function or a policy calls itself without end.'],
  P0001: ['schema', 'A function in the database raised an error.'],
};

/** Turns whatever the driver threw into our own words. What it threw is dropped, for it may quote data or a secret. */
export function postgresFailure(thrown: unknown): PostgresUnreadable {
  if (thrown instanceof PostgresUnreadable) return thrown;
  const code = codeOf(thrown);
  const known = words[code];
  if (known) return new PostgresUnreadable(known[0], code, known[1], known[2] ?? false);
  if (code.startsWith('08'))
    return new PostgresUnreadable('transient', code, 'The connection to the database was lost.', true);
  if (code.startsWith('53')) return new PostgresUnreadable('transient', code, 'The server lacks resources.');
  if (code.startsWith('28'))
    return new PostgresUnreadable('denied', code, 'The server refused the login or the role.', true);
  if (/^[0-9A-Z]{5}$/.test(code))
    return new PostgresUnreadable('schema', code, `The server answered SQLSTATE ${code}.`);
  return new PostgresUnreadable('transient', code, 'The connection to the database failed.', true);
}

/** The same for what connecting threw: there, only one privilege can be missing. */
export function connectFailure(thrown: unknown): PostgresUnreadable {
  const failure = postgresFailure(thrown);
  if (failure.code !== '42501') return failure;
  return new PostgresUnreadable(
    'denied',
    failure.code,
    'The login lacks the privilege CONNECT on this database.',
    true,
  );
}

function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'UNKNOWN';
  // Several addresses were tried and each failed; the first says enough.
  if (thrown instanceof AggregateError && thrown.errors[0] instanceof Error) return codeOf(thrown.errors[0]);
  if ('code' in thrown && typeof thrown.code === 'string')
    return thrown.code === 'ERR_INVALID_URL' ? 'BAD_URL' : thrown.code;
  if (/does not support SSL/i.test(thrown.message)) return 'TLS_NOT_OFFERED';
  if (/timeout/i.test(thrown.message)) return 'CONNECT_TIMEOUT';
  if (/terminated|closed|ended/i.test(thrown.message)) return 'ECONNRESET';
  return 'UNKNOWN';
}
