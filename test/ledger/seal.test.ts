import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evidenceId, flawOf, seal } from '../../ledger/records/seal.ts';
import { canonicalJson, digestOf, sha256 } from '../../posture/digest.ts';
import { Evidence, MAX_EVIDENCE_BYTES } from '../../schemas/index.ts';
import { evidenceAfter, finding, T0 } from '../posture/worlds.ts';
import { record, unsealed } from './records.ts';

describe('canonical JSON', () => {
  test('the example of RFC 8785, section 3.2.3', () => {
    const input: unknown = JSON.parse(
      String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
    );
    expect(canonicalJson(input)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test('the order of keys does not matter to a digest; values do', () => {
    expect(digestOf({ a: 1, b: 2 })).toBe(digestOf({ b: 2, a: 1 }));
    expect(digestOf({ a: 1, b: 2 })).not.toBe(digestOf({ a: 2, b: 1 }));
    expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
});

describe('sealing', () => {
  test('a sealed record reads back as it is', () => {
    const sealed = record();
    expect(Evidence.parse(JSON.parse(canonicalJson(sealed)))).toEqual(sealed);
    expect(flawOf(sealed, 'app-db', 'rows')).toBeUndefined();
  });

  test.each([10, 1_000, 20_000])('%i findings fit into the limit, and the counts still tell of all', (count) => {
    const sealed = record(count);
    expect(Buffer.byteLength(canonicalJson(sealed))).toBeLessThanOrEqual(MAX_EVIDENCE_BYTES);
    expect(sealed.findings.length + sealed.findingsOmitted).toBe(count);
    expect(sealed.counts.passed).toBe(count);
  });

  test('open failures are cut before a record is refused, and stay counted', () => {
    const long = 'x'.repeat(580);
    const findings = Array.from({ length: 300 }, (_, index) => ({
      ...finding('failed', `public.t${index}`),
      reason: long,
    }));
    const { id: _, ...whole } = evidenceAfter([{ findings, complete: true, at: T0 }]);
    const many = whole.checks.flatMap((check) =>
      Array.from({ length: 10 }, (_, index) => ({ ...check, check: `check-${index}` })),
    );
    const sealed = seal({ ...whole, checks: many });
    expect(Buffer.byteLength(canonicalJson(sealed))).toBeLessThanOrEqual(MAX_EVIDENCE_BYTES);
    for (const check of sealed.checks) expect(check.openFailures.length + check.openFailuresOmitted).toBe(300);
  });

  test('a record that can never fit is refused', () => {
    const permissions = Array.from({ length: 300 }, () => 'y'.repeat(290));
    expect(() => seal(unsealed(1, { permissions }))).toThrow(/without any finding/);
  });
});

describe('a record that was changed is noticed', () => {
  test('whatever is changed, wherever', () => {
    const sealed = record(3);
    const paths = leaves(sealed).filter((path) => path.at(-1) !== 'id' || path.length > 1);
    fc.assert(
      fc.property(fc.constantFrom(...paths), (path) => {
        const changed: unknown = JSON.parse(JSON.stringify(sealed), (key, value: unknown) =>
          key === path.at(-1) && typeof value === 'string' ? `${value}x` : value,
        );
        if (canonicalJson(changed) === canonicalJson(sealed)) return;
        expect(flawOf(changed, 'app-db', 'rows')).toBeDefined();
      }),
    );
  });

  test('an outcome turned green by hand', () => {
    const findings = [finding('failed')];
    const { id: _, ...whole } = evidenceAfter([{ findings, complete: true, at: T0 }]);
    const sealed = seal(whole);
    const green = JSON.parse(JSON.stringify(sealed).replaceAll('"outcome":"failed"', '"outcome":"passed"'));
    expect(flawOf(green, 'app-db', 'rows')).toBe('its content does not match its id; somebody changed it.');
    expect(evidenceId(sealed)).toBe(sealed.id);
  });

  test('a record in the place of another', () => {
    expect(flawOf(record(), 'other-db', 'rows')).toBe('it is of app-db/rows, but lies in the place of other-db/rows.');
    expect(flawOf({ hello: 1 }, 'app-db', 'rows')).toMatch(/does not have the shape/);
  });
});

function leaves(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, [...path, key]));
}
