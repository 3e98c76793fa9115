import type { Known } from '../../../collectors/define.ts';
import { type Content, Organization, Subprocessor } from '../../../schemas/index.ts';
import { contentWith } from '../../posture/worlds.ts';

/** A subprocessor that differs from a plain one in these fields. */
export function subprocessor(id: string, fields: object = {}): Content['subprocessors'][number] {
  const data = Subprocessor.parse({
    name: id,
    legalName: `${id}, Inc.`,
    url: `https://${id}.example.dev`,
    country: 'US',
    purpose: 'Does something for us.',
    engagement: 'required',
    exposure: 'metadata',
    regions: ['us-east'],
    transfer: 'scc',
    since: '2024-01-01',
    ...fields,
  });
  return { id, file: `subprocessors/${id}.yaml`, data };
}

/** What Harbour, of harbour.ch, declares on 3 November 2026. */
export function known(...subprocessors: Content['subprocessors']): Known {
  const organization = Organization.parse({
    name: 'Harbour',
    legalName: 'Harbour AG',
    product: 'Harbour Desk',
    summary: 'A helpdesk.',
    url: 'https://www.harbour.ch',
    trustUrl: 'https://trust.harbour.ch',
    country: 'CH',
    timeZone: 'Europe/Zurich',
    contacts: { security: 'security@harbour.ch' },
  });
  return {
    now: '2026-11-03T09:00:00.000Z',
    content: contentWith({ organization, subprocessors }),
    source: 'the-source',
    evidence: [],
  };
}
