import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import collector, { read } from '../../../collectors/import-access/collector.ts';
import type { AccessReview, Entry, Finding } from '../../../schemas/index.ts';
import {
  closedReview,
  contextOf,
  daysOn,
  knownWith,
  listOf,
  NOW,
  openedReview,
  outcomesOf,
  person,
} from '../access/lists.ts';

const mapping = {
  total: 'Total',
  exportedAt: 'Exported at',
  columns: {
    key: 'Id',
    name: 'Name',
    kind: 'Kind',
    roles: 'Role',
    secondFactor: '2-step',
    lastActiveAt: 'Last seen',
    createdAt: 'Since',
    expiresAt: 'Until',
    also: ['E-mail'],
  },
  kinds: { program: 'bot', invited: 'invitation' },
  administrators: { roles: ['admin'], atMost: 1 },
  publicRoles: ['admin', 'agent'],
};

const head = 'Id,Name,E-mail,Kind,Role,2-step,Last seen,Since,Until';
const ada = '17,Ada canary-ada,canary-ada@quill.example,,"admin,agent",yes,2026-11-02,2024-01-31,';
const ben = '18,Ben canary-ben,canary-ben@quill.example,,agent,enrolled,2026-11-02 08:00:00,2025-02-28,2027-01-01';
const robot = '19,canary-robot,,program,canary-role,,2026-11-03T08:00:00+01:00,2025-02-28,';
const guest = '20,canary-guest,,invited,agent,,,2026-11-01,';
const whole = [ada, ben, robot, guest];

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candor-import-'));
  file = join(folder, 'staff.csv');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Export = { lines?: string[]; total?: string; at?: string; text?: string };

async function look(
  { lines = whole, total = String(lines.length), at = NOW, text }: Export = {},
  reviews: Entry<AccessReview>[] = [reviewed],
  intent: object = {},
  now = NOW,
) {
  await writeFile(file, text ?? `Exported at,${at}\nTotal,${total}\n${[head, ...lines].join('\n')}\n`);
  const context = contextOf({ file }, collector.expect.parse({ ...mapping, ...intent }));
  const raw = collector.raw.parse(await collector.collect(context, knownWith(reviews, now)));
  const assessment = collector.assess(raw, context.expect);
  return { raw, ...assessment, outcomes: outcomesOf(collector, assessment.findings) };
}

const earlier = daysOn(-30);
const reviewed = closedReview(
  listOf([
    person('Ada', { key: '17', roles: ['admin', 'agent', 'billing'] }),
    person('Ben', { key: '18', roles: ['agent'] }),
    person('Mallory', { key: '66', roles: ['agent'] }),
  ]),
  { Mallory: 'revoke', Ada: { roles: ['admin', 'agent'] } },
  { at: earlier },
);

const allPassed = Object.fromEntries(Object.keys(collector.checks).map((check) => [check, 'passed']));

/** The outcomes that are not as they are for a good export. */
function turned(outcomes: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(outcomes).filter(([check, outcome]) => allPassed[check] !== outcome));
}

test('passed: a whole export, reviewed in time, and what was revoked is gone', async () => {
  const { outcomes, population, facts } = await look();
  expect(outcomes).toEqual(allPassed);
  expect(population).toMatchObject({ count: 4, complete: true });
  expect(facts).toMatchObject({
    people: 2,
    bots: 1,
    invitations: 1,
    reportedTotal: 4,
    roles: ['admin: 1', 'agent: 3'],
    withOtherRoles: 1,
    reviewState: 'closed',
    kept: 1,
    changed: 1,
    revoked: 1,
    provenGone: 1,
    gainedSinceReview: 2,
  });
});

