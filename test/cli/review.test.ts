import { spawn } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reviewText, writeNew } from '../../cli/review/file.ts';
import { readEvidence } from '../../ledger/records/store.ts';
import { digestContent } from '../../ledger/releases/contents.ts';
import { printError } from '../../loader/print.ts';
import { readYaml } from '../../loader/yaml.ts';
import { AccessReview, CandorError } from '../../schemas/index.ts';
import { listOf, openedReview, person } from '../collectors/access/lists.ts';
import { KEYS, makeCompany, type Ran, run } from './company.ts';

const source = `kind: import
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

let root = '';
beforeEach(async () => {
  root = await makeCompany({ 'content/sources/console.yaml': source });
  await staff(everybody);
});
afterEach(() => rm(root, { recursive: true, force: true }));

type Person = [key: string, name: string, roles: string];
const everybody: Person[] = [
  ['1', 'Canary Ada', 'admin|agent'],
  ['2', 'Canary Ben', 'agent'],
  ['3', 'Canary Mallory', 'agent'],
];

/** Writes the export, as of now. */
async function staff(people: Person[], { total = people.length, at = '2026-11-03T08:00:00Z' } = {}) {
  const lines = people.map(([key, name, roles]) => `${key},${name},${roles},2026-11-01`);
  await writeFile(
    join(root, 'staff.csv'),
    [`At,${at}`, `Total,${total}`, 'Id,Name,Role,Seen', ...lines, ''].join('\n'),
  );
}

const candor = (argv: string[], options: { now?: string; signal?: AbortSignal } = {}): Promise<Ran> =>
  run(root, argv, { environment: { STAFF_FILE: join(root, 'staff.csv') }, ...options });
const open = (now = '2026-11-03T09:00:00Z') =>
  candor(['review', 'open', 'console/import-access', '--reviewer', 'Rita'], { now });
const close = (id = ID, reviewer = 'Rita', now = '2026-11-03T10:00:00Z') =>
  candor(['review', 'close', id, '--reviewer', reviewer], { now });
const ID = 'console-2026-11-03';
const fileOf = (id = ID) => join(root, 'content/access-reviews', `${id}.yaml`);
const textOf = (id = ID) => readFile(fileOf(id), 'utf8');
const shown = ({ err }: Ran) => err.replaceAll(root, '');

/** Edits a review as a person would; what is not there would be a test that tests nothing. */
async function edit(from: string | RegExp, to: string, id = ID) {
  const text = await textOf(id);
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  await writeFile(fileOf(id), changed);
}

/** Decides the entry of a person. */
function decide(name: string, decision: string, id = ID) {
  return edit(new RegExp(`(name: ${name},.*\n)    decision:\n    reason:\n`), `$1${decision}`, id);
}
const keep = '    decision: keep\n    reason: needed\n';
const revoke = '    decision: revoke\n    reason: Left the company.\n';

/** Opens a review and decides all of it: Ada and Ben stay, Mallory goes. */
async function decided(id = ID) {
  await edit('reasons: {}', 'reasons:\n  needed: Needed for the work.', id);
  await decide('Canary Ada', keep, id);
  await decide('Canary Ben', keep, id);
  await decide('Canary Mallory', revoke, id);
}

const outcomes = async () => {
  const { evidence } = await readEvidence(join(root, 'content'));
  const record = evidence.find(({ source }) => source === 'console');
  return Object.fromEntries(record?.checks.map(({ check, outcome }) => [check, outcome]) ?? []);
};

describe('a review from opening to proof', () => {
  test('open makes a file with room for decisions, and says how it is done', async () => {
    const { code, out } = await open();
    expect(code).toBe(0);
    expect(out.replaceAll(root, '')).toMatchInlineSnapshot(`
      "/content/access-reviews/console-2026-11-03.yaml: 3 entries (the system says 3); the first review of it.
      What could not be seen: second factor, creation, expiry.
      Decide each entry there by 2026-11-17; the file names people, so keep it in a private repository.
      "
    `);
    expect((await textOf()).replace(/(digest|seal): [0-9a-f"]+/g, '$1: …')).toMatchInlineSnapshot(`
      "# An access review. It names people: keep it in a private repository. It is never published, nor a digest of it.

      # For each entry write a decision and a reason:
      #   decision: keep, change or revoke. For change, add \`roles: […]\` with those that shall remain.
      #   reason: a sentence, or the name of one under \`reasons\`, for what many entries have in common.
      #   reviewedBy: only where somebody else than the reviewer decided, such as on the reviewer’s own entry.
      # What stands under \`pulled\` and \`list\` is what the system said; leave it. Entries may be sorted.

      system: console/import-access
      reviewer: Rita
      openedAt: 2026-11-03T09:00:00.000Z
      dueAt: 2026-11-17T09:00:00.000Z
      previous: null
      list: { asOf: 2026-11-03T08:00:00.000Z, read: 3, reportedTotal: 3, complete: true, unseen: [ second factor, creation, expiry ], gone: [], digest: … }
      reasons: {}
      entries:
        - pulled: { name: Canary Ada, kind: person, roles: [ admin, agent ], changed: [], lastActiveAt: 2026-11-01T00:00:00.000Z, key: "1", outside: null, secondFactor: null, createdAt: null, expiresAt: null, also: [], seal: … }
          decision:
          reason:
        - pulled: { name: Canary Ben, kind: person, roles: [ agent ], changed: [], lastActiveAt: 2026-11-01T00:00:00.000Z, key: "2", outside: null, secondFactor: null, createdAt: null, expiresAt: null, also: [], seal: … }
          decision:
          reason:
        - pulled: { name: Canary Mallory, kind: person, roles: [ agent ], changed: [], lastActiveAt: 2026-11-01T00:00:00.000Z, key: "3", outside: null, secondFactor: null, createdAt: null, expiresAt: null, also: [], seal: … }
          decision:
          reason:
      "
    `);
    expect((await candor(['check'])).code).toBe(0);
  });

  test('decided, closed, carried out and collected: what was revoked is proven to be gone', async () => {
    await open();
    await decided();
    const closed = await close();
    expect({ code: closed.code, out: closed.out }).toMatchInlineSnapshot(`
      {
        "code": 0,
        "out": "Closed console-2026-11-03: 2 kept, 0 changed, 1 revoked. Take away what was decided; the next \`candor collect\` shows whether it is gone.
      ",
      }
    `);
    expect(await textOf()).toContain('needed: Needed for the work.');

    // Nobody has carried it out: the next look fails.
    await staff(everybody, { at: '2026-11-03T11:00:00Z' });
    await candor(['collect', 'console'], { now: '2026-11-03T12:00:00Z' });
    expect(await outcomes()).toMatchObject({ 'revoked-access-is-gone': 'failed', 'reviewed-in-time': 'passed' });

    await staff(everybody.slice(0, 2), { at: '2026-11-03T13:00:00Z' });
    await candor(['collect', 'console'], { now: '2026-11-03T14:00:00Z' });
    expect(await outcomes()).toMatchObject({
      'revoked-access-is-gone': 'passed',
      'decided-by-somebody-else': 'passed',
    });

    // And comes back.
    await staff(everybody, { at: '2026-11-03T15:00:00Z' });
    await candor(['collect', 'console'], { now: '2026-11-03T16:00:00Z' });
    expect(await outcomes()).toMatchObject({ 'revoked-access-is-gone': 'failed' });
  });

  test('the next review says what has changed since', async () => {
    await open();
    await decided();
    await close();
    await staff([
      ['1', 'Canary Ada', 'admin'],
      ['2', 'Canary Ben', 'agent|billing'],
      ['4', 'Canary Eve', 'agent'],
    ]);
    const { out } = await open('2027-01-10T09:00:00Z');
    expect(out).toContain('3 entries (the system says 3); 3 changed since console-2026-11-03, 1 gone.');
    const text = await textOf('console-2027-01-10');
    expect(text).toMatch(/name: Canary Ada,.*changed: \[ "?- agent"? \]/);
    expect(text).toMatch(/name: Canary Ben,.*changed: \[ "?\+ billing"? \]/);
    expect(text).toMatch(/name: Canary Eve,.*changed: \[ new \]/);
    expect(text).toMatch(/name: Canary Ben,(.*\n)*.*name: Canary Eve/);
    expect(text).toMatch(/gone: \[ \{ name: Canary Mallory, key: "3", kind: person \} \]/);
  });

  test('the next review tells of whoever was revoked and is still there, and of new names', async () => {
    await open();
    await decided();
    await close();
    await staff([
      ['1', 'Canary Ada', 'admin|agent'],
      ['2', 'Canary Benjamin', 'agent'],
      ['3', 'Canary Mallory', 'agent'],
    ]);
    expect((await open('2027-01-10T09:00:00Z')).out).toContain('2 changed since console-2026-11-03, 0 gone.');
    const text = await textOf('console-2027-01-10');
    expect(text).toMatch(/name: Canary Ada,.*changed: \[\]/);
    expect(text).toMatch(/name: Canary Benjamin,.*changed: \[ renamed \]/);
    expect(text).toMatch(/name: Canary Mallory,.*changed: \[ revoked before \]/);
  });

  test('two reviews of one system at a time, as two branches bring them together, are refused', async () => {
    await open();
    const first = await textOf();
    await rm(fileOf());
    await open('2026-11-05T09:00:00Z');
    await writeFile(fileOf(), first);
    const ran = await candor(['check'], { now: '2026-11-05T10:00:00Z' });
    expect(ran.code).toBe(1);
    expect(shown(ran)).toMatchInlineSnapshot(`
      "error ReviewsOverlap: the review \`console-2026-11-03\` of console/import-access was still open when this one was opened.
        content/access-reviews/console-2026-11-05.yaml:11:11
        11 │ openedAt: 2026-11-05T09:00:00.000Z
           │           ^^^^^^^^^^^^^^^^^^^^^^^^
        hint: keep one of the two, and delete the file of the other.

      1 error in /content
      "
    `);
    // One that was closed in time may stay.
    await rm(fileOf('console-2026-11-05'));
    await decided();
    await close();
    await open('2026-11-05T09:00:00Z');
    expect((await candor(['check'], { now: '2026-11-05T10:00:00Z' })).code).toBe(0);
  });

  test('review lists where each system stands, and names nobody', async () => {
    const list = async (now: string) => (await candor(['review'], { now })).out;
    expect(await list('2026-11-03T09:00:00Z')).toMatchInlineSnapshot(`
      "never    console/import-access  every 92d, never reviewed
               candor review open console/import-access --reviewer NAME
      "
    `);
    await open();
    expect(await list('2026-11-03T09:00:00Z')).toMatchInlineSnapshot(`
      "open     console/import-access  every 92d, never reviewed
               console-2026-11-03: 3 of 3 entries to decide by 2026-11-17
      "
    `);
    expect(await list('2026-11-18T09:00:00Z')).toContain('overdue  console/import-access');
    await decided();
    expect(await list('2026-11-03T09:00:00Z')).toContain(`candor review close ${ID} --reviewer NAME`);
    await close();
    expect(await list('2026-11-04T09:00:00Z')).toMatchInlineSnapshot(`
      "closed   console/import-access  every 92d, last closed 2026-11-03, next by 2027-02-03
               candor review open console/import-access --reviewer NAME
      "
    `);
    expect(await list('2027-03-04T09:00:00Z')).toContain('overdue  console/import-access');
    const { out } = await candor(['review', '--json'], { now: '2026-11-04T09:00:00Z' });
    expect(JSON.parse(out)).toEqual({
      reviews: [
        {
          system: 'console/import-access',
          state: 'closed',
          every: '92d',
          lastClosedAt: '2026-11-03T10:00:00.000Z',
          nextDueAt: '2027-02-03T10:00:00.000Z',
          open: null,
        },
      ],
    });
    expect(out).not.toContain('Canary');
  });
});

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

test('a process that is killed while it signs off leaves a whole file: the old one, or the new one', async () => {
  await staff(
    Array.from({ length: 500 }, (_, index): Person => [String(index), `Canary ${index}`, 'agent']),
    {
      at: '2024-01-01T08:00:00Z',
    },
  );
  // The process reads the real clock.
  const id = 'console-2024-01-01';
  await open('2024-01-01T09:00:00Z');
  const text = await textOf(id);
  await writeFile(
    fileOf(id),
    text.replaceAll('    decision:\n    reason:\n', '    decision: keep\n    reason: Needed for it.\n'),
  );
  const before = await textOf(id);
  const bin = join(import.meta.dirname, '..', '..', 'cli', 'bin.ts');
  const environment = {
    ...process.env,
    CANDOR_KEYS: KEYS,
    STAFF_FILE: join(root, 'staff.csv'),
    CANDOR_STATE: join(root, 'state'),
  };
  for (let round = 0; round < 6; round += 1) {
    const child = spawn(process.execPath, [bin, 'review', 'close', id, '--reviewer', 'Rita'], {
      cwd: root,
      env: environment,
      stdio: 'ignore',
    });
    // Killed as soon as a draft shows, or when it has ended: no clock decides.
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let over = false;
    void ended.then(() => {
      over = true;
    });
    while (!over && (await readdir(join(root, 'content/access-reviews'))).length === 1) await new Promise(setImmediate);
    child.kill('SIGKILL');
    await ended;
    const now = await textOf(id);
    expect(now === before || /\nclosed:\n/.test(now)).toBe(true);
    if (now !== before) await writeFile(fileOf(id), before);
    for (const name of await readdir(join(root, 'content/access-reviews')))
      if (name.startsWith('.')) await rm(join(root, 'content/access-reviews', name));
  }
  expect((await candor(['check'])).err).toBe('');
});

test('open, killed at any change of the file system, leaves no file or a whole one, and can be run again', async () => {
  const kill = join(import.meta.dirname, '..', 'ledger', 'writer', 'kill-at.ts');
  const bin = join(import.meta.dirname, '..', '..', 'cli', 'bin.ts');
  // The process reads the real clock.
  await staff(everybody, { at: '2024-01-01T08:00:00Z' });
  const folder = join(root, 'content/access-reviews');
  const reviews = async () => (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.yaml'));
  const opened = async (killAt: number) => {
    const words = ['review', 'open', 'console/import-access', '--reviewer', 'Rita'];
    const child = spawn(process.execPath, ['--import', kill, bin, ...words], {
      cwd: root,
      env: {
        ...process.env,
        CANDOR_KEYS: KEYS,
        STAFF_FILE: join(root, 'staff.csv'),
        CANDOR_STATE: join(root, 'state'),
        KILL_AT: String(killAt),
        NODE_COMPILE_CACHE: join(root, 'compiled'),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    const signal = await new Promise<string | null>((resolve) => child.once('close', (_, by) => resolve(by)));
    return { signal, points: Number(/(\d+) points/.exec(err)?.[1]) };
  };
  const { points } = await opened(0);
  expect(points).toBeGreaterThan(5);
  expect(await reviews()).toHaveLength(1);
  const left = new Set<number>();
  for (let point = 1; point <= points; point += 1) {
    await rm(folder, { recursive: true, force: true });
    expect((await opened(point)).signal).toBe('SIGKILL');
    const { length } = await reviews();
    left.add(length);
    expect((await candor(['check'], { now: new Date().toISOString() })).err).toBe('');
    const again = await open(new Date().toISOString());
    if (length === 0) expect(again.err).toBe('');
    else expect(again.err).toContain('ReviewOpenAlready');
    expect(await reviews()).toHaveLength(1);
  }
  expect(left).toEqual(new Set([0, 1]));
});

test('whatever somebody is called is read back as it was pulled, on one line', () => {
  const signs = ['a', 'b', ' ', '\n', '\r', '\t', '\u0085', '\u2028', '\ufeff', ...'#:-?"\'{}[],&*!|>%@`~0.'];
  const unit = fc.oneof(fc.constantFrom(...signs), fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }));
  const name = fc.string({ unit, minLength: 1, maxLength: 12 }).filter((text) => text.isWellFormed());
  fc.assert(
    fc.property(name, (each) => {
      const { data } = openedReview(listOf([person(each, { roles: [each], also: [each] })]));
      const text = reviewText(data);
      expect(AccessReview.parse(readYaml(text).value)).toEqual(data);
      expect(text.split('\n').filter((line) => line.includes('pulled: {'))).toHaveLength(1);
      expect(text.split('\n').at(-4)).toContain('- pulled: {');
    }),
    { numRuns: 3000, seed: 20261103, examples: [[':\na'], ['?\n!']] },
  );
});

test('entries that share a list are written out, for content has no references', () => {
  const shared = { ...person('Ada'), also: ['ada'] };
  const { data } = openedReview(listOf([shared, { ...shared, key: 'other' }]));
  const text = reviewText(data);
  expect(text).not.toMatch(/[&*]a1/);
  expect(readYaml(text).problems).toEqual([]);
  expect(AccessReview.parse(readYaml(text).value)).toEqual(data);
});

test('nobody is named in what is recorded, in a version, or in what collect prints', async () => {
  await open();
  await decided();
  await close();
  const collected = await candor(['collect'], { now: '2026-11-03T12:00:00Z' });
  const digests = await digestContent(join(root, 'content'));
  expect(digests.map(({ path }) => path).filter((path) => path.includes('review'))).toEqual([]);
  const recorded = await readdir(join(root, 'content'), { recursive: true, withFileTypes: true });
  const machine = recorded.filter((entry) => entry.isFile() && /evidence|ledger/.test(entry.parentPath));
  expect(machine.length).toBeGreaterThan(5);
  const texts = await Promise.all(machine.map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')));
  expect([collected.out, collected.err, ...texts].join('\n')).not.toMatch(/Canary|Rita|Mallory|Left the company/);
});
