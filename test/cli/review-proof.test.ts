import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digestContent } from '../../ledger/releases/contents.ts';
import {
  candor,
  close,
  decided,
  everybody,
  fileOf,
  ID,
  open,
  outcomes,
  root,
  shown,
  staff,
  textOf,
  useCompany,
} from './reviews.ts';

useCompany();

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
