import { type Connection, candorError, holdsSecret } from '../schemas/index.ts';

/** Environment variables, as Node gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A connection whose `$NAME` values have been looked up, and what in it must never be seen again. */
export type ResolvedConnection = { values: Record<string, string>; secrets: string[] };

/** Variables with which the log is signed: no source may be sent them. */
const ownSecrets: ReadonlySet<string> = new Set(['CANDOR_KEYS', 'CANDOR_KEYS_FILE']);

/** Looks up each `$NAME`. Throws EnvironmentMissing for one that is not set, or that is none of a source’s business. */
export function resolveConnection(
  source: string,
  connection: Connection,
  environment: Environment,
): ResolvedConnection {
  const values: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [key, value] of Object.entries(connection)) {
    if (!value.startsWith('$')) {
      values[key] = value;
      continue;
    }
    const variable = value.slice(1);
    const found = ownSecrets.has(variable) ? undefined : environment[variable];
    if (found === undefined || found === '') throw candorError('EnvironmentMissing', { variable, source });
    values[key] = found;
    if (holdsSecret(key)) secrets.push(found);
    secrets.push(...passwordsOf(found));
  }
  return { values, secrets: secrets.filter((secret) => secret.length >= 6) };
}

/** The password of an address, as written and decoded; not one that is also its user or database, for that is no secret. */
function passwordsOf(value: string): string[] {
  if (!URL.canParse(value)) return [];
  const { username, password, pathname } = new URL(value);
  if (password === '' || password === username || `/${password}` === pathname) return [];
  return [password, decodeURIComponent(password)];
}
