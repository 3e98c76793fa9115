import { createHmac } from 'node:crypto';
import { fits, type Scope } from './scope.ts';

/**
 * The public name of a repository: `acme/api` when it is public or its name may be published; otherwise a pseudonym,
 * HMAC-SHA256 of its permanent id under the source’s `pseudonymKey`, cut to 48 bits; null when there is no such key.
 */
export function publicNameOf(
  repository: { databaseId: number; name: string; nameWithOwner: string; isPrivate: boolean },
  { publishNames }: Pick<Scope, 'publishNames'>,
  pseudonymKey: string | undefined,
): string | null {
  const { isPrivate, name, nameWithOwner, databaseId } = repository;
  if (!isPrivate || publishNames.some((pattern) => fits(pattern, name))) return nameWithOwner;
  if (pseudonymKey === undefined) return null;
  const digest = createHmac('sha256', pseudonymKey).update(`candor/github-repository/${databaseId}`).digest('hex');
  return `repository-${digest.slice(0, 12)}`;
}
