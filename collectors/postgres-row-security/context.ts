import { z } from 'zod';
import type { Expect } from './expect.ts';
import type { ActingRole, Asker, Catalog } from './raw.ts';

/** A tenant to compare with, and one of its users. Stays in memory. */
export type Tenant = {
  id: string;
  user: string;
  real: boolean;
  /** Whether a policy names it. */
  named?: boolean;
};

/** How a session is told who is asking: setting name to template. */
export type ContextPlan = {
  settings: Record<string, string>;
  declared: boolean;
  /** By variant: what a caller could make up. */
  forged: Record<string, Record<string, string>>;
};

const JsonObject = z.record(z.string(), z.json());

/** The declared context, or one derived from the settings that policies and their helpers ask for. */
export function planContext(catalog: Catalog, expect: Expect): ContextPlan {
  const text = policyText(catalog);
  const names = new Set([...text.matchAll(/current_setting\s*\(\s*E?'([^']+)'/gi)].flatMap((match) => match[1] ?? []));
  const settings = expect.context.settings ?? derivedSettings(names, expect.tenantKey);
  const keys = new Set([expect.tenantKey, 'org_id', 'tenant_id']);
  for (const match of text.matchAll(/->>?\s*E?'([^']+)'/g)) if (match[1]) keys.add(match[1]);
  for (const match of text.matchAll(/#>>?\s*E?'\{([^}']+)\}'/g))
    for (const key of (match[1] ?? '').split(',')) keys.add(key.trim());
  return {
    settings,
    declared: expect.context.settings !== undefined,
    forged: { ...derivedForgeries(names, keys, settings), ...expect.context.forged },
  };
}

/** Expressions of policies and the bodies of the functions they call, which may call others. */
function policyText(catalog: Catalog): string {
  const byOid = new Map(catalog.functions.map((each) => [each.oid, each]));
  const texts = catalog.policies.flatMap((policy) => [policy.using ?? '', policy.check ?? '']);
  const called = new Set(catalog.policies.flatMap((policy) => policy.functions));
  for (const oid of called) {
    const body = byOid.get(oid)?.body;
    if (body === undefined) continue;
    texts.push(body);
    for (const other of catalog.functions)
      if (!called.has(other.oid) && body.includes(`${other.name}(`)) called.add(other.oid);
  }
  return texts.join('\n');
}

function derivedSettings(names: ReadonlySet<string>, tenantKey: string): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const name of names) {
    if (!/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)+$/.test(name)) continue;
    if (/(^|\.)request\.(headers?|cookies?)/.test(name) || /admin|bypass|super|service/i.test(name)) continue;
    const last = name.split('.').at(-1) ?? '';
    if (/claims$/.test(last))
      settings[name] = JSON.stringify({
        sub: '{user}',
        role: '{role}',
        [tenantKey]: '{tenant}',
        app_metadata: { [tenantKey]: '{tenant}' },
      });
    else if (/role$/i.test(last)) settings[name] = '{role}';
    else settings[name] = /user|uid|sub|account_member|actor/i.test(last) ? '{user}' : '{tenant}';
  }
  return settings;
}

/** Claims that users edit themselves, and headers and cookies, each naming the victim under every key in sight. */
function derivedForgeries(
  names: ReadonlySet<string>,
  keys: ReadonlySet<string>,
  settings: Record<string, string>,
): ContextPlan['forged'] {
  const victim: Record<string, string> = Object.fromEntries([...keys].map((key) => [key, '{tenant}']));
  const forged: ContextPlan['forged'] = {};
  const claims = new Set([...Object.keys(settings), ...names].filter((name) => /claims$/.test(name)));
  for (const name of claims)
    forged['user-claims'] = {
      ...forged['user-claims'],
      [name]: JSON.stringify({ user_metadata: victim, raw_user_meta_data: victim }),
    };
  const headers: Record<string, string> = {};
  for (const key of keys) {
    const dashed = key.replaceAll('_', '-').toLowerCase();
    for (const header of [key, dashed, `x-${dashed}`, 'x-org-id', 'x-tenant-id']) headers[header] = '{tenant}';
  }
  const sent = [...names].filter((name) => /(^|\.)(headers|cookies)$/.test(name) && !(name in settings));
  if (sent.length > 0) forged.headers = Object.fromEntries(sent.map((name) => [name, JSON.stringify(headers)]));
  for (const name of names)
    if (/\.(header|cookie)\./.test(name) && !(name in settings))
      forged.headers = { ...forged.headers, [name]: '{tenant}' };
  return forged;
}

/** The settings for one asker. A forger keeps its own true context and adds what it made up about the victim. */
export function settingsFor(
  plan: ContextPlan,
  asker: Asker,
  role: ActingRole,
  tenants: readonly Tenant[],
  victim: Tenant | undefined,
): Record<string, string> {
  const self = tenants[asker.tenant];
  if (asker.kind === 'none' || !self) return {};
  if (asker.kind === 'empty')
    return Object.fromEntries(
      Object.entries(plan.settings).map(([name, template]) => [
        name,
        asker.variant === 'no-claims' && isObject(template) ? '{}' : '',
      ]),
    );
  const own = fillAll(role.kind === 'anonymous' ? {} : plan.settings, self, role.name);
  if (asker.kind === 'tenant' || !victim) return own;
  const made = fillAll(plan.forged[asker.variant] ?? {}, victim, role.name);
  for (const [name, value] of Object.entries(made)) own[name] = merged(own[name], value);
  return own;
}

function fillAll(templates: Readonly<Record<string, string>>, tenant: Tenant, role: string): Record<string, string> {
  return Object.fromEntries(Object.entries(templates).map(([name, template]) => [name, fill(template, tenant, role)]));
}

function fill(template: string, tenant: Tenant, role: string): string {
  const values: Record<string, string> = { tenant: tenant.id, user: tenant.user, role };
  const json = isObject(template);
  return template.replace(/\{(tenant|user|role)\}/g, (_, name: string) => {
    const value = values[name] ?? '';
    return json ? JSON.stringify(value).slice(1, -1) : value;
  });
}

function isObject(template: string): boolean {
  return parsed(template) !== null;
}

function parsed(text: string): Record<string, Json> | null {
  try {
    return JsonObject.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

type Json = z.infer<ReturnType<typeof z.json>>;

// Only what a caller may edit is made up, so what is made up replaces what was there, key by key.
function merged(own: string | undefined, made: string): string {
  const truth = own === undefined ? null : parsed(own);
  const lie = parsed(made);
  return truth && lie ? JSON.stringify(overlaid(truth, lie)) : made;
}

function overlaid(truth: Record<string, Json>, lie: Record<string, Json>): Record<string, Json> {
  const result = { ...truth };
  for (const [key, value] of Object.entries(lie)) {
    const below = JsonObject.safeParse(result[key]).data;
    const above = JsonObject.safeParse(value).data;
    result[key] = below && above ? overlaid(below, above) : value;
  }
  return result;
}