describe('each check fails for its own reason, and for no other', () => {
  const edit = (line: string, from: string | RegExp, to: string) =>
    whole.map((each) => (each === line ? line.replace(from, to) : each));
  const cases: [string, () => ReturnType<typeof look>][] = [
    ['list-is-current', () => look({}, [reviewed], {}, daysOn(8))],
    ['reviewed-in-time', () => look({}, [reviewed, openedReview(listOf([person('Ada')]), { at: daysOn(-20) })])],
    [
      'decided-by-somebody-else',
      () => look({}, [closedReview(listOf([person('Ada', { key: '17' })]), {}, { at: earlier, by: 'ada' })]),
    ],
    ['revoked-access-is-gone', () => look({ lines: [...whole, ben.replace('18', '66')] })],
    ['changed-roles-were-changed', () => look({ lines: edit(ada, 'admin,agent', 'admin,agent,billing') })],
    ['every-person-uses-a-second-factor', () => look({ lines: edit(ben, 'enrolled', 'off') })],
    ['no-invitation-lingers', () => look({ lines: edit(guest, '2026-11-01', '2026-10-01') })],
    ['administrators-as-declared', () => look({ lines: edit(ben, 'agent,enrolled', 'admin,enrolled') })],
    ['no-account-without-activity', () => look({ lines: edit(ben, '2026-11-02 08:00:00', '2026-01-02') })],
    ['no-login-outlives-its-expiry', () => look({ lines: edit(ben, '2027-01-01', '2026-11-01') })],
  ];
  test.each(cases)('sabotage of %s', async (check, run) => {
    expect(turned((await run()).outcomes)).toEqual({ [check]: 'failed' });
  });

  test.each<[string, () => ReturnType<typeof look>]>([
    ['list-is-complete', () => look({ text: `Total,4\nExported at,${NOW}\n\n${head}\n${whole.join('\r\n')}` })],
    ['list-is-current', () => look({}, [reviewed], {}, daysOn(6))],
    ['reviewed-in-time', () => look({}, [reviewed, openedReview(listOf([person('Ada')]), { at: daysOn(-13) })])],
    ['decided-by-somebody-else', () => look({}, [reviewedByAnother()])],
    // Another Mallory, under another key.
    ['revoked-access-is-gone', () => look({ lines: [...whole, ben.replace('18,Ben', '67,Mallory')] })],
    // A role that was not there at the review was not taken away by it.
    ['changed-roles-were-changed', () => look({ lines: edit(ada, 'admin,agent', 'admin,agent,reports') })],
    ['every-person-uses-a-second-factor', () => look({ lines: edit(robot, 'canary-role,,', 'canary-role,no,') })],
    ['no-invitation-lingers', () => look({ lines: edit(guest, '2026-11-01', '2026-10-21') })],
    ['administrators-as-declared', () => look({ lines: edit(ben, 'agent,enrolled', 'administrator,enrolled') })],
    [
      'no-account-without-activity',
      () => look({ lines: edit(ben, /2026-11-02 08:00:00,2025-02-28/, 'never,2026-10-30') }),
    ],
    ['no-login-outlives-its-expiry', () => look({ lines: edit(ben, '2027-01-01', '2026-11-04') })],
  ])('near miss of %s', async (_check, run) => {
    expect(turned((await run()).outcomes)).toEqual({});
  });

  function reviewedByAnother(): Entry<AccessReview> {
    const { data, ...entry } = openedReview(listOf([person('Ada', { key: '17' }), person('Ben', { key: '18' })]), {
      at: earlier,
    });
    const entries = data.entries.map((each) => ({
      ...each,
      decision: 'keep' as const,
      reason: 'Needed.',
      ...(each.pulled.name === 'Ada' ? { reviewedBy: 'Ben' } : {}),
    }));
    return { ...entry, data: { ...data, entries, closed: { at: earlier, by: 'Ada', digest: '0'.repeat(64) } } };
  }
});

test('failed: a system that was never reviewed, and one whose review is too long ago', async () => {
  expect((await look({}, [])).outcomes).toMatchObject({
    'reviewed-in-time': 'failed',
    'revoked-access-is-gone': 'inconclusive',
  });
  const { outcomes, findings } = await look({ at: daysOn(63) }, [reviewed], {}, daysOn(63));
  expect(outcomes['reviewed-in-time']).toBe('failed');
  expect(reasonOf(findings, 'reviewed-in-time')).toBe(
    'The last review was closed on 4 Oct 2026; the next was due by 4 Jan 2027.',
  );
});

