import { expect, it } from 'vitest';
import type { Outcome } from '../../schemas/index.ts';
import { differences } from './compare.ts';
import type { Verdicts } from './reference.ts';
import { type Turn, unprotected } from './verdicts.ts';

const check = 'every-tenant-table-has-row-security';

function verdicts(outcomes: Record<string, Outcome>): Verdicts {
  return new Map(
    Object.entries(outcomes).map(([subject, outcome]) => [
      `${check} ${subject}`,
      { check, subject, outcome, reason: 'So it is.' },
    ]),
  );
}

function judged(before: Record<string, Outcome>, after: Record<string, Outcome>, turns: Turn[]): string[] {
  return differences(verdicts(before), verdicts(after), turns);
}

it('is content when the named verdict turns and nothing else does', () => {
  expect(judged({ a: 'passed', b: 'passed' }, { a: 'failed', b: 'passed' }, [unprotected('a')])).toEqual([]);
});

it('is content with a new subject that passes', () => {
  expect(judged({ a: 'passed' }, { a: 'passed', b: 'passed' }, [])).toEqual([]);
});

it('is content with a subject that the check begins to apply to, and that passes', () => {
  expect(judged({ a: 'not-applicable' }, { a: 'passed' }, [])).toEqual([]);
});

it.each<[string, Record<string, Outcome>, Record<string, Outcome>, Turn[]]>([
  ['the named verdict stays', { a: 'passed' }, { a: 'passed' }, [unprotected('a')]],
  ['the named subject is missing', {}, {}, [unprotected('a')]],
  ['the named verdict turns into something else', { a: 'passed' }, { a: 'inconclusive' }, [unprotected('a')]],
  ['another verdict turns', { a: 'passed', b: 'passed' }, { a: 'failed', b: 'failed' }, [unprotected('a')]],
  ['a new subject fails unasked', {}, { b: 'failed' }, []],
  ['a new subject is inconclusive unasked', {}, { b: 'inconclusive' }, []],
  ['the check stops to apply', { a: 'passed', b: 'passed' }, { a: 'failed', b: 'not-applicable' }, [unprotected('a')]],
  ['a verdict improves', { a: 'failed' }, { a: 'passed' }, []],
  ['a verdict disappears', { a: 'passed' }, {}, []],
  ['nothing at all turns under a star', { a: 'passed' }, { a: 'passed' }, [unprotected('*')]],
])('complains when %s', (_title, before, after, turns) => {
  expect(judged(before, after, turns)).toHaveLength(1);
});

it('lets a star stand for any number of subjects of its check', () => {
  expect(judged({ a: 'passed', b: 'passed' }, { a: 'failed', b: 'failed' }, [unprotected('*')])).toEqual([]);
});
