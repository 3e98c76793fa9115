import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { durationMs, RetentionRule, Role, SlaClock } from '../../schemas/index.ts';
import { isFields, least, over } from './seeds-instances.ts';
import { rowOf, table } from './seeds-table.ts';

describe('facts that are easily lost', () => {
  const clockOf = (id: string): SlaClock => {
    const [, facts] = Object.entries(rowOf(id).home).find(([, { clocks }]) => clocks !== undefined) ?? [];
    return z.object({ clocks: z.tuple([SlaClock]) }).parse(facts).clocks[0];
  };

  test('four business hours of another time zone', () => {
    const { starts, within, counts, hours } = clockOf('smbchat-59');
    expect([starts, within, counts]).toEqual(['receipt', '4h', 'business']);
    const offset = new Intl.DateTimeFormat('en', { timeZone: hours?.timeZone ?? 'UTC', timeZoneName: 'longOffset' });
    expect(offset.format(new Date('2026-11-22T00:00:00Z'))).toContain('GMT+08:00');
  });

  test('72 hours that start when a breach is confirmed, not when it is reported', () => {
    expect(clockOf('bizbot-71')).toMatchObject({ starts: 'confirmation', within: '72h', counts: 'calendar' });
  });

  test('a post-mortem five business days after the end', () => {
    expect(clockOf('dialer-67')).toMatchObject({ starts: 'resolution', within: '5bd', counts: 'business' });
  });

  test('90 days and 30 more of backups are up to 120', () => {
    const rule = RetentionRule.parse(over(least.retention, rowOf('smbchat-52').home.retention));
    expect(durationMs(rule.atMost ?? '1d') + durationMs(rule.backups ?? '1d')).toBe(durationMs('120d'));
  });

  test('logs that are kept 90 days are kept neither shorter nor longer', () => {
    for (const id of ['bizbot-47', 'smbchat-72']) {
      const facts = rowOf(id).home.retention;
      expect(isFields(facts) && facts.atLeast === '90d' && 'atMost' in facts, id).toBe(true);
    }
  });

  test('four roles', () => {
    const roles = ['owner', 'admin', 'member', 'viewer'].map((title) =>
      Role.parse({ ...least.roles, title, kind: 'product' }),
    );
    expect(roles.map(({ kind }) => kind)).toEqual(['product', 'product', 'product', 'product']);
  });

  test('a vendor that is ours, one that can be refused, one that is off until chosen, and one that the customer connects', () => {
    const engagements = Object.values(table.rows).map(({ home }) => home.subprocessors?.engagement);
    expect(new Set(engagements.filter((engagement) => engagement !== undefined))).toEqual(
      new Set(['required', 'opt-out', 'optional', 'customer-connected']),
    );
  });

  test('opposite intents for the same collector', () => {
    const modes = Object.values(table.rows).flatMap(
      ({ home }) => JSON.stringify(home.sources ?? {}).match(/(?<="mode":")[a-z-]+/g) ?? [],
    );
    expect(new Set(modes)).toEqual(new Set(['service-only', 'policies', 'application']));
  });
});