test('partial: an export of fewer than the system has passes nothing, and still fails what it shows', async () => {
  const { population, outcomes } = await look({ total: '5', lines: [ada, ben, robot, ben.replace('18', '66')] });
  expect(population).toMatchObject({ count: 4, complete: false });
  expect(outcomes).toMatchObject({ 'list-is-complete': 'inconclusive', 'revoked-access-is-gone': 'failed' });
  const without = await look({ total: '5' });
  expect(without.outcomes).toMatchObject({
    'revoked-access-is-gone': 'inconclusive',
    'changed-roles-were-changed': 'inconclusive',
  });
  expect(without.facts.provenGone).toBeNull();
});

test('empty: a list of nobody passes nothing, and proves no removal', async () => {
  const { population, outcomes } = await look({ lines: [] });
  expect(population).toMatchObject({ count: 0, complete: false });
  expect(outcomes).toMatchObject({
    'list-is-complete': 'inconclusive',
    'revoked-access-is-gone': 'inconclusive',
    'administrators-as-declared': 'inconclusive',
    'no-invitation-lingers': 'inconclusive',
    'every-person-uses-a-second-factor': 'empty',
  });
});

describe('what is not known is never green', () => {
  const noTotal = { total: undefined };
  test.each<[string, Export, object, Record<string, string>]>([
    [
      'a second factor in words that are not declared',
      { lines: [ada, ben.replace('enrolled', 'pending'), robot, guest] },
      {},
      { 'every-person-uses-a-second-factor': 'inconclusive' },
    ],
    [
      'a last activity that the export does not tell',
      { lines: [ada, ben.replace('2026-11-02 08:00:00', 'never'), robot, guest] },
      {},
      { 'no-account-without-activity': 'inconclusive' },
    ],
    [
      'an invitation without a date',
      { lines: [ada, ben, robot, guest.replace('2026-11-01', '')] },
      {},
      { 'no-invitation-lingers': 'inconclusive' },
    ],
    [
      'an activity in the future',
      { lines: [ada, ben.replace('2026-11-02 08:00:00', '2026-12-01'), robot, guest] },
      {},
      { 'no-account-without-activity': 'inconclusive' },
    ],
    [
      'an export without a total, which may be cut off',
      {},
      noTotal,
      {
        'list-is-complete': 'inconclusive',
        'revoked-access-is-gone': 'inconclusive',
        'changed-roles-were-changed': 'inconclusive',
      },
    ],
    [
      'administrators by a word that the system does not use',
      {},
      { administrators: { roles: ['amdin'], atMost: 1 } },
      { 'administrators-as-declared': 'inconclusive' },
    ],
    [
      'ids of another column, or of another system',
      { lines: whole.map((line) => `u${line}`) },
      {},
      { 'revoked-access-is-gone': 'inconclusive', 'changed-roles-were-changed': 'inconclusive' },
    ],
    [
      'administrators that nobody limited',
      {},
      { administrators: undefined },
      { 'administrators-as-declared': 'not-applicable' },
    ],
    [
      'administrators whose roles nobody declared',
      {},
      { administrators: { atMost: 1 } },
      { 'administrators-as-declared': 'inconclusive' },
    ],
    ['an export from the future', { at: daysOn(2) }, {}, { 'list-is-current': 'inconclusive' }],
  ])('%s', async (_title, exported, intent, expected) => {
    const { outcomes, population } = await look(exported, [reviewed], intent);
    expect(turned(outcomes)).toEqual(expected);
    if ('list-is-current' in expected || intent === noTotal) expect(population.complete).toBe(false);
  });

  test('a review of a list of no date, or of no total', async () => {
    const { data, ...entry } = reviewed;
    const of = (list: Partial<AccessReview['list']>) => [
      { ...entry, data: { ...data, list: { ...data.list, ...list } } },
    ];
    const inTime = { 'reviewed-in-time': 'inconclusive' };
    expect(turned((await look({}, of({ asOf: null }))).outcomes)).toEqual(inTime);
    expect(turned((await look({}, of({ reportedTotal: null, complete: false }))).outcomes)).toEqual(inTime);
  });

  test('nobody who may be an administrator, and nobody who is', async () => {
    const { outcomes } = await look({ lines: [ben, robot, guest] }, [reviewed], {
      administrators: { roles: ['admin'], atMost: 0 },
    });
    expect(outcomes['administrators-as-declared']).toBe('passed');
  });

  test('whether somebody is of the company, where the export does not say it', async () => {
    const outside = async (lines: string[], columns: object) => (await look({ lines }, [], columns)).facts.outside;
    expect(await outside(whole, {})).toBeNull();
    const columns = { columns: { ...mapping.columns, kind: undefined, outside: 'Kind' } };
    expect(await outside([ada.replace(',,"', ',yes,"'), ben.replace(',,', ',no,')], columns)).toBe(1);
    expect(await outside([ada.replace(',,"', ',yes,"'), ben], columns)).toBeNull();
  });

  test('an export that does not say when it was made proves no removal', async () => {
    const { outcomes, population } = await look({}, [reviewed], { exportedAt: undefined });
    expect(population.complete).toBe(false);
    expect(turned(outcomes)).toEqual({
      'list-is-current': 'inconclusive',
      'revoked-access-is-gone': 'inconclusive',
      'changed-roles-were-changed': 'inconclusive',
    });
  });

  test('an export from before the sign-off proves no removal', async () => {
    const late = closedReview(listOf([person('Mallory', { key: '66' })]), { Mallory: 'revoke' }, { at: daysOn(-1) });
    expect((await look({ at: daysOn(-2) }, [late])).outcomes['revoked-access-is-gone']).toBe('inconclusive');
    expect((await look({ at: NOW }, [late])).outcomes['revoked-access-is-gone']).toBe('passed');
  });
});

