import { z } from 'zod';
import { type GitHub, GitHubUnreadable, type Parameters } from '../clients/github.ts';
import { type Listed, listRepositories } from '../github-repositories/list.ts';
import { countedOf } from '../github-repositories/population.ts';
import { type Expect, type Kind, kinds, type Open, type Raw, type Scanned, Severity } from './schema.ts';

/** Repositories whose last code scan is asked for at the same time. */
const AT_ONCE = 10;

const Status = z.object({ status: z.string() }).optional();
/** What is on in a repository; left out for who may not administer it. */
export const Settings = z.object({
  id: z.int(),
  security_and_analysis: z
    .object({
      secret_scanning: Status,
      secret_scanning_push_protection: Status,
      advanced_security: Status,
      code_security: Status,
    })
    .nullish(),
});
type Switches = z.infer<typeof Settings>['security_and_analysis'];

/** Reads which scans are on, when code was last scanned, and the open alerts. Throws SourceUnreadable. */
export async function readAlerts(
  github: GitHub,
  expect: Expect,
  pseudonymKey: string | undefined,
  now: Date,
  progress: (message: string) => void,
): Promise<Raw> {
  const listing = await listRepositories(github, expect, pseudonymKey);
  const settings = await settingsOf(github, expect, listing.repositories);
  const open = new Map<number, Scanned['open']>(
    listing.repositories.map(({ databaseId }) => [databaseId, { dependency: [], code: [], secret: [] }]),
  );
  const read: Kind[] = [];
  for (const kind of kinds) if (await readOpen(github, expect.organization, kind, open)) read.push(kind);
  const repositories: Scanned[] = [];
  for (let from = 0; from < listing.repositories.length; from += AT_ONCE) {
    const part = listing.repositories.slice(from, from + AT_ONCE);
    const found = part.map((each) => scannedOf(github, expect, each, settings.get(each.databaseId), open));
    repositories.push(...(await Promise.all(found)));
    if (from > 0 && from % 100 === 0) progress(`${from} of ${listing.total} repositories`);
  }
  const { rest, graphql } = github.calls();
  return { readAt: now.toISOString(), calls: rest + graphql, counted: countedOf(listing), read, repositories };
}

/** Settings come a hundred at a time for a whole organization, and one by one for repositories that are named. */
async function settingsOf(
  github: GitHub,
  { organization, repositories }: Expect,
  listed: readonly Listed[],
): Promise<Map<number, Switches>> {
  const settings = new Map<number, Switches>();
  const keep = ({ id, security_and_analysis }: z.infer<typeof Settings>) => {
    settings.set(id, security_and_analysis);
  };
  if (repositories === undefined) await github.each(Settings, '/orgs/{org}/repos', { org: organization }, keep);
  else for (const { databaseId } of listed) keep(await github.get(Settings, '/repositories/{id}', { id: databaseId }));
  return settings;
}

/** What GitHub leaves out of its list of secrets unless it is asked for by name: its "non-provider patterns". */
const genericSecrets = [
  'password',
  'http_basic_authentication_header',
  'http_bearer_authentication_header',
  'mongodb_connection_string',
  'mysql_connection_string',
  'openssh_private_key',
  'pgp_private_key',
  'postgres_connection_string',
  'rsa_private_key',
].join(',');

const lists: Readonly<Record<Kind, readonly { path: string; more?: Parameters }[]>> = {
  dependency: [{ path: '/orgs/{org}/dependabot/alerts' }],
  code: [{ path: '/orgs/{org}/code-scanning/alerts' }],
  secret: [
    { path: '/orgs/{org}/secret-scanning/alerts' },
    { path: '/orgs/{org}/secret-scanning/alerts', more: { secret_type: genericSecrets } },
  ],
};
/** An alert of any kind: nothing of it is read but its repository, its day and its severity. */
export const Alert = z.object({
  created_at: z.string(),
  repository: z.object({ id: z.int() }),
  security_advisory: z.object({ severity: z.string() }).optional(),
  rule: z.object({ security_severity_level: z.string().nullish() }).optional(),
});

