import { describe, expect, test } from 'vitest';
import { Subprocessor } from '../../schemas/index.ts';
import { matrixOf } from '../../site/sections/matrix.ts';
import { subprocessorsCsv } from '../../site/sections/subprocessors-csv.ts';
import { changeSentences } from '../../site/words/changes.ts';
import { day, minute } from '../../site/words/dates.ts';
import { factText, frameworkText, humanise } from '../../site/words/keys.ts';
import { reportHistoryWords } from '../../site/words/reports.ts';
import { stopAfter } from '../../site/words/sentence.ts';
import { duration, durationSum, weekdays } from '../../site/words/time.ts';
import { finding } from './records.ts';

describe('dates and durations', () => {
  test('are in UTC, with a month that needs no knowledge of the country', () => {
    expect(day('2026-11-03')).toBe('3 Nov 2026');
    expect(day('2026-09-30T23:59:59Z')).toBe('30 Sep 2026');
    expect(minute('2026-11-03T09:05:00Z')).toBe('3 Nov 2026, 09:05 UTC');
  });

  test.each([
    ['24h', '24 hours'],
    ['1d', '1 day'],
    ['2w', '2 weeks'],
    ['5bd', '5 business days'],
  ])('%s is %s', (short, long) => {
    expect(duration(short)).toBe(long);
  });

  test('a ceiling and the backups after it add up', () => {
    expect(durationSum(['90d', '30d'])).toBe('120 days');
    expect(durationSum(['1w', '12h'])).toBe('180 hours');
  });

  test('business days are named as a row where they are one', () => {
    expect(weekdays(['fri', 'mon', 'tue', 'wed', 'thu'])).toBe('Mon to Fri');
    expect(weekdays(['mon', 'wed', 'fri'])).toBe('Mon, Wed, Fri');
  });
});

test('keys of facts read as words', () => {
  expect(humanise('tenantTables')).toBe('Tenant tables');
  expect(humanise('rls-enabled')).toBe('RLS enabled');
  expect(factText(null)).toBe('unknown');
  expect(frameworkText('soc2:CC6.1')).toBe('SOC 2 CC6.1');
  expect(frameworkText('house-rules:7')).toBe('house-rules 7');
});

test('a name that ends with a full stop gets no second one', () => {
  expect(['Quill Ltd', 'Larkspur Desk, Inc.', 'Who is it?'].map((text) => text + stopAfter(text))).toEqual([
    'Quill Ltd.',
    'Larkspur Desk, Inc.',
    'Who is it?',
  ]);
});

test('what changed in sentences: a coverage that stayed, and a name with a full stop of its own', () => {
  const coverage = (percent: number) => ({ inPlace: 25, verified: percent / 4, percent });
  const changes = (before: number, after: number) =>
    changeSentences({
      schema: 'candor/release-changes@1',
      from: 1,
      to: 2,
      coverage: { before: coverage(before), after: coverage(after) },
      claims: [],
      subprocessors: [
        { id: 'weft', title: 'Weft Pte. Ltd.', change: 'added' },
        { id: 'mail', title: 'Mail', change: 'changed', fields: ['dpa', 'regions', 'ofAnotherTime'] },
      ],
      documents: [{ id: 'policy', title: 'Privacy policy', change: 'changed' }],
    });
  const named = [
    'Subprocessor added: Weft Pte. Ltd.',
    'Subprocessor changed (agreement, regions, ofAnotherTime): Mail.',
    'Document changed: Privacy policy.',
  ];
  expect(changes(28, 28)).toEqual(['Coverage stayed at 28 %.', ...named]);
  expect(changes(28, 32)).toEqual(['Coverage was 28 % and is 32 %.', ...named]);
});

test('the matrix puts failed subjects first, then those not judged, and folds away those that passed', () => {
  const { notPassed, passed } = matrixOf({
    findings: [
      finding('a', 'one', 'passed', '.'),
      finding('b', 'one', 'not-applicable', '.'),
      finding('a', 'two', 'inconclusive', '.'),
      finding('a', 'three', 'failed', '.'),
      finding('a', 'three', 'passed', '.'),
    ],
  });
  expect(notPassed.map(({ subject }) => subject)).toEqual(['three', 'two']);
  expect(notPassed[0]?.outcomes.get('a')).toBe('failed');
  expect(passed.map(({ subject }) => subject)).toEqual(['one']);
});

test('the list as CSV quotes what needs it and never starts a formula', () => {
  const vendor = Subprocessor.parse({
    name: 'Acme, "the" vendor',
    legalName: '=HYPERLINK("x")',
    url: 'https://acme.example',
    country: 'DE',
    purpose: 'Sends mail.',
    engagement: 'required',
    exposure: 'content',
    regions: ['eu-central', 'eu-west'],
    transfer: 'none',
    since: '2024-01-01',
  });
  const inventory = { observers: [], declared: new Map(), undeclared: [], undeclaredOmitted: false, excused: [] };
  expect(subprocessorsCsv([{ id: 'acme', file: 'acme.yaml', data: vendor }], inventory)).toBe(
    'id,name,legalName,country,address,contact,purpose,engagement,optOut,exposure,dataItems,regions,transfer,since,until,url,standing,seenBy,lastSeenOn,unobservable,reason\r\n' +
      `acme,"Acme, ""the"" vendor","'=HYPERLINK(""x"")",DE,,,Sends mail.,required,,content,,eu-central; eu-west,none,2024-01-01,,https://acme.example,declared,,,,\r\n`,
  );
});

test('what happened to a report in a state is not told as another move to that state', () => {
  const words = (facts: Record<string, unknown>) => reportHistoryWords({ from: 'confirmed', to: 'confirmed', facts });
  expect(words({ resealed: 2, was: 'a', digest: 'b' })).toBe('Message 2 encrypted to the keys of that day');
  expect(words({ guest: 'gil', keys: 'a' })).toBe('Shared with gil');
  expect(words({ audience: 'guest', digest: 'a' })).toBe('Written for the team and the guests');
  expect(words({ assignee: null })).toBe('Assigned to nobody');
  expect(words({ duty: 'cra', event: 'actively-exploited' })).toBe('CRA: actively exploited');
});