test('somebody who was revoked, and whom a later review keeps, is no failure', async () => {
  const back = closedReview(listOf([person('Mallory', { key: '66' })]), {}, { at: daysOn(-2), id: 'later' });
  const lines = [...whole, ben.replace('18', '66')];
  const { outcomes, findings } = await look({ lines }, [reviewed, back]);
  expect(outcomes['revoked-access-is-gone']).toBe('passed');
  expect(findings.filter(({ check }) => check === 'revoked-access-is-gone').map(({ reason }) => reason)).toEqual([
    'A later review has decided anew about what it revoked.',
    'It revoked nothing.',
  ]);
});

describe('whoever was revoked is found again', () => {
  const byMail = { columns: { ...mapping.columns, key: 'E-mail', also: [] } };
  const mallory = (mail: string, more = '66,Mallory') =>
    ben.replace('18,Ben canary-ben', more).replace('canary-ben@', mail);
  const kept = person('Ben', { key: 'canary-ben@quill.example' });
  const gone = (key: string, also: string[] = []) =>
    closedReview(listOf([kept, person('Mallory', { key, also })]), { Mallory: 'revoke' }, { at: earlier });
  const seen = async (line: string, review: Entry<AccessReview>, intent: object = {}) =>
    (await look({ lines: [...whole.slice(0, 2), line] }, [review], intent)).outcomes['revoked-access-is-gone'];

  test('by an address in other letters, wherever it stands', async () => {
    expect(await seen(mallory('MALLORY@'), gone('mallory@quill.example'), byMail)).toBe('failed');
    expect(await seen(mallory('mallory@', '67,Eve'), gone('66', ['Mallory@Quill.example']))).toBe('failed');
    expect(await seen(mallory('mallory@', '67,Eve'), gone('mallory@quill.example'))).toBe('failed');
  });
  test('near miss: an id that differs by case, and nothing in the place of an address', async () => {
    expect(await seen(mallory('eve@', 'abC,Eve'), gone('abc'))).toBe('passed');
    const nothing = mallory('x@', '67,Eve').replace('x@quill.example', 'N/A');
    expect(await seen(nothing, gone('66', ['n/a']))).toBe('passed');
  });
  test('near miss: two accounts with one address, of which one was kept', async () => {
    const two = listOf([
      person('Ada', { key: '17', also: ['canary-ada@quill.example'] }),
      person('Ada’s second', { key: '66', also: ['canary-ada@quill.example'] }),
    ]);
    const review = closedReview(two, { 'Ada’s second': 'revoke' }, { at: earlier });
    expect(await seen(robot, review)).toBe('passed');
    // A third one is hers again.
    expect(await seen(mallory('canary-ada@', '67,Ada'), review)).toBe('failed');
  });
});

