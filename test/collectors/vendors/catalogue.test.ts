import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Vendor, vendors } from '../../../collectors/vendors/catalogue.ts';
import { vendorIdsOf } from '../../../collectors/vendors/declared.ts';
import { indexOf } from '../../../collectors/vendors/matcher.ts';
import { subprocessor } from './company.ts';

/** Patterns that two vendors claim, in words. */
function conflicts(of: readonly Vendor[]): string[] {
  return [...indexOf(of)].flatMap(([kind, patterns]) =>
    [...patterns].flatMap(([pattern, claimed]) =>
      claimed.length > 1 ? [`${kind} ${pattern}: ${claimed.map(({ id }) => id).join(', ')}`] : [],
    ),
  );
}

describe('the map of vendors', () => {
  test('no signal is claimed by two vendors, nor twice by one', () => {
    expect(conflicts(vendors)).toEqual([]);
  });

  test('the walk finds a conflict, also between two spellings', () => {
    const of = (id: string, pypi: string) =>
      Vendor.parse({ id, name: id, website: `https://${id}.dev`, signals: { pypi: [pypi] } });
    expect(conflicts([of('a', 'Some_Package'), of('b', 'some-package')])).toEqual(['pypi some-package: a, b']);
  });

  test('each vendor has its own id, name and website, and a signal', () => {
    for (const field of ['id', 'name', 'website'] as const)
      expect(new Set(vendors.map((vendor) => vendor[field].toLowerCase())).size, field).toBe(vendors.length);
    for (const { id, signals } of vendors) expect(Object.keys(signals).length, id).toBeGreaterThan(0);
  });

  test('the number that the guide names is the number of vendors', () => {
    const guide = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'guides', 'vendors.md'), 'utf8');
    expect(guide).toContain(`a map of ${vendors.length} vendors`);
  });

  test('what could match nearly everything is refused', () => {
    const of = (signals: object) => Vendor.safeParse({ id: 'a', name: 'A', website: 'https://a.dev', signals }).success;
    expect(of({ npm: ['stripe'] })).toBe(true);
    for (const signals of [
      { npm: ['*'] },
      { npm: ['a*'] },
      { host: ['com'] },
      { host: ['*.stripe.com'] },
      { go: ['*'] },
    ])
      expect(of(signals), JSON.stringify(signals)).toBe(false);
    expect(of({ host: ['Stripe.com'] })).toBe(false);
    expect(of({ nmp: ['stripe'] })).toBe(false);
  });
});

describe('a subprocessor is found in the map', () => {
  test.each([
    ['by its id', subprocessor('stripe'), ['stripe']],
    ['by its address', subprocessor('payments', { url: 'https://stripe.com/en-ch' }), ['stripe']],
    ['by a host below it', subprocessor('payments', { url: 'https://docs.stripe.com' }), ['stripe']],
    ['by the longest address', subprocessor('hosting', { url: 'https://cloud.google.com/products' }), ['google-cloud']],
    [
      'by what it says itself',
      subprocessor('google', { vendors: ['google-cloud', 'firebase'] }),
      ['google-cloud', 'firebase'],
    ],
    ['as itself, when the map does not have it', subprocessor('postlane'), ['postlane']],
    ['not by a host that only ends alike', subprocessor('evil', { url: 'https://evil-stripe.com' }), ['evil']],
    ['not by the path of another product', subprocessor('ms', { url: 'https://www.microsoft.com/en-us' }), ['ms']],
  ])('%s', (_, entry, ids) => {
    expect(vendorIdsOf(entry, vendors)).toEqual(ids);
  });
});