/** Adds the open alerts of one kind to their repositories; false when the token may not see them, or not all. */
async function readOpen(
  github: GitHub,
  org: string,
  kind: Kind,
  open: ReadonlyMap<number, Scanned['open']>,
): Promise<boolean> {
  try {
    let isWhole = true;
    for (const { path, more } of lists[kind]) {
      const { complete } = await github.each(Alert, path, { org, state: 'open', ...more }, (alert) => {
        const severity = alert.security_advisory?.severity ?? alert.rule?.security_severity_level;
        add(open.get(alert.repository.id)?.[kind], kind === 'secret' ? null : graded(severity), alert.created_at);
      });
      isWhole &&= complete;
    }
    return isWhole;
  } catch (error) {
    if (error instanceof GitHubUnreadable && ['FORBIDDEN', 'NOT_FOUND'].includes(error.code)) return false;
    throw error;
  }
}

/** What has no grade, such as a finding about style, counts as medium. */
function graded(severity: string | null | undefined): Severity {
  const known = Severity.safeParse(severity);
  return known.success ? known.data : 'medium';
}

function add(all: Open[] | undefined, severity: Severity | null, createdAt: string): void {
  const at = new Date(createdAt).toISOString();
  const same = all?.find((each) => each.severity === severity);
  if (same === undefined) all?.push({ severity, count: 1, oldestAt: at });
  else Object.assign(same, { count: same.count + 1, oldestAt: at < same.oldestAt ? at : same.oldestAt });
}

async function scannedOf(
  github: GitHub,
  expect: Expect,
  repository: Listed,
  settings: Switches,
  open: ReadonlyMap<number, Scanned['open']>,
): Promise<Scanned> {
  const isOn = (status: z.infer<typeof Status>) => (status === undefined ? null : status.status === 'enabled');
  const { subject, notJudged, databaseId, viewerCanAdminister, hasVulnerabilityAlertsEnabled: alerts } = repository;
  const asked = notJudged === null && expect.codeScanning;
  const mayScan = [isOn(settings?.advanced_security), isOn(settings?.code_security)];
  return {
    subject,
    notJudged,
    secretScanning: isOn(settings?.secret_scanning),
    pushProtection: isOn(settings?.secret_scanning_push_protection),
    // GitHub answers false to who may not administer, whatever is set; and where a token may not see the settings of a
    // public repository, alerts of it are not in the lists either.
    dependencyAlerts: settings && viewerCanAdminister ? alerts : null,
    codeScanning: asked ? await codeScanOf(github, repository, mayScan) : null,
    open: open.get(databaseId) ?? { dependency: [], code: [], secret: [] },
  };
}

/** One code scan; `error` says why it has no results. */
export const Analysis = z.object({ created_at: z.string(), error: z.string() });

/**
 * When the default branch was last scanned with success. GitHub answers 404 where it never was, and 403 to who may not
 * know; but also where code scanning is not bought, as both switches then tell that are `mayScan`.
 */
async function codeScanOf(
  github: GitHub,
  { nameWithOwner, defaultBranchRef }: Listed,
  mayScan: readonly (boolean | null)[],
): Promise<Scanned['codeScanning']> {
  const [owner = '', repo = ''] = nameWithOwner.split('/');
  const parameters = {
    owner,
    repo,
    ref: `refs/heads/${defaultBranchRef?.name ?? ''}`,
    sort: 'created',
    direction: 'desc',
    per_page: 10,
  };
  let lastAt: string | undefined;
  try {
    const { complete } = await github.each(
      Analysis,
      '/repos/{owner}/{repo}/code-scanning/analyses',
      parameters,
      ({ created_at, error }) => {
        if (error === '') lastAt = new Date(created_at).toISOString();
        return lastAt === undefined;
      },
    );
    if (lastAt !== undefined) return { lastAt };
    return complete ? 'off' : null;
  } catch (error) {
    if (!(error instanceof GitHubUnreadable)) throw error;
    if (error.code === 'NOT_FOUND') return 'off';
    if (error.code === 'FORBIDDEN') return mayScan.includes(false) && !mayScan.includes(true) ? 'off' : null;
    throw error;
  }
}
