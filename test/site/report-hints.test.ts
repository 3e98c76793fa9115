import { describe, expect, test } from 'vitest';
import { hintsFor, type Known, type Looked } from '../../site/scripts/reports/lane/hints.ts';

const known: Known = {
  products: [
    { name: 'Fern', versions: ['4.1', '4.2'] },
    { name: 'Fern for iOS', versions: [] },
  ],
  scope: ['https://*.fern.example', 'api.fern.example', 'the mobile apps'],
  outOfScope: ['Harbour Cloud https://harbour.example/security'],
  issues: [{ title: 'The search has no limit of its own', reason: 'The limit of the workspace holds.' }],
};
const full: Looked = {
  title: 'Invoices of others',
  description: 'They can be read.',
  steps: '1.',
  product: 'Fern',
  version: '4.2',
  asset: '',
};
const hints = (changes: Partial<Looked>) => hintsFor({ ...full, ...changes }, known);

describe('what is asked before a report is sent', () => {
  test('nothing of a report that has all', () => expect(hints({ asset: 'https://app.fern.example/x' })).toEqual([]));
  test.each([
    ['v4.2', []],
    ['4.2.7', []],
    ['4.20', ['4.20 is not a version of Fern that we support (4.1, 4.2). Is it there in one of these, too?']],
    ['', ['Which version of Fern? We support 4.1, 4.2.']],
  ])('of the version “%s”', (version, asked) => expect(hints({ version })).toEqual(asked));
  test('of no version where none are listed', () =>
    expect(hints({ product: 'Fern for iOS', version: '' })).toEqual([]));
  test.each([
    ['https://fern.example', []],
    ['API.fern.example/v1', []],
    ['the app', []],
    ['login.php', []],
    ['mailto:me@elsewhere.example', []],
    ['notfern.example', ['notfern.example is not listed in our scope (*.fern.example, api.fern.example). Is it ours?']],
    [
      'harbour.example',
      ['harbour.example is listed as out of scope. The disclosure policy says where such reports belong.'],
    ],
  ])('of the place “%s”', (asset, asked) => expect(hints({ asset })).toEqual(asked));
  test('of missing steps', () =>
    expect(hints({ steps: ' ' })).toEqual(['With steps that we can follow we see at once what you saw.']));
  test('of what is known', () => {
    expect(hints({ title: 'No limit in the search' })).toEqual([
      'Is it this, which we know of? The search has no limit of its own: The limit of the workspace holds.',
    ]);
    expect(hints({ title: 'The search lists invoices of others' })).toEqual([]);
  });
});
