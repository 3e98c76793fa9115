import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { noticesCalendar } from '../../site/sections/subprocessor-calendar.ts';
import { subprocessorsCsv } from '../../site/sections/subprocessors-csv.ts';
import { subprocessor } from '../collectors/vendors/company.ts';

const notice = {
  ...{ change: 'added', announcedOn: '2026-11-09', objectionDeadline: '2026-12-14', effectiveOn: '2026-12-31' },
  summary: `Copies of backups; in Helsinki, encrypted – ${'naïve '.repeat(30)}\nand kept.`,
};
const list = [subprocessor('oakvault', { name: 'Oakvault', notices: [notice] })];
const about = { name: 'Larkspur, Desk; Inc', page: 'https://trust.larkspur.example/subprocessors/' };

describe('the calendar of notices', () => {
  const text = noticesCalendar(about, list);
  /** Its content lines, unfolded (RFC 5545, 3.1). */
  const lines = text.replace(/\r\n[ \t]/g, '').split('\r\n');

  test('lines end in CR LF and have at most 75 octets', () => {
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  });

  test('has what is required, once, and every event is closed', () => {
    for (const name of ['BEGIN:VCALENDAR', 'VERSION:2.0', 'END:VCALENDAR'])
      expect(lines.filter((line) => line === name)).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('PRODID:'))).toHaveLength(1);
    expect(lines.filter((line) => line === 'BEGIN:VEVENT')).toHaveLength(3);
    expect(lines.filter((line) => line === 'END:VEVENT')).toHaveLength(3);
    expect(lines.filter((line) => line.startsWith('DTSTAMP:'))).toEqual(Array(3).fill('DTSTAMP:20261109T000000Z'));
  });

  test('each day is a whole one in no time zone, and ends where the next begins, also over New Year', () => {
    expect(lines.filter((line) => /^DT(START|END)/.test(line))).toEqual([
      'DTSTART;VALUE=DATE:20261109',
      'DTEND;VALUE=DATE:20261110',
      'DTSTART;VALUE=DATE:20261214',
      'DTEND;VALUE=DATE:20261215',
      'DTSTART;VALUE=DATE:20261231',
      'DTEND;VALUE=DATE:20270101',
    ]);
  });

  test('texts are escaped (3.3.11)', () => {
    expect(lines).toContain('NAME:Larkspur\\, Desk\\; Inc: notices about subprocessors');
    expect(lines.find((line) => line.startsWith('DESCRIPTION:'))).toBe(
      `DESCRIPTION:${notice.summary.replace(/[;,]/g, '\\$&').replace('\n', '\\n')}`,
    );
  });

  const uids = (notices: object[]) =>
    [
      ...noticesCalendar(about, [subprocessor('oakvault', { notices })])
        .replace(/\r\n[ \t]/g, '')
        .matchAll(/^UID:(.*)$/gm),
    ].map(([, uid]) => uid?.trim());

  test('a UID stays when a deadline moves, and no two are alike', () => {
    const moved = { ...notice, objectionDeadline: '2026-12-20', effectiveOn: '2027-01-31' };
    expect(uids([moved])).toEqual(uids([notice]));
    expect(uids([notice])).toEqual(
      ['announced', 'objection', 'effective'].map((day) => `oakvault.added.2026-11-09.${day}@trust.larkspur.example`),
    );
    expect(new Set(uids([notice, moved, { ...notice, change: 'changed' }])).size).toBe(9);
  });

  test('each line ends in CR LF, the last one too (3.1)', () => {
    expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true);
    expect(text).not.toMatch(/[^\r]\n/);
  });

  test('the same content gives the same bytes', () => expect(noticesCalendar(about, list)).toBe(text));
});

test('the CSV carries what was observed, and those that are not on the list', () => {
  const at = '2026-11-03T08:00:00.000Z';
  const by = { source: 'app', collector: 'browser-vendors', at };
  const csv = subprocessorsCsv([...list, subprocessor('heap', { unobservable: 'Only at night.' })], {
    observers: [{ source: 'app', collector: 'browser-vendors', state: 'looked', at, sawUnknownHosts: false }],
    declared: new Map([['oakvault', { sightings: [{ ...by, patterns: [] }], lastSeenOn: '2026-11-03' }]]),
    undeclared: [
      {
        name: '=Segment, Inc',
        reason: 'Seen, and not on the list.',
        since: at,
        seenBy: [by, { ...by, source: 'blog' }],
      },
    ],
    undeclaredOmitted: false,
    excused: [{ name: 'jsDelivr', reason: 'A style sheet.', seenBy: [by] }],
  });
  const rows: Record<string, string>[] = parse(csv, { columns: true, record_delimiter: '\r\n' });
  expect(
    rows.map(({ name, standing, seenBy, lastSeenOn, unobservable, reason }) => [
      name,
      standing,
      seenBy,
      lastSeenOn,
      unobservable,
      reason,
    ]),
  ).toEqual([
    ['Oakvault', 'declared', 'app/browser-vendors', '2026-11-03', '', ''],
    ['heap', 'declared', '', '', 'Only at night.', ''],
    [
      "'=Segment, Inc",
      'undeclared',
      'app/browser-vendors; blog/browser-vendors',
      '2026-11-03',
      '',
      'Seen, and not on the list.',
    ],
    ['jsDelivr', 'not-subprocessor', 'app/browser-vendors', '2026-11-03', '', 'A style sheet.'],
  ]);
});
