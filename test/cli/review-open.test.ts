import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeNew } from '../../cli/review/file.ts';
import { printError } from '../../loader/print.ts';
import { CandorError } from '../../schemas/index.ts';
import {
  candor,
  close,
  decide,
  edit,
  everybody,
  fileOf,
  ID,
  keep,
  open,
  revoke,
  root,
  shown,
  staff,
  textOf,
  useCompany,
} from './reviews.ts';

useCompany();

describe('open', () => {
  test('never overwrites: not an open review, nor another of the same day', async () => {
    await open();
    await decide('Canary Ada', keep.replace('needed', 'Needed.'));
    const before = await textOf();
    const ran = await open();
    expect(ran.code).toBe(2);
    expect(shown(ran)).toMatchInlineSnapshot(`
      "error ReviewOpenAlready: the review \`console-2026-11-03\` of console/import-access is still open.
        hint: decide its entries and run \`candor review close console-2026-11-03\`; or delete its file, and open it anew.
      "
    `);
    expect(await textOf()).toBe(before);
    await edit('reasons: {}', 'reasons:\n  needed: Needed.');
    await decide('Canary Ben', keep);
    await decide('Canary Mallory', revoke);
    await close(ID, 'Rita', '2026-11-03T09:30:00Z');
    expect((await open('2026-11-03T09:40:00Z')).code).toBe(0);
    expect(await readdir(join(root, 'content/access-reviews'))).toEqual([`${ID}-2.yaml`, `${ID}.yaml`]);
  });

  test('a file that appears meanwhile is not overwritten either', async () => {
    await open();
    const before = await textOf();
    const error = await writeNew(fileOf(), 'another').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CandorError);
    if (error instanceof CandorError)
      expect(printError(error).replaceAll(root, '')).toMatchInlineSnapshot(`
      "error ReviewNotWritten: /content/access-reviews/console-2026-11-03.yaml could not be written (EEXIST); what was there before is as it was.
        hint: make room, or allow this user to write there; if somebody changed the file meanwhile, run it again."
    `);
    expect(await textOf()).toBe(before);
    expect(await readdir(join(root, 'content/access-reviews'))).toEqual([`${ID}.yaml`]);
  });

  test.each<[string, string[]]>([
    ['a source that is not there', ['open', 'consol/import-access', '--reviewer', 'Rita']],
    ['a source alone', ['open', 'console', '--reviewer', 'Rita']],
    ['a collector that lists nobody', ['open', 'store/import-rows', '--reviewer', 'Rita']],
    ['a collector that the source does not collect', ['open', 'console/postgres-access', '--reviewer', 'Rita']],
    ['nobody who reviews', ['open', 'console/import-access']],
    ['a role that is not there', ['open', 'console/import-access', '--reviewer', 'Rita', '--role', 'lead']],
    ['a due date that is none', ['open', 'console/import-access', '--reviewer', 'Rita', '--due', 'soon']],
    ['a reviewer of no name', ['open', 'console/import-access', '--reviewer', ' ']],
    ['a reviewer with a name like a book', ['open', 'console/import-access', '--reviewer', 'R'.repeat(201)]],
    ['words that mean nothing', ['prove', 'it']],
  ])('refuses %s', async (_title, words) => {
    const ran = await candor(['review', ...words]);
    expect(ran.code).toBe(2);
    expect(shown(ran)).toMatchSnapshot();
    expect(await readdir(join(root, 'content'))).not.toContain('access-reviews');
  });

  test('a system that cannot be read, and one that lists nobody', async () => {
    await staff([]);
    expect(shown(await open())).toMatchInlineSnapshot(`
      "error ReviewEmpty: console/import-access lists nobody, so there is nothing to review.
        hint: \`candor doctor\` tries the connection and its rights.
      "
    `);
    await rm(join(root, 'staff.csv'));
    const ran = await open();
    expect(ran.code).toBe(3);
    expect(shown(ran)).toMatchInlineSnapshot(`
      "error ReviewUnreadable: console/import-access could not be read, so no review was opened: There is no file of that name.
        hint: \`candor doctor\` tries the connection and its rights.
      "
    `);
  });

  test('refuses a list of the future, whose review nobody could read', async () => {
    await staff(everybody, { at: '2026-11-05T09:00:00Z' });
    const ran = await open();
    expect(ran.code).toBe(3);
    expect(shown(ran)).toMatchInlineSnapshot(`
      "error ReviewUnreadable: console/import-access could not be read, so no review was opened: its list is dated in the future: 2026-11-05T09:00:00.000Z.
        hint: \`candor doctor\` tries the connection and its rights.
      "
    `);
    expect(await readdir(join(root, 'content'))).not.toContain('access-reviews');
    // A clock that runs ahead a little is no reason.
    await staff(everybody, { at: '2026-11-03T09:04:00Z' });
    expect((await open()).code).toBe(0);
    expect((await candor(['check'])).code).toBe(0);
  });

  test('Ctrl-C leaves no file', async () => {
    const abort = new AbortController();
    abort.abort();
    const { code } = await candor(['review', 'open', 'console/import-access', '--reviewer', 'Rita'], {
      signal: abort.signal,
    });
    expect(code).toBe(130);
    expect(await readdir(join(root, 'content'))).not.toContain('access-reviews');
  });
});