test('10,000 entries are judged whole', async () => {
  const lines = Array.from({ length: 10_000 }, (_, index) => ben.replace('18', String(1000 + index)));
  const { outcomes, population, findings } = await look({ lines });
  expect(population).toMatchObject({ count: 10_000, complete: true });
  expect(outcomes['every-person-uses-a-second-factor']).toBe('passed');
  expect(findings.length).toBeLessThan(20);
});

describe('JSON', () => {
  const entry = {
    id: 17,
    profile: { name: 'Ada', mail: 'ada@quill.example' },
    roles: ['admin'],
    mfa: true,
    seen: '2026-11-02T10:00:00Z',
  };
  const intent = {
    format: 'json',
    rows: 'data.users',
    total: 'data.total',
    exportedAt: 'at',
    columns: {
      key: 'id',
      name: 'profile.name',
      roles: 'roles',
      secondFactor: 'mfa',
      lastActiveAt: 'seen',
      also: ['profile.mail'],
    },
  };
  const read = async (more: object) => {
    const text = JSON.stringify({ at: NOW, data: { total: 1, users: [{ ...entry, ...more }] } });
    return (await look({ text }, [], intent)).raw.list.principals[0];
  };

  test.each<[string, object]>([
    ['Entry 1: `roles` is not text, nor a list of texts.', { roles: [{ name: 'canary' }] }],
    ['Entry 1: `roles` is not text, nor a list of texts.', { roles: { canary: true } }],
    ['Entry 1: `also` is not text, nor a list of texts.', { profile: { name: 'A', mail: { canary: 1 } } }],
    ['Entry 1: `key` is not text.', { id: ['canary', 'b'] }],
    ['Entry 1: `lastActiveAt` is not text.', { seen: { canary: 1 } }],
  ])('a list of things is not taken for an empty one: %s', async (message, more) => {
    await expect(read(more)).rejects.toMatchObject({ kind: 'schema', message });
  });

  test('several other names are read, and half a character is none', async () => {
    const mail = ['ada@quill.example', 'ada@other.example'];
    expect(await read({ profile: { name: 'A\ud800', mail } })).toMatchObject({ name: 'A\ufffd', also: mail });
  });

  test('is read by paths', async () => {
    const text = JSON.stringify({ at: NOW, data: { total: 1, users: [entry] } });
    const { raw, outcomes } = await look({ text }, [], intent);
    expect(raw.list.principals).toMatchObject([
      {
        key: '17',
        name: 'Ada',
        roles: ['admin'],
        secondFactor: true,
        lastActiveAt: '2026-11-02T10:00:00.000Z',
        also: ['ada@quill.example'],
      },
    ]);
    expect(outcomes).toMatchObject({ 'list-is-complete': 'passed', 'no-login-outlives-its-expiry': 'not-applicable' });
  });
});

test('words of a program are no kinds', async () => {
  const { raw } = await look({ lines: [ada.replace(',,"', ',constructor,"'), ben.replace(',,', ',__proto__,')] });
  expect(raw.list.principals.map(({ kind }) => kind)).toEqual(['person', 'person']);
});

