import { Advisory } from '../../schemas/index.ts';
import { type Publisher, toldAdvisories } from '../../site/advisories/told.ts';

/** A publisher whose page lies in a folder of its host. */
export const publisher: Publisher = {
  organization: {
    name: 'Larkspur Desk',
    legalName: 'Larkspur Desk, Inc.',
    product: 'Larkspur Desk',
    summary: 'A helpdesk.',
    url: 'https://larkspur.example',
    trustUrl: 'https://larkspur.example/trust',
    country: 'US',
    timeZone: 'America/Los_Angeles',
    contacts: { security: 'security@larkspur.example' },
    clocks: [],
  },
  home: 'https://larkspur.example/trust',
};

const package_ = {
  product: 'Webhooks',
  purl: 'pkg:npm/%40larkspur/webhooks',
  versions: [
    { introduced: '0', fixed: '1.9.4' },
    { introduced: '2.0.0-rc.1', fixed: '2.3.1+b' },
  ],
};
const least = {
  title: 'Something was wrong',
  publishedAt: '2026-06-17T15:00:00Z',
  summary: 'It <b>was</b> wrong & "quoted".',
  impact: 'It meant this.',
  solution: 'Update.',
  cvss: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N/E:U',
  affected: [{ product: 'Larkspur Desk', hosted: true, versions: [{ introduced: '0' }] }],
};
const most = {
  ...least,
  revisions: [{ at: '2026-06-17T15:00:01Z', summary: 'More.' }],
  workaround: 'Wait.',
  cwe: ['CWE-99999', 'CWE-208'],
  cve: 'CVE-2026-12345',
  ghsa: 'GHSA-2c4m-59x9-fr2g',
  affected: [
    ...least.affected,
    package_,
    { ...package_, purl: 'pkg:maven/example.larkspur/hooks', versions: [{ introduced: '2026.3' }] },
  ],
  references: ['advisory', 'article', 'fix', 'release-notes', 'report', 'web'].map((kind) => ({
    kind,
    title: kind,
    url: `https://larkspur.example/${kind}`,
  })),
  credits: ['finder', 'reporter', 'analyst', 'coordinator', 'fix-developer', 'fix-reviewer', 'tool'].map((role) => ({
    name: `Ines the ${role}`,
    url: 'https://okafor.example',
    role,
    consentedOn: '2026-06-10',
  })),
  timeline: ['introduced', 'reported', 'acknowledged', 'confirmed', 'exploited', 'mitigated', 'fixed', 'told'].map(
    (event) => ({ on: '2026-06-09', event, note: 'So it was.' }),
  ),
};

/** Advisories that between them have every field, and none but the needed ones, newest first. */
export const advisories = toldAdvisories(
  Object.entries({
    'least-2025-001': { ...least, publishedAt: '2025-12-31T23:59:59Z' },
    'most-2026-001': most,
    'package-2026-002': { ...least, affected: [package_] },
    'withdrawn-2026-003': { ...most, withdrawn: { at: '2026-07-01T00:00:00Z', reason: 'It was a mistake.' } },
  }).map(([id, fields]) => ({ id, file: '', data: Advisory.parse(fields) })),
  publisher,
);
