import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reviewText } from '../../cli/review/file.ts';
import { readYaml } from '../../loader/yaml.ts';
import { AccessReview } from '../../schemas/index.ts';
import { listOf, openedReview, person } from '../collectors/access/lists.ts';

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
    { numRuns: 1000, seed: 20261103, examples: [[':\na'], ['?\n!']] },
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
