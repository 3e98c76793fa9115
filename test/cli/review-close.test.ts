import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  candor,
  close,
  decide,
  decided,
  edit,
  everybody,
  fileOf,
  ID,
  keep,
  open,
  outcomes,
  root,
  shown,
  source,
  staff,
  textOf,
  useCompany,
} from './reviews.ts';

useCompany();

describe('close refuses', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['entries that nobody decided', () => decide('Canary Ada', keep.replace('needed', 'Needed.'))],
    [
      'a decision without a reason',
      async () => {
        await decided();
        await edit('reason: Left the company.', 'reason:');
      },
    ],
    ['a decision that is none', () => decide('Canary Ada', '    decision: kep\n    reason: Needed.\n')],
    ['a change without roles', () => decide('Canary Ada', '    decision: change\n    reason: Too much.\n')],
    [
      'roles without a change',
      () => decide('Canary Ada', '    decision: keep\n    roles: [agent]\n    reason: Too much.\n'),
    ],
    [
      'a role of nobody',
      () => decide('Canary Ada', '    decision: change\n    roles: [agnt]\n    reason: Too much.\n'),
    ],
    [
      'a change that changes nothing',
      () => decide('Canary Ben', '    decision: change\n    roles: [admin, agent]\n    reason: Too much.\n'),
    ],
    [
      'the name of a reason that is not there',
      async () => {
        await decided();
        await edit('reason: needed', 'reason: neded');
      },
    ],
    [
      'an entry that was edited',
      async () => {
        await decided();
        await edit('name: Canary Mallory', 'name: Canary Malory');
      },
    ],
    [
      'an entry that was removed',
      async () => {
        await decided();
        await edit(/ {2}- pulled: \{ name: Canary Mallory(.*\n){3}/, '');
      },
    ],
    [
      'an entry that stands there twice',
      async () => {
        await decided();
        await edit(/( {2}- pulled: \{ name: Canary Mallory(?:.*\n){3})/, '$1$1');
      },
    ],
    [
      'an entry that was put in the place of another',
      async () => {
        await decided();
        await edit(/name: Canary Mallory, kind: person, (.*)key: "3"/, 'name: Canary Eve, kind: person, $1key: "9"');
      },
    ],
    [
      'a due date that was moved',
      async () => {
        await decided();
        await edit('dueAt: 2026-11-17', 'dueAt: 2026-12-17');
      },
    ],
    [
      'a list that calls itself complete',
      async () => {
        await decided();
        await edit('reportedTotal: 3', 'reportedTotal: null');
      },
    ],
    ['a field of another kind of file', () => edit('reasons: {}', 'reason: {}')],
    ['a file that is no YAML', () => edit('entries:', 'entries: [')],
    [
      'a sign-off written by hand',
      () =>
        edit(
          'reasons: {}',
          `reasons: {}\nclosed: { at: 2026-11-03T09:30:00.000Z, by: Rita, digest: ${'0'.repeat(64).replace('0', 'a')} }`,
        ),
    ],
    [
      'a sign-off in the future',
      () =>
        edit(
          'reasons: {}',
          `reasons: {}\nclosed: { at: 2027-11-03T09:30:00.000Z, by: Rita, digest: ${'0'.repeat(64).replace('0', 'a')} }`,
        ),
    ],
  ])('%s', async (_title, make) => {
    await open();
    await make();
    const before = await textOf();
    const ran = await close();
    expect(ran.code).toBeGreaterThan(0);
    expect(shown(ran)).toMatchSnapshot();
    expect(await textOf()).toBe(before);
  });

  test('a reviewer who reviews themself, whatever the spelling; unless somebody else decided their entry', async () => {
    await open();
    await decided();
    const ran = await close(ID, 'canary  ADA');
    expect(ran.code).toBe(1);
    expect(shown(ran)).toMatchInlineSnapshot(`
      "error ReviewOfOneself: canary  ADA would review themself: the entry of Canary Ada.
        content/access-reviews/console-2026-11-03.yaml:18:21
        18 │   - pulled: { name: Canary Ada, kind: person, roles: [ admin, agent ], changed: [], lastActiveAt: 2026-11-01T00…
           │                     ^^^^^^^^^^
        hint: let somebody else decide this entry, and add \`reviewedBy: <their name>\` to it.

      The review was not closed.
      "
    `);
    await edit(/(name: Canary Ada,.*\n {4}decision: keep\n {4}reason: needed\n)/, '$1    reviewedBy: "1"\n');
    expect((await close(ID, 'canary ada')).err).toContain('ReviewOfOneself');
    await edit('reviewedBy: "1"', 'reviewedBy: Canary Ben');
    expect((await close(ID, 'canary ada')).code).toBe(0);
  });

  test('a reviewer who reviews themself, and lets another name sign', async () => {
    await candor(['review', 'open', 'console/import-access', '--reviewer', 'Canary Ada'], {
      now: '2026-11-03T09:00:00Z',
    });
    await decided();
    const ran = await close(ID, 'Rita');
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('ReviewOfOneself: Canary Ada would review themself: the entry of Canary Ada.');
    await edit(/(name: Canary Ada,.*\n {4}decision: keep\n {4}reason: needed\n)/, '$1    reviewedBy: Rita\n');
    expect((await close(ID, 'Rita')).code).toBe(0);
  });

  test('a list of a system that gives no total', async () => {
    await writeFile(join(root, 'content/sources/console.yaml'), source.replace('      total: Total\n', ''));
    expect((await open()).out).toContain(
      '3 entries (the system gives no total); the first review of it.\nNothing shows that the list is complete: let the system say how many there are.\n',
    );
    await decided();
    expect((await close()).err).toContain(
      'error ReviewListIncomplete: the list is not shown to be complete: 3 read, and the system gives no total.\n',
    );
  });

  test('a list that is not complete, unless it is named', async () => {
    await staff(everybody, { total: 4 });
    expect((await open()).out).toContain('The list is not complete');
    await decided();
    const ran = await close();
    expect(ran.code).toBe(1);
    expect(shown(ran)).toMatchInlineSnapshot(`
      "error ReviewListIncomplete: the list is not shown to be complete: 3 read, and the system says 4.
        content/access-reviews/console-2026-11-03.yaml:14:78
        14 │ …T08:00:00.000Z, read: 3, reportedTotal: 4, complete: false, unseen: [ second factor, creation, expiry ], gone: …
           │                                                       ^^^^^
        hint: open the review again with credentials that see everything; or add \`incomplete:\`, and say what is missing and why.

      The review was not closed.
      "
    `);
    await edit('reasons:', 'incomplete: One guest is hidden by the system; we have seen them elsewhere.\nreasons:');
    expect((await close()).code).toBe(0);
    await staff(everybody.slice(0, 2), { at: '2026-11-03T11:00:00Z' });
    await candor(['collect', 'console'], { now: '2026-11-03T12:00:00Z' });
    expect(await outcomes()).toMatchObject({ 'reviewed-in-time': 'inconclusive' });
  });

  test('a file in which nothing can be added at the end; in any other all stays as people wrote it', async () => {
    await open();
    await decided();
    const whole = await textOf();
    await writeFile(fileOf(), `${whole}...\n`);
    expect(shown(await close())).toMatchInlineSnapshot(`
      "error ReviewNotWritten: /content/access-reviews/console-2026-11-03.yaml could not be written (nothing can be added at its end); what was there before is as it was.
        hint: make room, or allow this user to write there; if somebody changed the file meanwhile, run it again.
      "
    `);
    const written = `\uFEFF${whole}`
      .replace('    reason: Left the company.', '\n\n    # looked at\n    reason:   >-\n      Left\n      the company.')
      .replaceAll('\n', '\r\n')
      .trimEnd();
    await writeFile(fileOf(), written);
    expect((await close()).code).toBe(0);
    const closed = await textOf();
    expect(closed.slice(0, written.length)).toBe(written);
    expect(closed.slice(written.length)).toMatch(/^\r\nclosed:\r\n {2}at: .*\r\n {2}by: Rita\r\n {2}digest: .*\r\n$/);
    expect((await candor(['check'], { now: '2026-11-04T09:00:00Z' })).code).toBe(0);
  });

  test('a review that is not there, one that is closed, and one that was changed since', async () => {
    await open();
    await decided();
    await close();
    expect(shown(await close('console-2026-11-3'))).toMatchInlineSnapshot(`
      "error ReviewUnknown: there is no review \`console-2026-11-3\`.
        hint: did you mean \`console-2026-11-03\`?
      "
    `);
    expect(shown(await close())).toMatchInlineSnapshot(`
      "error ReviewClosedAlready: the review \`console-2026-11-03\` was closed at 2026-11-03T10:00:00.000Z.
        hint: open another with \`candor review open\`.
      "
    `);
    await edit('decision: revoke', 'decision: keep');
    const changed = await candor(['check'], { now: '2026-11-04T09:00:00Z' });
    expect(changed.code).toBe(1);
    expect(shown(changed)).toMatchInlineSnapshot(`
      "error ReviewSignOffChanged: this review was changed after it had been signed off.
        content/access-reviews/console-2026-11-03.yaml:30:11
        30 │   digest: 4388b16cfaeca5f2411d4eb5f32abdee7aadbdfb98439ca26eeae3ff7cc983b1
           │           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: restore the file from version control; to decide anew, open another review.

      1 error in /content
      "
    `);
    expect((await candor(['collect'], { now: '2026-11-04T09:00:00Z' })).code).toBe(2);
  });
});
