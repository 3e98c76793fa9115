import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { readEvidence } from '../../ledger/records/store.ts';
import { makeCompany, type Ran, run } from './company.ts';

/** The console, as it is declared. */
export const source = `kind: import
title: Support console
environment: demo
connection: { file: $STAFF_FILE }
collect:
  import-access:
    expect:
      total: Total
      exportedAt: At
      exportedWithin: 400d
      columns: { key: Id, name: Name, roles: Role, lastActiveAt: Seen }
      rolesSeparatedBy: "|"
`;

/** The company of the test that runs. */
export let root = '';

/** Each test of the file gets a company of its own, with a support console to review. */
export function useCompany(): void {
  beforeEach(async () => {
    root = await makeCompany({ 'content/sources/console.yaml': source });
    await staff(everybody);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));
}

/** A row of the export. */
export type Person = [key: string, name: string, roles: string];
/** Who is in it unless a test says otherwise. */
export const everybody: Person[] = [
  ['1', 'Canary Ada', 'admin|agent'],
  ['2', 'Canary Ben', 'agent'],
  ['3', 'Canary Mallory', 'agent'],
];

/** Writes the export, as of now. */
export async function staff(people: Person[], { total = people.length, at = '2026-11-03T08:00:00Z' } = {}) {
  const lines = people.map(([key, name, roles]) => `${key},${name},${roles},2026-11-01`);
  await writeFile(
    join(root, 'staff.csv'),
    [`At,${at}`, `Total,${total}`, 'Id,Name,Role,Seen', ...lines, ''].join('\n'),
  );
}

/** Runs a command in the company’s folder. */
export const candor = (argv: string[], options: { now?: string; signal?: AbortSignal } = {}): Promise<Ran> =>
  run(root, argv, { environment: { STAFF_FILE: join(root, 'staff.csv') }, ...options });
/** Opens a review of the console. */
export const open = (now = '2026-11-03T09:00:00Z') =>
  candor(['review', 'open', 'console/import-access', '--reviewer', 'Rita'], { now });
/** Closes one. */
export const close = (id = ID, reviewer = 'Rita', now = '2026-11-03T10:00:00Z') =>
  candor(['review', 'close', id, '--reviewer', reviewer], { now });
/** The review that `open` makes. */
export const ID = 'console-2026-11-03';
/** Where a review lies. */
export const fileOf = (id = ID) => join(root, 'content/access-reviews', `${id}.yaml`);
/** What stands in it. */
export const textOf = (id = ID) => readFile(fileOf(id), 'utf8');
/** What a command said, whatever the folder is called. */
export const shown = ({ err }: Ran) => err.replaceAll(root, '');

/** Edits a review as a person would; what is not there would be a test that tests nothing. */
export async function edit(from: string | RegExp, to: string, id = ID) {
  const text = await textOf(id);
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  await writeFile(fileOf(id), changed);
}

/** Decides the entry of a person. */
export function decide(name: string, decision: string, id = ID) {
  return edit(new RegExp(`(name: ${name},.*\n)    decision:\n    reason:\n`), `$1${decision}`, id);
}
/** A decision, as it is written. */
export const keep = '    decision: keep\n    reason: needed\n';
/** Another. */
export const revoke = '    decision: revoke\n    reason: Left the company.\n';

/** Opens a review and decides all of it: Ada and Ben stay, Mallory goes. */
export async function decided(id = ID) {
  await edit('reasons: {}', 'reasons:\n  needed: Needed for the work.', id);
  await decide('Canary Ada', keep, id);
  await decide('Canary Ben', keep, id);
  await decide('Canary Mallory', revoke, id);
}

/** How each check of the console came out when it was last collected. */
export const outcomes = async () => {
  const { evidence } = await readEvidence(join(root, 'content'));
  const record = evidence.find(({ source }) => source === 'console');
  return Object.fromEntries(record?.checks.map(({ check, outcome }) => [check, outcome]) ?? []);
};
