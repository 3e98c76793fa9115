import { z } from 'zod';
import type { Expect } from './expect.ts';
import type { ActingRole, Asker, Catalog, Policy } from './raw.ts';

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

/** So many words of policies are tried as keys of what a caller makes up, those first that stand near a setting. */
const MOST_KEYS = 40;
/** So many of them are tried inside each other. */
const MOST_NESTED = 20;

/** What of a request its caller chooses. */
const chosen = /(^|\.)request\.(headers?|cookies?|path|method)(\.|$)/;

/** Where identity services keep what users say of themselves. */
const editable = ['user_metadata', 'raw_user_meta_data', 'unsafe_metadata', 'unsafeMetadata'];

const JsonObject = z.record(z.string(), z.json());

/** The declared context, or one derived from the settings that policies and their helpers ask for. */
export function planContext(catalog: Catalog, expect: Expect): ContextPlan {
  const texts = policyTexts(catalog);
  const text = texts.join('\n');
  const names = new Set([...text.matchAll(/current_setting\s*\(\s*E?'([^']+)'/gi)].flatMap((match) => match[1] ?? []));
  const settings = expect.context.settings ?? derivedSettings(names, expect.tenantKey);
  const keys = new Set([expect.tenantKey, 'org_id', 'tenant_id', ...wordsIn(texts)]);
  return {
    settings,
    declared: expect.context.settings !== undefined,
    forged: { ...derivedForgeries(names, keys, settings, text), ...expect.context.forged },
  };
}

/** Words under which a policy may look for something: in quotes, whatever operator or function takes them, and in paths. */
function wordsIn(texts: readonly string[]): string[] {
  const near = (text: string) => Number(/current_setting|jwt|metadata/i.test(text));
  const text = [...texts].sort((a, b) => near(b) - near(a)).join('\n');
  const words = [...text.matchAll(/'((?:[^']|'')*)'/g)].flatMap(([, quoted = '']) =>
    /^\{.*\}$/.test(quoted) ? quoted.slice(1, -1).split(',') : [quoted],
  );
  const names = words.map((word) => word.trim().replace(/^"(.*)"$/, '$1'));
  return [...new Set(names.filter((name) => /^[\p{L}_][\p{L}\p{N}_. -]{0,60}$/u.test(name)))].slice(0, MOST_KEYS);
}

/** Expressions of policies and the bodies of the functions they call, which may call others. */
function policyTexts(catalog: Catalog): string[] {
  const texts = catalog.policies.flatMap((policy) => [policy.using ?? '', policy.check ?? '']);
  return [...new Set([...texts, helperBodies(catalog)(catalog.policies)])];
}

/** The bodies of all that some policies call, for each set of functions once. */
export function helperBodies(catalog: Catalog): (policies: readonly Policy[]) => string {
  const byOid = new Map(catalog.functions.map((each) => [each.oid, each]));
  const known = new Map<string, string>();
  return (policies) => {
    const called = new Set(policies.flatMap((policy) => policy.functions));
    const key = [...called].sort((a, b) => a - b).join();
    const found = known.get(key) ?? bodiesOf(called, catalog, byOid).join('\n');
    known.set(key, found);
    return found;
  };
}

function bodiesOf(
  called: Set<number>,
  catalog: Catalog,
  byOid: ReadonlyMap<number, Catalog['functions'][number]>,
): string[] {
  const bodies: string[] = [];
  // A Set yields what is added while it is walked.
  for (const oid of called) {
    const body = byOid.get(oid)?.body;
    if (body === undefined) continue;
    bodies.push(body);
    for (const other of catalog.functions)
      if (!called.has(other.oid) && body.includes(`${other.name}(`)) called.add(other.oid);
  }
  return bodies;
}

function derivedSettings(names: ReadonlySet<string>, tenantKey: string): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const name of names) {
    if (!/^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)+$/.test(name)) continue;
    if (chosen.test(name) || /admin|bypass|super|service/i.test(name)) continue;
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
  text: string,
): ContextPlan['forged'] {
  const under = <Value>(value: Value, most = keys.size): Record<string, Value> =>
    Object.fromEntries([...keys].slice(0, most).map((key) => [key, value]));
  const victim = under('{tenant}');
  const forged: ContextPlan['forged'] = {};
  const claims = new Set([...Object.keys(settings), ...names].filter((name) => /claims$/.test(name)));
  // One caller names the victim plainly, the next in a list, the last one level deeper; more only where it may matter.
  const shapes: [string, Json][] = [['user-claims', victim]];
  const named = editable.filter((root) => text.includes(root));
  if (named.length > 0)
    shapes.push(
      ['user-claims-list', under(['{tenant}'])],
      ['user-claims-nested', under(under('{tenant}', MOST_NESTED), MOST_NESTED)],
    );
  const roots = named.length > 0 ? named : editable.slice(0, 2);
  for (const name of claims)
    for (const [variant, value] of shapes)
      forged[variant] = {
        ...forged[variant],
        [name]: JSON.stringify(Object.fromEntries(roots.map((root) => [root, value]))),
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
  // The path, too, is whatever the caller asks for.
  const paths = [...names].filter((name) => chosen.test(name) && /\.(path|method)$/.test(name) && !(name in settings));
  const beginnings = [...text.matchAll(/'(\/[^'%]{0,60})'/g)].flatMap((match) => match[1] ?? []);
  if (paths.length > 0)
    for (const [i, beginning] of [...new Set(['', '/', '/x/', '/x/x/', ...beginnings])].slice(0, 7).entries())
      forged[i === 0 ? 'path' : `path-${i + 1}`] = Object.fromEntries(
        paths.map((name) => [name, `${beginning}{tenant}`]),
      );
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