describe('a file that is not what the mapping says is unreadable, and nothing of it is quoted', () => {
  test.each<[string, string, object]>([
    [
      'No line of the file has the column that `columns.key` names; commas stand between columns.',
      'canary,b\n1,2\n',
      {},
    ],
    [
      'No line of the file has the column that `columns.key` names; commas stand between columns.',
      head.replaceAll(',', ';'),
      {},
    ],
    ['No line of the file has the column that `columns.key` names; commas stand between columns.', '', {}],
    [
      'The file says its total or its date twice.',
      `Exported at,${NOW}\nTotal,1\nId,Name\n1,canary\nTotal,1\n`,
      { columns: { key: 'Id', name: 'Name' } },
    ],
    [
      'The file has no column of the name that `columns.also` gives.',
      `${head.replace('E-mail', 'canary')}\n`,
      { total: undefined, exportedAt: undefined },
    ],
    [
      'Line 4 of the file has 3 cells, and 9 columns are named.',
      `Exported at,${NOW}\nTotal,1\n${head}\ncanary,b,c\n`,
      {},
    ],
    ['Line 5 has the same key as line 4.', `Exported at,${NOW}\nTotal,2\n${head}\n${ada}\n${ada}\n`, {}],
    ['Line 4 has no key.', `Exported at,${NOW}\nTotal,1\n${head}\n${ada.replace('17', '')}\n`, {}],
    [
      'Line 4: `lastActiveAt` is not a date such as 2026-11-03.',
      `Exported at,${NOW}\nTotal,1\n${head}\n${ada.replace('2026-11-02', 'canary 2026')}\n`,
      {},
    ],
    [
      'Line 4: `lastActiveAt` is not a date such as 2026-11-03.',
      `Exported at,${NOW}\nTotal,1\n${head}\n${ada.replace('2026-11-02', '2026-02-31')}\n`,
      {},
    ],
    ['The file gives no number where `total` says.', `Exported at,${NOW}\nTotal,canary\n${head}\n${ada}\n`, {}],
    ['Two columns of the file have the same name.', `${head},Name\n`, {}],
    ['The file is not valid CSV (RFC 4180).', `${head}\n"canary`, {}],
    ['The file is not valid JSON.', '{canary', { format: 'json' }],
    ['There is no list at the path that `rows` names.', '{"canary":1}', { format: 'json', rows: 'users' }],
  ])('%s', async (message, text, intent) => {
    await expect(look({ text }, [], intent)).rejects.toMatchObject({ kind: 'schema', message });
    expect(message).not.toContain('canary');
  });

  test('a file that is not UTF-8', async () => {
    await writeFile(file, Buffer.from([0x49, 0x64, 0x0a, 0xe9]));
    const context = contextOf({ file }, collector.expect.parse(mapping));
    await expect(collector.collect(context, knownWith([]))).rejects.toMatchObject({
      message: 'The file is not text in UTF-8.',
    });
  });
});

test.each([
  ['denied', 'EACCES'],
  ['denied', 'EPERM'],
  ['transient', 'EIO'],
  ['configuration', 'ENOENT'],
])('denied or a transient error (%s): the system says %s, and its message is not repeated', async (kind, code) => {
  const failing = () => Promise.reject(Object.assign(new Error(`${code}: canary`), { code }));
  const context = contextOf({ file }, collector.expect.parse(mapping));
  const refused = { kind, message: expect.not.stringContaining('canary') };
  await expect(read(context, { stat: failing, readFile: failing })).rejects.toMatchObject(refused);
});

test('a file too large to be a list of users is not read', async () => {
  const stat = async () => ({ size: 65 * 1024 * 1024 });
  const readFile = () => Promise.reject(new Error('it was read'));
  const context = contextOf({ file }, collector.expect.parse(mapping));
  await expect(read(context, { stat, readFile })).rejects.toMatchObject({ kind: 'schema' });
});

test('a source that names no file at all is a configuration', async () => {
  await expect(read(contextOf({}, collector.expect.parse(mapping)))).rejects.toMatchObject({ kind: 'configuration' });
});

test('nobody is named: not in findings, nor in facts, nor in what is redacted', async () => {
  const { findings, facts, population, redactions } = await look({ lines: [...whole, ben.replace('18', '66')] });
  expect(JSON.stringify({ findings, facts, population, redactions })).not.toMatch(/canary|Mallory|quill|"1[789]"/i);
});

function reasonOf(findings: readonly Finding[], check: string): string | undefined {
  return findings.find((finding) => finding.check === check)?.reason;
}
