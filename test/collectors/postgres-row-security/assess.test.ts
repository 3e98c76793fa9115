import { describe, expect, it } from 'vitest';
import { assessServer } from '../../../collectors/postgres-row-security/assess/server.ts';
import { syntheticRows } from '../../../collectors/postgres-row-security/candidates.ts';
import { planContext, settingsFor } from '../../../collectors/postgres-row-security/context.ts';
import { Expect } from '../../../collectors/postgres-row-security/expect.ts';
import { cut, literal, parseName, parseVia, shown } from '../../../collectors/postgres-row-security/names.ts';
import { applicable, combined } from '../../../collectors/postgres-row-security/policies.ts';
import { Catalog, type Policy } from '../../../collectors/postgres-row-security/raw.ts';
import { roleBook } from '../../../collectors/postgres-row-security/roles.ts';
import { setup } from '../../../collectors/postgres-row-security/setup.sql.ts';

const none = Catalog.parse(Object.fromEntries(Object.keys(Catalog.shape).map((key) => [key, []])));
const policy = (changes: Partial<Policy>): Policy => ({
  relation: 1,
  name: 'p',
  command: '*',
  permissive: true,
  roles: [],
  using: 'a',
  check: null,
  columns: [],
  functions: [],
  relations: [],
  ...changes,
});

describe('the combined policy', () => {
  it('joins permissive ones by or, restrictive ones by and, and repeats USING for a missing WITH CHECK', () => {
    const all = [policy({}), policy({ using: 'b', check: 'c' }), policy({ permissive: false, using: 'd' })];
    const consulted = applicable(all, new Set(['x']), 'update');
    expect(combined(consulted, 'using')?.replaceAll('\n', '')).toBe('((a) or (b)) and (d)');
    expect(combined(consulted, 'check')?.replaceAll('\n', '')).toBe('((a) or (c)) and (d)');
  });
  it('denies where only a restrictive one applies', () => {
    expect(combined(applicable([policy({ permissive: false })], new Set(), 'select'), 'using')).toBeNull();
  });
  it('counts policies of inherited roles and of the command only', () => {
    const all = [policy({ roles: ['staff'] }), policy({ command: 'd' })];
    expect(applicable(all, new Set(['app']), 'select').permissive).toEqual([]);
    expect(applicable(all, new Set(['app', 'staff']), 'select').permissive).toHaveLength(1);
  });
});

describe('roles', () => {
  const role = (name: string, bypass = false) => ({
    name,
    superuser: false,
    bypass,
    inherits: true,
    login: false,
    replication: false,
    createsRoles: false,
  });
  it('follow memberships through others, by SET and by INHERIT apart', () => {
    const memberships = [
      { member: 'app', role: 'mid', inherits: false, settable: true, admin: false },
      { member: 'mid', role: 'top', inherits: true, settable: true, admin: false },
    ];
    const book = roleBook({ roles: [role('app'), role('mid'), role('top', true)], memberships });
    expect([...book.settable('app')]).toEqual(['mid', 'top']);
    expect([...book.inherited('app')]).toEqual(['app']);
    expect([...book.inherited('mid')]).toEqual(['mid', 'top']);
  });
});

describe('server releases', () => {
  it.each([170005, 160009, 150013, 120022])('sabotage of server-has-no-known-row-security-flaw: %i', (version) => {
    expect(assessServer(version).outcome).toBe('failed');
  });
  it.each([180000, 170006, 160010, 140019, 130022])(
    'near miss of server-has-no-known-row-security-flaw: %i is old or new, and mended',
    (version) => {
      expect(assessServer(version).outcome).toBe('passed');
    },
  );
});

describe('names', () => {
  it('are quoted only where they must be', () => {
    expect(shown('projects')).toBe('projects');
    expect(shown('ta"ble 🦉')).toBe('"ta""ble 🦉"');
    expect(parseName('"we.ird"."a""b"')).toEqual({ schema: 'we.ird', name: 'a"b' });
    expect(parseName('a.b.c')).toBeNull();
    expect(parseVia('x -> public.t.id')).toEqual({
      column: 'x',
      target: { schema: 'public', name: 't' },
      targetColumn: 'id',
    });
    expect(literal(`it's \\`)).toBe(`E'it''s \\\\'`);
  });
  it('are cut between characters', () => {
    expect(cut('🦉🦉🦉', 4)).toBe('🦉…');
  });
});

describe('the intent', () => {
  it('is small when little is said', () => {
    expect(Expect.parse({ tenantKey: 'org_id', mode: 'policies' })).toMatchObject({ tables: {}, functions: {} });
  });
  it.each([{ tenantkey: 'x' }, { tables: { 'a.b': { reference: true, shared: 'because' } } }, { mode: 'off' }])(
    'refuses %j',
    (expectation) => {
      expect(Expect.safeParse(expectation).success).toBe(false);
    },
  );
});

describe('the context', () => {
  const claims = policy({ using: `org_id = (current_setting('request.jwt.claims', true)::json ->> 'org_id')::uuid` });
  it('is derived from what policies ask for, and a forger keeps its true claims', () => {
    const plan = planContext({ ...none, policies: [claims] }, Expect.parse({}));
    const tenants = [
      { id: 'B', user: 'b', real: true },
      { id: 'A', user: 'a', real: true },
    ];
    const asker = { kind: 'forged', variant: 'user-claims', tenant: 0, real: true } as const;
    const settings = settingsFor(plan, asker, { name: 'app', kind: 'client' }, tenants, tenants[1]);
    expect(JSON.parse(settings['request.jwt.claims'] ?? '')).toMatchObject({
      org_id: 'B',
      sub: 'b',
      role: 'app',
      user_metadata: { org_id: 'A' },
    });
  });
});

describe('made-up rows', () => {
  it('try the constants that policies compare with, and what the asker knows of itself', () => {
    const columns = [
      { relation: 1, name: 'state', type: 'text', category: 'S', required: false, access: null },
      { relation: 1, name: 'open', type: 'boolean', category: 'B', required: true, access: null },
    ];
    const rows = syntheticRows(
      { org_id: 'A' },
      { columns, ids: ['me'], text: `state = 'live'::text`, labels: new Map() },
    );
    expect(rows).toContainEqual({ org_id: 'A', state: 'live', open: true });
    expect(rows).toContainEqual({ org_id: 'A', state: 'me', open: false });
    expect(rows.length).toBeLessThanOrEqual(48);
  });
});

describe('the script', () => {
  it('grants the client roles, quoted, and no more', () => {
    const script = setup(Expect.parse({ clientRoles: ['app"x'] }));
    expect(script).toContain('grant "app""x" to candor;');
    expect(script).toContain('noinherit');
    expect(script).not.toMatch(/superuser;|grant all/);
  });
});
