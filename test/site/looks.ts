import type { Collection, Evidence, Finding } from '../../schemas/index.ts';
import { finding, record } from './records.ts';

/** The moment at which the fixture is looked at. */
export const NOW = '2026-11-03T10:30:00.000Z';
const TODAY = '2026-11-03T09:00:00.000Z';

/** What the sources of the fixture collect. */
export const collections = {
  rows: { every: '24h', validFor: '7d', expect: { tenantKey: 'org_id' } },
  transport: { every: '1h', validFor: '2d', expect: {} },
  reviews: { every: '24h', validFor: '7d', expect: {} },
} satisfies Record<string, Collection>;

const rowChecks = {
  'every-tenant-table-has-row-security': {
    title: 'Every tenant table has row-level security',
    statement: 'Each table with the tenant key has row-level security enabled and forced.',
  },
  'no-cross-tenant-read': {
    title: 'No tenant reads another tenant’s rows',
    statement: 'Under each client role, a session of one tenant sees its own rows and none of another tenant.',
  },
  'no-excess-privilege': {
    title: 'Client roles hold no right that passes row security by',
    statement: 'No client role may truncate, own or bypass row security on a tenant table.',
  },
};

const odd = [
  'public."Kunden & Gäste"',
  'public."📎 attachments"',
  `public.${'a_table_with_quite_a_long_name_'.repeat(4)}x`,
];

function rows(source: string): Evidence {
  const plain = Array.from({ length: 60 }, (_, index) => `public.table_${String(index + 1).padStart(2, '0')}`);
  const subjects = [...odd, ...plain];
  const findings: Finding[] = subjects.flatMap((subject, index) => [
    finding('every-tenant-table-has-row-security', subject, 'passed', 'Row-level security is enabled and forced.'),
    index === 3
      ? finding('no-cross-tenant-read', subject, 'failed', 'A session of one tenant saw 12 rows of another.')
      : index === 4
        ? finding(
            'no-cross-tenant-read',
            subject,
            'inconclusive',
            'Only one tenant has rows here, so nothing could be compared.',
          )
        : finding(
            'no-cross-tenant-read',
            subject,
            'passed',
            'Each of 3 tenants saw its own rows and none of the others’.',
          ),
    index === 5
      ? finding('no-excess-privilege', subject, 'failed', 'The role app may truncate this table.')
      : finding('no-excess-privilege', subject, 'passed', 'No such right.'),
  ]);
  return record({
    source,
    collector: { id: 'rows', title: 'Row-level security in PostgreSQL', topic: 'isolation' },
    collection: collections.rows,
    checks: rowChecks,
    findings,
    collectedAt: TODAY,
    facts: {
      serverVersion: '18.4',
      tenantTables: 63,
      tenantsCompared: 3,
      clientRoles: ['app', 'api'],
      readOnly: true,
      replicaLagSeconds: null,
    },
    redactions: [{ what: 'Names of tenants', why: 'They are customers.', count: 3 }],
  });
}

const transportChecks = {
  'tls-1-3-offered': { title: 'TLS 1.3 is offered', statement: 'A handshake with TLS 1.3 succeeds.' },
  'certificate-is-valid': { title: 'The certificate is valid', statement: 'The chain verifies and does not end soon.' },
};

function transport(collectedAt: string): Evidence {
  return record({
    source: 'website',
    collector: { id: 'transport', title: 'TLS of an endpoint', topic: 'encryption' },
    collection: collections.transport,
    checks: transportChecks,
    findings: Object.keys(transportChecks).map((check) =>
      finding(check, 'app.larkspur.example:443', 'passed', 'As it should be.'),
    ),
    collectedAt,
    facts: { protocols: ['TLS 1.2', 'TLS 1.3'], daysLeft: 47 },
  });
}

function reviews(): Evidence {
  const checks = {
    'changes-are-reviewed': {
      title: 'Every change is reviewed',
      statement: 'Each merged change has an approving review.',
    },
  };
  const look = {
    source: 'code',
    collector: { id: 'reviews', title: 'Reviews of changes', topic: 'development' },
    collection: collections.reviews,
    checks,
  };
  const before = record({
    ...look,
    findings: [finding('changes-are-reviewed', 'larkspur/app', 'passed', 'All 41 merged changes were approved.')],
    collectedAt: '2026-10-30T09:00:00.000Z',
  });
  return record({
    ...look,
    previous: before,
    findings: [finding('changes-are-reviewed', 'larkspur/app', 'error', 'The token was refused.')],
    collectedAt: TODAY,
  });
}

/** All records: one that passes in part, one that is stale, one that could not look, and one that all passes. */
export function records(): Evidence[] {
  const stale = { ...transport('2026-10-20T09:00:00.000Z') };
  return [
    rows('app-db'),
    rows('replica'),
    reviews(),
    transport(TODAY),
    record({
      source: 'old-site',
      collector: stale.collector,
      collection: collections.transport,
      checks: transportChecks,
      findings: stale.findings,
      collectedAt: stale.collectedAt,
    }),
  ];
}
