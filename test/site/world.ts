import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { z } from 'zod';
import { makeKeys, type PrivateKeys, parseKeys } from '../../ledger/keys/private.ts';
import { keep } from '../../ledger/records/keep.ts';
import { openLedger, originOf } from '../../ledger/writer.ts';
import type {
  AccessReview,
  Attestation,
  Claim,
  Exception,
  Organization,
  RoadmapItem,
  Role,
  Section,
  Source,
} from '../../schemas/index.ts';
import { closedReview, listOf, person } from '../collectors/access/lists.ts';
import { collections, records } from './looks.ts';

/** Text that stands in private places of the fixture and must never be published. */
export const CANARY = 'canary-7f3a9c';

const organization: z.input<typeof Organization> = {
  name: 'Larkspur Desk',
  legalName: 'Larkspur Desk, Inc.',
  product: 'Larkspur Desk',
  summary: 'A helpdesk for small teams. This page says what we do for security and shows what stands behind it.',
  url: 'https://larkspur.example',
  trustUrl: 'https://trust.larkspur.example',
  country: 'US',
  address: '1 Harbor Way, Portland, OR 97201',
  timeZone: 'America/Los_Angeles',
  contacts: { security: 'security@larkspur.example' },
};

const source = (title: string, kind: Source['kind'], id: keyof typeof collections): z.input<typeof Source> => ({
  kind,
  title,
  environment: 'demo',
  connection: { host: CANARY },
  collect: { [id]: collections[id] },
});

const rows = 'app-db/rows#';

const claims: Record<string, z.input<typeof Claim>> = {
  'every-table-is-guarded': {
    title: 'Row-level security guards every tenant table',
    status: 'in-place',
    evidence: [`${rows}every-tenant-table-has-row-security`],
    frameworks: ['soc2:CC6.1', 'iso27001:A.8.3', 'gdpr:32'],
    limits: 'It says nothing about tables outside of the product’s schemas.',
  },
  'tenants-are-apart': {
    title: 'No customer reads another customer’s tickets',
    status: 'in-place',
    evidence: [`${rows}no-cross-tenant-read`],
  },
  'few-rights': {
    title: 'The product’s login cannot pass row security by',
    status: 'in-place',
    evidence: [`${rows}no-excess-privilege`],
  },
  'tls-everywhere': {
    title: 'Every connection is encrypted with TLS 1.3',
    status: 'in-place',
    evidence: ['website/transport#tls-1-3-offered', 'website/transport#certificate-is-valid'],
  },
  'old-site-too': { title: 'So is the old site', status: 'in-place', evidence: ['old-site/transport#tls-1-3-offered'] },
  'reviewed-changes': {
    title: 'Two people look at every change',
    status: 'in-place',
    evidence: ['code/reviews#changes-are-reviewed'],
  },
  'never-looked': {
    title: 'Backups are restored every week',
    status: 'in-place',
    evidence: ['vault/rows#no-cross-tenant-read'],
  },
  'staff-trained': { title: 'Everybody here is trained each year', status: 'in-place', attestations: ['training'] },
  'all-together': {
    title: 'Isolation holds from the browser to the row',
    status: 'in-place',
    claims: ['every-table-is-guarded', 'tls-everywhere'],
  },
  'only-said': { title: 'We care about security', status: 'in-place' },
  'sso-soon': { title: 'Single sign-on with SAML', status: 'in-progress', roadmap: 'single-sign-on' },
  'pentest-planned': { title: 'An outside penetration test', status: 'planned', roadmap: 'single-sign-on' },
  'no-hipaa': { title: 'HIPAA agreements', status: 'not-available' },
  'one-region': { title: 'Backups lie in one data centre', status: 'in-place', disclosedWeakness: true },
};

const exception: z.input<typeof Exception> = {
  evidence: `${rows}no-excess-privilege`,
  subjects: ['public.table_03'],
  owner: 'security-lead',
  reason: 'The import empties its staging table; it holds nobody’s rows for long.',
  acceptedOn: '2026-10-12',
  expiresOn: '2026-12-31',
};

const attestation: z.input<typeof Attestation> = {
  statement: 'Everybody who works here has passed the course of this year.',
  by: { kind: 'role', role: 'security-lead' },
  statedOn: '2026-10-01',
  expiresOn: '2027-09-30',
};
const plan: z.input<typeof RoadmapItem> = {
  title: 'Single sign-on',
  status: 'in-progress',
  today: 'Sign-in is by password and second factor.',
  targetOn: '2026-12-01',
};
const role: z.input<typeof Role> = { title: 'Security lead', kind: 'company', description: 'Answers for security.' };
const section: z.input<typeof Section> = {
  title: 'Tenant isolation',
  order: 1,
  summary: 'How customers are kept apart.',
};

/** A review that names a canary wherever it names anybody. */
function reviewOfCode(): AccessReview {
  const everywhere = { name: CANARY, roles: [CANARY], also: [CANARY] };
  const list = listOf([person(CANARY, everywhere), person('other', { ...everywhere, kind: 'key' })]);
  const at = '2026-10-20T09:00:00.000Z';
  return closedReview(list, { [CANARY]: 'revoke' }, { at, by: `${CANARY} reviewer`, system: 'code/github-access' })
    .data;
}

/** Writes the smallest content that shows every state: no optional part but what the claims need. Signed with keys of its own, unless others are given. */
export async function writeWorld(folder: string, keys = parseKeys(makeKeys())): Promise<void> {
  const yaml = (path: string, value: unknown) =>
    write(join(folder, `${path}.yaml`), stringify(value, { aliasDuplicateObjects: false }));
  yaml('organization', organization);
  yaml('sources/app-db', source('The product’s database', 'postgres', 'rows'));
  yaml('sources/replica', source('The replica', 'postgres', 'rows'));
  yaml('sources/vault', source('The backup vault', 'postgres', 'rows'));
  yaml('sources/website', source('The public site', 'tls', 'transport'));
  yaml('sources/old-site', source('The old site', 'tls', 'transport'));
  yaml('sources/code', source('The code', 'github', 'reviews'));
  yaml('sections/isolation', section);
  yaml('roles/security-lead', role);
  yaml('attestations/training', attestation);
  yaml('roadmap/single-sign-on', plan);
  yaml('exceptions/staging', exception);
  yaml('access-reviews/code-2026-10-20', reviewOfCode());
  for (const [id, claim] of Object.entries(claims)) prose(folder, `claims/isolation/${id}`, claim, bodies[id] ?? '');
  await recordAll(folder, keys);
}

/** Records in the order of their time, as their runs did. */
async function recordAll(folder: string, keys: PrivateKeys): Promise<void> {
  const inOrder = records().toSorted((a, b) => Date.parse(a.run.endedAt) - Date.parse(b.run.endedAt));
  const ledger = await openLedger({
    content: folder,
    origin: originOf(organization.trustUrl),
    keys,
    now: () => new Date(inOrder[0]?.run.startedAt ?? 0),
    state: undefined,
  });
  try {
    for (const { id: _, previous: __, ...found } of inOrder) await keep(ledger, found, undefined, undefined);
  } finally {
    await ledger.close();
  }
}

const bodies: Record<string, string> = {
  'every-table-is-guarded':
    'The database itself refuses rows of another customer, **whatever the application does**.\n\n<details><summary>How</summary>By policies.</details>\n',
};

function prose(folder: string, path: string, fields: unknown, body: string): void {
  write(join(folder, `${path}.mdx`), `---\n${stringify(fields)}---\n\n${body}`);
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
