/** For each home the least that its schema asks for; a row of the table puts its own facts over it. */
export const least: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  organization: {
    name: 'A',
    legalName: 'A Ltd',
    product: 'A',
    summary: 'A.',
    url: 'https://a.test',
    trustUrl: 'https://trust.a.test',
    country: 'DE',
    timeZone: 'Europe/Berlin',
    contacts: { security: 'security@a.test' },
  },
  sections: { title: 'A', order: 1 },
  claims: { title: 'A', status: 'in-place' },
  sources: {
    kind: 'postgres',
    title: 'A',
    environment: 'staging',
    collect: { 'postgres-row-security': {} },
  },
  attestations: {
    statement: 'A.',
    by: { kind: 'role', role: 'a' },
    statedOn: '2026-10-01',
    expiresOn: '2027-04-01',
  },
  certifications: { title: 'A', status: 'not-held' },
  subprocessors: {
    name: 'A',
    legalName: 'A Ltd',
    url: 'https://a.test',
    country: 'US',
    purpose: 'A.',
    engagement: 'required',
    exposure: 'content',
    regions: ['us-east'],
    transfer: 'scc',
    since: '2025-01-01',
  },
  dataItems: {
    title: 'A',
    description: 'A.',
    subjects: ['customers'],
    category: 'content',
    stores: ['a'],
    encryption: 'at-rest',
    purposes: ['a'],
  },
  retention: { title: 'A', deletion: 'hard-delete', enforcedBy: 'A job.' },
  dataFlows: { title: 'A', from: 'a', to: 'b', dataItems: ['a'], protection: 'tls' },
  roles: { title: 'A', kind: 'company', description: 'A.' },
  documents: {
    title: 'A',
    kind: 'policy',
    version: '1',
    access: 'public',
    owner: 'a',
    publishedOn: '2026-01-01',
  },
  roadmap: { title: 'A', status: 'considered', today: 'A.' },
  incidentPolicy: {
    summary: 'A.',
    severities: [{ id: 'a', title: 'A', description: 'A.' }],
    clocks: [{ id: 'a', title: 'A', starts: 'receipt', within: '1h', counts: 'calendar' }],
  },
  disclosure: {
    contacts: ['security@a.test'],
    expiresOn: '2027-06-30',
    languages: ['en'],
    scope: ['a'],
    safeHarbor: 'A.',
    clocks: [{ id: 'a', title: 'A', starts: 'receipt', within: '1h', counts: 'calendar' }],
    credit: 'opt-in',
    bounty: { kind: 'none' },
  },
  updates: { title: 'A', kind: 'notice', publishedOn: '2026-10-01', summary: 'A.' },
  dpaRequest: {
    id: 'a',
    needs: ['question'],
    company: 'A Ltd',
    jurisdiction: 'DE',
    website: 'https://customer.test',
    email: 'a@a.test',
    receivedAt: '2026-11-01T09:00:00Z',
    state: 'received',
  },
  vulnerabilityReport: {
    id: 'a',
    via: 'browser',
    ciphertext: { digest: 'a'.repeat(64), bytes: 1, recipients: 2 },
    receiptDigest: 'b'.repeat(64),
    receivedAt: '2026-11-01T09:00:00Z',
    state: 'received',
  },
};

/** True for an object that is neither null nor a list. */
export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `facts` laid over `base`. Lists and plain values replace, and so does an inner object that names its `kind`. */
export function over(base: unknown, facts: unknown): unknown {
  if (!isFields(base) || !isFields(facts)) return facts;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(facts))
    merged[key] = isFields(value) && 'kind' in value ? value : over(base[key], value);
  return merged;
}

/** Every field in `facts` by its steps; `[]` steps into a list. */
export function pathsOf(facts: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (Array.isArray(facts) && facts.length > 0) return facts.flatMap((item) => pathsOf(item, [...at, '[]']));
  if (!isFields(facts)) return [at];
  return Object.entries(facts).flatMap(([key, value]) => pathsOf(value, [...at, key]));
}

/** Whether a JSON Schema has a place for a path of pathsOf. */
export function hasPath(root: unknown, path: readonly string[], node: unknown = root): boolean {
  if (!isFields(node)) return false;
  const reference = node.$ref;
  if (typeof reference === 'string') {
    const target = reference
      .slice(2)
      .split('/')
      .reduce<unknown>((at, step) => (isFields(at) ? at[step] : null), root);
    return hasPath(root, path, target);
  }
  const [step, ...rest] = path;
  if (step === undefined) return true;
  for (const union of [node.anyOf, node.oneOf, node.allOf])
    if (Array.isArray(union) && union.some((member) => hasPath(root, path, member))) return true;
  if (step === '[]') return hasPath(root, rest, node.items);
  if (isFields(node.properties) && step in node.properties) return hasPath(root, rest, node.properties[step]);
  return isFields(node.additionalProperties) && hasPath(root, rest, node.additionalProperties);
}
