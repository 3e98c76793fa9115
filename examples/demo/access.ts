import { rmSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccessDecision, Id, SystemRef } from '../../schemas/index.ts';
import { withClient } from './load.ts';

/** A review of the past, as the demo tells it: of a list that the system really gave, dated back. */
export type PastReview = {
  system: SystemRef;
  reviewer: string;
  role: Id;
  openedDaysAgo: number;
  closedDaysAgo: number;
  /** What was decided, by the name of the entry; all others were kept. */
  decisions: Record<string, { decision: AccessDecision; roles?: string[]; reason: string }>;
  keptBecause: string;
};

/** The reviews that were closed. The one of the support console is overdue since. */
export const pastReviews: readonly PastReview[] = [
  {
    system: 'database-server/postgres-access',
    reviewer: 'Ingrid Solheim',
    role: 'engineering-lead',
    openedDaysAgo: 41,
    closedDaysAgo: 40,
    decisions: {
      larkspur_contractor: { decision: 'revoke', reason: 'The migration that it was made for is done.' },
    },
    keptBecause: 'Used by the part of the product that it is named after.',
  },
  {
    system: 'github/github-access',
    reviewer: 'helen-achebe',
    role: 'security-lead',
    openedDaysAgo: 22,
    closedDaysAgo: 20,
    decisions: {
      'felix-brandt-canary-7f3a44dd55ee66ff': { decision: 'revoke', reason: 'Left the company.' },
    },
    keptBecause: 'Writes or reads our code at work.',
  },
  {
    system: 'staff-directory/import-access',
    reviewer: 'Helen Achebe',
    role: 'security-lead',
    openedDaysAgo: 85,
    closedDaysAgo: 81,
    decisions: {
      'Felix Brandt': { decision: 'revoke', reason: 'Left the company; his account was forgotten.' },
      'Wanda Okafor': { decision: 'change', roles: ['user'], reason: 'No longer looks after accounts.' },
    },
    keptBecause: 'Works here, in the role that is listed.',
  },
  {
    system: 'support-console/import-access',
    reviewer: 'Helen Achebe',
    role: 'support-lead',
    openedDaysAgo: 133,
    closedDaysAgo: 130,
    decisions: {},
    keptBecause: 'Answers tickets.',
  },
];

/** The review that is open: its list is of today. */
export const openReview = {
  system: 'staff-directory/import-access',
  reviewer: 'Helen Achebe',
  role: 'security-lead',
} as const;

/** What the demo’s systems export of who has access, as files in a folder of their own. */
export type Exports = {
  /** `DEMO_…_FILE` for each export. */
  environment: Record<string, string>;
  /** Puts all systems into the state that the past reviews saw, or into that of today. */
  become: (when: 'before' | 'now') => Promise<void>;
  stop: () => Promise<void>;
};

const files = { DEMO_STAFF_DIRECTORY_FILE: 'staff-directory', DEMO_SUPPORT_CONSOLE_FILE: 'support-console' } as const;

/** Exports the lists as of today. `adminUrl` is the database server, on which somebody had a role before. */
export async function exportAccess(adminUrl: string): Promise<Exports> {
  const folder = await mkdtemp(join(tmpdir(), 'candor-demo-access-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const become: Exports['become'] = async (when) => {
    for (const name of Object.values(files)) await writeFile(join(folder, `${name}.csv`), await exported(name, when));
    const sql = when === 'before' ? 'create role larkspur_contractor login' : 'drop role if exists larkspur_contractor';
    await withClient(adminUrl, (client) => client.query(sql));
  };
  await become('now');
  return {
    environment: Object.fromEntries(Object.entries(files).map(([name, file]) => [name, join(folder, `${file}.csv`)])),
    become,
    stop: async () => {
      process.off('exit', remove);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The text of an export; `{3 days ago}` becomes that instant. */
async function exported(name: string, when: 'before' | 'now'): Promise<string> {
  const read = (file: string) => readFile(new URL(`access/${file}.csv`, import.meta.url), 'utf8');
  const text = when === 'before' ? await read(`${name}.before`).catch(() => read(name)) : await read(name);
  return text.replace(/\{(\d+) days ago\}/g, (_, days) =>
    new Date(Date.now() - Number(days) * 86_400_000).toISOString(),
  );
}
