import { codeOf } from '../ledger/files/error-code.ts';

/** What went wrong, in one word: the code of the database, of the system or of the network, else the name of the error. Their texts may hold what was sent in, or a connection string. */
export function troubleOf(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.name : 'unexpected');
}
