import { describe, expect, test } from 'vitest';
import { derive } from '../../posture/derive.ts';
import { at, claim, claimAt, contentWith, DAY, evidenceAfter, finding, T0 } from './worlds.ts';

const pass = { findings: [finding('passed')], complete: true, at: T0 };
const fail = { findings: [finding('failed')], complete: true, at: T0 };

describe('evidence that does not fit the source any more', () => {
  const sources = (change: object) => {
    const [entry] = contentWith().sources;
    if (entry === undefined) throw new Error('no source');
    return contentWith({ sources: [{ ...entry, data: { ...entry.data, ...change } }] });
  };

  test('a changed intent makes it unknown until it is collected anew', () => {
    const content = sources({ collect: { rows: { every: '24h', validFor: '48h', expect: { mode: 'application' } } } });
    expect(claimAt(T0, [pass], [], content)).toMatchObject({
      state: 'unknown',
      reason: 'The declared intent has changed since it was collected.',
    });
    expect(claimAt(T0, [fail], [], content).state).toBe('failing');
  });

  test('a source that was renamed to production does not inherit evidence of another environment', () => {
    expect(claimAt(T0, [pass], [], sources({ environment: 'staging' })).state).toBe('unknown');
  });

  test('a source that no longer collects it', () => {
    expect(claimAt(T0, [pass], [], sources({ collect: {} })).reason).toBe('The source no longer collects this.');
  });

  test('evidence from the future', () => {
    expect(claimAt(T0 - DAY, [pass]).state).toBe('unknown');
    expect(claimAt(T0 - 60_000, [pass]).state).toBe('verified');
  });

  test('a record that cannot be trusted', () => {
    const trust = derive(contentWith(), [], [{ source: 'app-db', collector: 'rows', reason: 'changed.' }], at(T0));
    expect(trust.claims[0]).toMatchObject({
      state: 'unknown',
      reason: 'The evidence record cannot be trusted: changed.',
    });
    expect(trust.missing).toHaveLength(1);
  });
});

describe('freshness', () => {
  test.each([
    [0, 'verified', 'fresh'],
    [25, 'verified', 'due'],
    [49, 'stale', 'stale'],
    [48 + 31 * 24, 'stale', 'abandoned'],
  ])('%i hours after the look', (hours, state, freshness) => {
    expect(claimAt(T0 + hours * 3_600_000, [pass])).toMatchObject({ state, freshness });
  });
});

describe('attestations and roll-ups', () => {
  const attestation = {
    statement: 'Shared logins do not exist.',
    by: { kind: 'role' as const, role: 'cto' },
    statedOn: '2026-10-01',
    expiresOn: '2026-12-31',
  };
  const attested = contentWith({
    attestations: [{ id: 'no-shared-logins', file: '', data: attestation }],
    claims: [claim('a', { evidence: [], attestations: ['no-shared-logins'] })],
  });

  test('a statement is attested, never verified, and runs out', () => {
    expect(claimAt(T0, [], [], attested).state).toBe('attested');
    expect(claimAt(Date.parse('2027-01-01T00:00:01Z'), [], [], attested).state).toBe('stale');
    expect(claimAt(Date.parse('2026-09-01T00:00:00Z'), [], [], attested).state).toBe('unknown');
  });

  test('a roll-up is as good as its worst claim', () => {
    const claims = [claim('all', { evidence: [], claims: ['a', 'b'] }), claim('a'), claim('b', { evidence: [] })];
    expect(claimAt(T0, [pass], [], contentWith({ claims })).state).toBe('unbacked');
    const good = [claim('all', { evidence: [], claims: ['a'] }), claim('a')];
    expect(claimAt(T0, [pass], [], contentWith({ claims: good })).state).toBe('verified');
  });

  test('a roll-up that rests on something planned fails', () => {
    const claims = [claim('all', { evidence: [], claims: ['a'] }), claim('a', { status: 'planned' })];
    expect(claimAt(T0, [pass], [], contentWith({ claims })).state).toBe('failing');
  });

  test('a circle ends, and backs nothing', () => {
    const claims = [claim('a', { evidence: [], claims: ['b'] }), claim('b', { evidence: [], claims: ['a'] })];
    expect(claimAt(T0, [pass], [], contentWith({ claims })).state).toBe('unbacked');
  });
});

describe('declared absence', () => {
  const absent = contentWith({ claims: [claim('no-sso', { status: 'not-available' })] });

  test('stays as declared, whatever the evidence says', () => {
    expect(claimAt(T0, [pass], [], absent)).toMatchObject({ state: 'not-available', review: false });
    expect(claimAt(T0, [fail], [], absent)).toMatchObject({ state: 'not-available', review: true });
  });

  test('asks for a second look when its probe grows old', () => {
    expect(claimAt(T0 + 3 * DAY, [pass], [], absent)).toMatchObject({ state: 'not-available', review: true });
  });
});

test('failing since the first look that saw it, whatever came between', () => {
  const again = { ...fail, at: T0 + DAY };
  expect(claimAt(T0 + DAY, [fail, again])).toMatchObject({ state: 'failing', since: at(T0), observedAt: at(T0 + DAY) });
});

test('an unknown that follows a failure keeps failing, and says when it was last seen', () => {
  const error = { findings: [finding('error', 'app-db')], complete: false, at: T0 + DAY };
  expect(claimAt(T0 + DAY, [fail, error])).toMatchObject({ state: 'failing', observedAt: at(T0) });
});

test('a failed subject that could not be looked at this time is still failing', () => {
  const blocked = { findings: [finding('error'), finding('passed', 'public.notes')], complete: true, at: T0 + DAY };
  expect(claimAt(T0 + DAY, [fail, blocked])).toMatchObject({ state: 'failing', since: at(T0) });
});

test('many failures are listed up to a limit, counted beyond it, and all are resolved by one complete pass', () => {
  const findings = Array.from({ length: 80 }, (_, index) => finding('failed', `public.t${index}`));
  const [check] = evidenceAfter([{ findings, complete: true, at: T0 }]).checks;
  expect(check?.openFailures).toHaveLength(50);
  expect(check?.openFailuresOmitted).toBe(30);
  const partial = { findings: [finding('passed', 'public.t1')], complete: false, at: T0 + 1 };
  expect(evidenceAfter([{ findings, complete: true, at: T0 }, partial]).checks[0]?.openFailuresOmitted).toBe(30);
  expect(
    claimAt(T0 + 2, [
      { findings, complete: true, at: T0 },
      { ...pass, at: T0 + 2 },
    ]).state,
  ).toBe('verified');
});
