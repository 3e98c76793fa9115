import { expect, test } from 'vitest';
import { scoreOf } from '../../posture/cvss.ts';
import { compareVersions } from '../../posture/version.ts';

// The first three are examples beside FIRST's specification: CVE-2022-41741, CVE-2020-3549, CVE-2014-0160.
test.each([
  ['CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.3, 'high'],
  ['CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 7.7, 'high'],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N', 8.7, 'high'],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 10, 'critical'],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N', 0, 'none'],
])('%s is %d, %s', (vector, score, rating) => {
  expect(scoreOf(vector)).toEqual({ score, rating, base: { score, rating } });
});

test('threat metrics change the score, and not that of the base', () => {
  const vector = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N';
  const { score, base } = scoreOf(`${vector}/E:U`);
  expect(base).toEqual({ score: 8.7, rating: 'high' });
  expect(score).toBeLessThan(8.7);
});

// SemVer 2.0.0, section 11, gives this order; the rest are numbers with dots, and days.
test.each([
  [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
  ],
  ['0', '1.9', '1.10', '1.10.1', '2', '10'],
  ['0', '2025-12-31', '2026-06-09', '2026-06-10'],
])('%s is before all that follow it', (...versions) => {
  for (const [i, a] of versions.entries())
    for (const [j, b] of versions.entries())
      expect([a, b, Math.sign(compareVersions(a, b) ?? Number.NaN)]).toEqual([a, b, Math.sign(i - j)]);
});

test('a day and a number have no order, and a build of a version is that version', () => {
  expect(compareVersions('1.0.0', '2026-06-09')).toBeUndefined();
  expect(compareVersions('1.0.0+a', '1.0.0+b')).toBe(0);
});
