import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldsOf, type Item, momentOf, testItem } from '../../../posture/sampling/attributes.ts';
import { type AttributeOutcome, AttributeTest } from '../../../schemas/index.ts';

const item: Item = {
  author: 'Ada Lovelace',
  approver: 'grace',
  ticket: 'CHG-12: sort the list',
  risk: 'low',
  blank: ' ',
  none: null,
  opened: '2026-08-01T08:00:00Z',
  closed: '2026-08-01 12:00:00+02',
  day: '2026-08-01',
  next: '2026-08-02',
  later: '2026-08-01T10:00:00.001Z',
  word: 'yesterday',
};

const cases: [name: string, test: object, outcome: AttributeOutcome][] = [
  ['present', { field: 'author', present: true }, 'met'],
  ['blank is not present', { field: 'blank', present: true }, 'unavailable'],
  ['null is not present', { field: 'none', present: true }, 'unavailable'],
  ['a field that is not there', { field: 'gone', present: true }, 'unavailable'],
  ['what every object has is no field', { field: 'constructor', present: true }, 'unavailable'],
  ['equals', { field: 'risk', equals: 'low' }, 'met'],
  ['equals but for a capital', { field: 'risk', equals: 'Low' }, 'deviation'],
  ['one of', { field: 'risk', oneOf: ['high', 'low'] }, 'met'],
  ['none of', { field: 'risk', oneOf: ['high'] }, 'deviation'],
  ['null is none of them', { field: 'none', oneOf: ['high'] }, 'unavailable'],
  ['somebody else', { field: 'approver', differsFrom: 'author' }, 'met'],
  ['nobody else', { field: 'none', differsFrom: 'author' }, 'unavailable'],
  ['somebody, but by whom it was made is not known', { field: 'approver', differsFrom: 'none' }, 'unavailable'],
  ['a part of the text', { field: 'ticket', matches: '^CHG-\\d+\\b' }, 'met'],
  ['no part of it', { field: 'ticket', matches: '^chg' }, 'deviation'],
  ['before', { field: 'opened', atOrBefore: 'closed' }, 'met'],
  ['at the same instant, in another spelling', { field: 'closed', atOrBefore: 'closed' }, 'met'],
  ['after', { field: 'later', atOrBefore: 'closed' }, 'deviation'],
  ['a word is no time', { field: 'word', atOrBefore: 'closed' }, 'unavailable'],
  ['a day and an instant', { field: 'day', atOrBefore: 'closed' }, 'unavailable'],
  ['two days', { field: 'day', atOrBefore: 'next' }, 'met'],
  ['the same day', { field: 'day', atOrBefore: 'day' }, 'met'],
  ['the day after', { field: 'next', atOrBefore: 'day' }, 'deviation'],
  ['just within', { field: 'closed', within: '2h', of: 'opened' }, 'met'],
  ['just not within', { field: 'later', within: '2h', of: 'opened' }, 'deviation'],
  ['before it began', { field: 'opened', within: '2h', of: 'closed' }, 'deviation'],
  ['a day after, within a day', { field: 'next', within: '1d', of: 'day' }, 'met'],
  ['days do not tell hours', { field: 'day', within: '4h', of: 'day' }, 'unavailable'],
  ['hours that are whole days', { field: 'next', within: '24h', of: 'day' }, 'met'],
];

test.each(cases)('%s', (_, declared, outcome) => {
  expect(testItem(AttributeTest.parse(declared), item)).toBe(outcome);
});

test('an item that is gone meets nothing', () => {
  for (const [, declared] of cases) expect(testItem(AttributeTest.parse(declared), undefined)).toBe('unavailable');
});

test('nobody is somebody else by another spelling of their name', () => {
  const names = ['Ada', ' ada ', 'ADA', '\uff21da'];
  const other = AttributeTest.parse({ field: 'approver', differsFrom: 'author' });
  for (const author of names)
    for (const approver of names) expect(testItem(other, { author, approver })).toBe('deviation');
});

test('a text that is longer than is read is not available, and takes no time', () => {
  const slow = AttributeTest.parse({ field: 'text', matches: '^(a+)+$' });
  expect(testItem(slow, { text: 'a'.repeat(10_001) })).toBe('unavailable');
});

test('without a value no test is ever met', () => {
  const value = fc.constantFrom(null, '', ' ', '\t');
  fc.assert(
    fc.property(fc.constantFrom(...cases), value, ([, declared], blank) => {
      const parsed = AttributeTest.parse(declared);
      const empty = Object.fromEntries(fieldsOf(parsed).map((field) => [field, blank]));
      return testItem(parsed, empty) === 'unavailable';
    }),
  );
});

describe('a moment', () => {
  test.each([
    ['2026-08-01T08:00:00Z', '2026-08-01T08:00:00.000Z'],
    ['2026-08-01 08:00:00', '2026-08-01T08:00:00.000Z'],
    ['2026-08-01 08:00:00.123456+00', '2026-08-01T08:00:00.123Z'],
    ['2026-08-01T08:00+05:30', '2026-08-01T02:30:00.000Z'],
    ['2026-08-01T08:00:00-0730', '2026-08-01T15:30:00.000Z'],
    [' 2024-02-29 ', '2024-02-29T00:00:00.000Z'],
  ])('%s', (text, expected) => {
    expect(new Date(momentOf(text)?.ms ?? Number.NaN).toISOString()).toBe(expected);
  });

  test.each([
    '',
    'infinity',
    '2026-02-30',
    '2026-13-01',
    '2026-08-01T24:01:00Z',
    '2026-08-01T08:61:00Z',
    '01.08.2026',
    '1785571200',
    '2026-08-01T08:00:00 CEST',
    '2026-08-01T08:00:00+99:00',
  ])('not %j', (text) => expect(momentOf(text)).toBeUndefined());
});

test.each([
  [{ field: 'a' }],
  [{ field: 'a', present: false }],
  [{ field: 'a', equals: 'x', present: true }],
  [{ field: 'a', matches: '(' }],
  [{ field: 'a', within: '4h' }],
  [{ field: 'a', within: '0h', of: 'b' }],
  [{ field: '', present: true }],
])('a test that means nothing is refused: %j', (declared) => {
  expect(AttributeTest.safeParse(declared).success).toBe(false);
});
