import { type GitHub, openGitHub } from '../../../collectors/clients/github.ts';
import { admit, type Plan, recordOf } from '../../../collectors/judge.ts';
import { loadCollectors } from '../../../collectors/registry.ts';
import { emptyGitHub, goodRepository, wholeToken } from '../../../examples/github/company.ts';
import { type GitHubServer, startGitHub } from '../../../examples/github/server.ts';
import type { Repository, Token } from '../../../examples/github/state.ts';
import { Collection, type Finding, type Outcome } from '../../../schemas/index.ts';

/** The run's clock in these tests. */
export const now = new Date('2026-11-03T09:00:00.000Z');
/** An instant some hours before the run. */
export const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();

/** Three good repositories, two of them private, of the organization acme. */
export function startGoodCompany(): Promise<GitHubServer> {
  const state = emptyGitHub('acme');
  state.repositories = ['api', 'web', 'billing'].map((name, index) =>
    goodRepository(index + 1, name, now, { isPrivate: name !== 'web' }),
  );
  return startGitHub(state);
}

/** The repository of this name. */
export function repositoryIn({ state }: GitHubServer, name: string): Repository {
  const found = state.repositories.find((repository) => repository.name === name);
  if (found === undefined) throw new Error(`no repository ${name}`);
  return found;
}

/** The first entry, which the good company always has. */
export function first<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined) throw new Error('there is none');
  return item;
}

/** Opens a client on the stand-in whose seconds last a millisecond. */
export function quickClient({ url }: GitHubServer, token = wholeToken): GitHub {
  return openGitHub({
    connection: { api: url, token },
    signal: AbortSignal.timeout(30_000),
    patience: { secondMs: 1, waitMs: 20_000 },
  });
}

/** Reads with a client and a key for pseudonyms, as `collect` does. */
export type Read = (github: GitHub, pseudonymKey: string | undefined) => Promise<unknown>;

/** What one collection ended with: the record as it would be published, and what each check came to. */
export type Looked = {
  record: ReturnType<typeof recordOf>;
  outcomes: Record<string, Outcome>;
  findings: Finding[];
};

/** Collects from the stand-in through the allow-list, as a run does. */
export async function look(
  server: GitHubServer,
  id: string,
  expect: Record<string, unknown>,
  read: Read,
  options: { token?: string | undefined; pseudonymKey?: string } = {},
): Promise<Looked> {
  const collector = (await loadCollectors()).get(id);
  if (collector === undefined) throw new Error(`no collector ${id}`);
  const raw = collector.raw.parse(await read(quickClient(server, options.token), options.pseudonymKey));
  const assessment = admit(collector, collector.assess(raw, collector.expect.parse(expect)));
  const plan: Plan = {
    sourceId: 'github',
    source: {
      kind: 'github',
      title: 'GitHub',
      environment: 'demo',
      connection: {},
      allowIntrusive: false,
      collect: {},
    },
    collector,
    collection: Collection.parse({ expect }),
  };
  const at = now.toISOString();
  const run = { version: '0', commit: null, trigger: 'manual', startedAt: at, endedAt: at } as const;
  const record = recordOf(plan, run, { assessment }, undefined);
  const outcomes = Object.fromEntries(record.checks.map(({ check, outcome }) => [check, outcome]));
  return { record, outcomes, findings: record.findings };
}

/** Adds a token that lacks some permissions of the whole one, and returns it. */
export function tokenWithout({ state }: GitHubServer, ...without: Token['permissions']): string {
  const token = `github_pat_without_${without.join('_')}`;
  const permissions = (state.tokens[wholeToken]?.permissions ?? []).filter((each) => !without.includes(each));
  state.tokens[token] = { permissions };
  return token;
}
