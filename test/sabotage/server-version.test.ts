import { expect, it } from 'vitest';
import type { PostgresMajor } from '../../examples/postgres-server.ts';
import { startReference } from './reference.ts';

// No SQL turns a sound server into a flawed one, so this sabotage is a server that really has the flaw.
const servers: [PostgresMajor, 'passed' | 'failed', string][] = [
  [17, 'failed', 'sabotage: 17.5 lacks the correction of CVE-2025-8713, which came with 17.6'],
  [16, 'passed', 'near miss: 16.14 is an older major version, and has it'],
];

it.each(servers)('PostgreSQL %i: server-has-no-known-row-security-flaw %s (%s)', async (major, outcome) => {
  const reference = await startReference(major);
  try {
    const verdicts = [...(await reference.baseline('app')).values()];
    const server = verdicts.filter(({ check }) => check === 'server-has-no-known-row-security-flaw');
    expect(server.map((verdict) => verdict.outcome)).toEqual([outcome]);
    const others = verdicts.filter((verdict) => verdict.outcome === 'failed' && !server.includes(verdict));
    expect(others.map(({ check, subject }) => `${check} ${subject}`)).toEqual([
      'no-cross-tenant-write public.satisfaction_surveys',
      'no-excess-privilege public.import_rows',
    ]);
  } finally {
    await reference.stop();
  }
});
