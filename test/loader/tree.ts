import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { checkContent, type KnownCollector } from '../../loader/check.ts';
import { loadContent } from '../../loader/load.ts';
import { printError } from '../../loader/print.ts';
import type { CandorError } from '../../schemas/index.ts';

/** Files by path; a file that is undefined is left out. */
export type Tree = Record<string, string | Uint8Array | undefined>;

/** A small content folder without an error. */
export const sound: Tree = {
  'organization.yaml': [
    'name: Harbour',
    'legalName: Harbour AG',
    'product: Harbour Desk',
    'summary: A helpdesk.',
    'url: https://harbour.ch',
    'trustUrl: https://trust.harbour.ch',
    'country: CH',
    'timeZone: Europe/Zurich',
    'contacts: { security: security@harbour.ch }',
    '',
  ].join('\n'),
  'sections/isolation.yaml': 'title: Isolation\norder: 1\n',
  'sources/app-db.yaml': [
    'kind: postgres',
    'title: The database',
    'environment: production',
    'connection: { url: $DATABASE_URL }',
    'collect:',
    '  postgres-row-security: { every: 24h, validFor: 48h, expect: { tenantKey: org_id, mode: policies } }',
    '',
  ].join('\n'),
  'roles/security.yaml': 'title: Security\nkind: company\ndescription: Answers.\n',
  'claims/isolation/rows-are-scoped.mdx': claim('evidence: [app-db/postgres-row-security#no-cross-tenant-read]'),
};

/** A claim with further lines of front matter. */
export function claim(...lines: string[]): string {
  return ['---', 'title: Each row belongs to one tenant', 'status: in-place', ...lines, '---', 'Text.', ''].join('\n');
}

/** The collector that the small folder cites. */
const collectors: ReadonlyMap<string, KnownCollector> = new Map<string, KnownCollector>([
  [
    'postgres-row-security',
    {
      id: 'postgres-row-security',
      source: 'postgres',
      checks: { 'every-tenant-table-has-row-security': {}, 'no-cross-tenant-read': {}, 'no-cross-tenant-write': {} },
      expect: z.strictObject({ tenantKey: z.string(), mode: z.enum(['policies', 'service-role', 'application']) }),
    },
  ],
  ['http-headers', { id: 'http-headers', source: 'http', checks: { 'hsts-is-set': {} }, expect: z.strictObject({}) }],
]);

/** Writes a tree to a new folder that the end of the test removes; gives the folder `content` in it. */
export async function write(tree: Tree): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'candor-content-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const dir = join(root, 'content');
  await mkdir(dir);
  for (const [path, text] of Object.entries(tree)) {
    if (text === undefined) continue;
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  return dir;
}

/** Checks the small folder with some files replaced, on 3 November 2026. */
export async function check(changes: Tree = {}): Promise<{ errors: CandorError[]; printed: string }> {
  const dir = await write({ ...sound, ...changes });
  const errors = await checkContent(dir, await loadContent(dir), { collectors, now: new Date('2026-11-03T09:00:00Z') });
  const printed = errors.map((error) => printError(error, { cwd: dirname(dir) })).join('\n\n');
  return { errors, printed };
}

/** What is printed for the small folder with some files replaced. */
export async function printed(changes: Tree): Promise<string> {
  return `\n${(await check(changes)).printed.replaceAll(/[^ ]*candor-content-\w+/g, '…')}\n`;
}
