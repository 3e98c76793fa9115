import { expect, test } from 'vitest';
import { doubts } from '../../../ledger/verify/doubts.ts';
import type { CheckResult, Evidence } from '../../../schemas/index.ts';
import { at, evidenceAfter, finding, T0 } from '../../posture/worlds.ts';
import { DAY, HOUR } from './page.ts';

const passed = { findings: [finding('passed')], complete: true, at: T0 };
const refused = { findings: [finding('error')], complete: false };
const said = (record: Evidence, now = T0 + HOUR) => doubts(new Map([['app-db/rows', record]]), at(now));

/** A record with a second check beside its own. */
function withCheck(record: Evidence, changes: Partial<CheckResult>): Evidence {
  return { ...record, checks: record.checks.flatMap((check) => [check, { ...check, check: 'other', ...changes }]) };
}

test('what was judged, and is current, is in no doubt', () => {
  expect(said(evidenceAfter([passed]))).toEqual([]);
  expect(said(evidenceAfter([{ ...passed, findings: [finding('failed')] }]))).toEqual([]);
  expect(said(evidenceAfter([{ ...passed, findings: [finding('not-applicable')] }]))).toEqual([]);
});

test('what is no longer current', () => {
  expect(said(evidenceAfter([passed]), T0 + 9 * DAY)).toMatchInlineSnapshot(`
    [
      "That app-db/rows is still so: its last look was valid until 2026-11-05T09:00:00.000Z.",
    ]
  `);
});

test('what nobody could ever judge', () => {
  expect(said(evidenceAfter([{ ...refused, at: T0 }]))).toMatchInlineSnapshot(`
    [
      "That app-db/rows is so: no look at it could judge anything yet.",
    ]
  `);
});

test('what the last look could not judge, and when one could, current or not', () => {
  const record = evidenceAfter([passed, { ...refused, at: T0 + HOUR }]);
  expect(said(record)).toMatchInlineSnapshot(`
    [
      "That app-db/rows is still so: its last look, at 2026-11-03T10:00:00.000Z, could not judge it; the last that could was at 2026-11-03T09:00:00.000Z, valid until 2026-11-05T09:00:00.000Z.",
    ]
  `);
  expect(said(record, T0 + 90 * DAY)).toEqual(said(record));
});

test('one check of several', () => {
  const record = evidenceAfter([passed]);
  expect(said(withCheck(record, { outcome: 'inconclusive' }))).toMatchInlineSnapshot(`
    [
      "That app-db/rows is still so: its last look, at 2026-11-03T09:00:00.000Z, could not judge 1 of its 2 checks; the last that could was at 2026-11-03T09:00:00.000Z, valid until 2026-11-05T09:00:00.000Z.",
    ]
  `);
  expect(
    said(withCheck(record, { outcome: 'inconclusive', observedAt: null, validUntil: null })),
  ).toMatchInlineSnapshot(`
    [
      "That app-db/rows is still so: its last look, at 2026-11-03T09:00:00.000Z, could not judge 1 of its 2 checks; no look before could either.",
    ]
  `);
});

test('one check that nobody could judge, and one that grew old', () => {
  expect(said(withCheck(evidenceAfter([passed]), { outcome: 'error' }), T0 + 9 * DAY)).toHaveLength(2);
});

test('of several checks, the one that was judged longest ago counts', () => {
  const record = evidenceAfter([passed, { ...refused, at: T0 + HOUR }]);
  const older = withCheck(record, { observedAt: at(T0 - DAY), validUntil: at(T0 + HOUR) });
  expect(said(older)).toMatchInlineSnapshot(`
    [
      "That app-db/rows is still so: its last look, at 2026-11-03T10:00:00.000Z, could not judge it; the last that could was at 2026-11-02T09:00:00.000Z, valid until 2026-11-03T10:00:00.000Z.",
    ]
  `);
  expect(said(withCheck(record, { observedAt: null, validUntil: null }))).toMatchInlineSnapshot(`
    [
      "That app-db/rows is still so: its last look, at 2026-11-03T10:00:00.000Z, could not judge it; not all of that was ever judged.",
    ]
  `);
});
