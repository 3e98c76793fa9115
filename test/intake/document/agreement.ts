import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AnnexInput, annexesOf } from '../../../intake/document/annexes.ts';
import { readTemplate, type Template } from '../../../intake/document/template.ts';
import { readTrust } from '../../../loader/trust.ts';
import { derive } from '../../../posture/derive.ts';
import { digestOf } from '../../../posture/digest.ts';
import {
  type Annexes,
  type DerivedClaim,
  Document,
  type EvidenceSummary,
  type RequestForm,
  type Trust,
} from '../../../schemas/index.ts';
import { form } from '../requests/forms.ts';

const content = join(import.meta.dirname, '..', '..', '..', 'content');
/** A moment at which all that the demo claims was seen an hour ago. */
export const at = '2026-11-22T17:00:00.000Z';
const looked = {
  since: '2026-11-03T09:00:00.000Z',
  observedAt: '2026-11-22T16:00:00.000Z',
  freshness: 'fresh',
} as const;
const lasting = { ...looked, dueAt: '2026-11-23T16:00:00.000Z', validUntil: '2026-11-24T16:00:00.000Z' };
const stated = { ...looked, dueAt: null, validUntil: '2027-06-30T23:59:59.999Z' };

/** A template of our own text. */
export function template(text: string, changes: Record<string, unknown> = {}): Template {
  const data = Document.parse({
    title: 'Data processing agreement',
    kind: 'dpa',
    version: '1.0',
    access: 'public',
    owner: 'privacy-lead',
    publishedOn: '2026-09-01',
    ...changes,
  });
  return readTemplate({ id: 'our-agreement', data, file: 'documents/our-agreement.md', text });
}

/** What is derived when every check passes and every statement runs, whatever was collected on this machine. */
function allSeen(trust: Trust): Trust {
  const claims = trust.claims.map((claim): DerivedClaim => {
    const isStated = claim.checks.length === 0 && claim.attestations.length > 0;
    return {
      ...claim,
      ...(isStated ? stated : lasting),
      state: isStated ? 'attested' : 'verified',
      fresh: true,
      checks: claim.checks.map((check) => ({ ...check, ...lasting, state: 'verified', outcome: 'passed' })),
      attestations: claim.attestations.map((support) => ({ ...support, ...stated, state: 'attested' })),
    };
  });
  const keys = new Map(
    claims.flatMap(({ checks }) => checks.map((check) => [`${check.source}/${check.collector}`, check])),
  );
  const evidence = [...keys].map(([key, { source, collector }]): EvidenceSummary => {
    const counts = { passed: 1, failed: 0, inconclusive: 0, error: 0, 'not-applicable': 0 };
    const said = { title: key, topic: 'isolation', environment: 'demo', method: 'TEST', cadence: '24h' } as const;
    const dates = { collectedAt: looked.observedAt, validUntil: lasting.validUntil, freshness: looked.freshness };
    return {
      source,
      collector,
      ...said,
      ...dates,
      id: digestOf(key),
      counts,
      population: null,
      path: `/evidence/${key}`,
    };
  });
  return { ...trust, claims, evidence };
}

/** What the demo’s content says at a moment, and its own template, read as an adopter’s would be. */
export async function demo(moment = at): Promise<Omit<AnnexInput, 'form'>> {
  const read = await readTrust(content, new Date(moment));
  const entry = read.content.documents.find(({ id }) => id === 'data-processing-agreement');
  if (entry === undefined) throw new Error('the demo has no agreement');
  const text = await readFile(join(content, entry.file), 'utf8');
  const { id, data, file } = entry;
  const trust = allSeen(derive(read.content, [], [], moment));
  return { content: read.content, trust, template: readTemplate({ id, data, file, text }), at: moment };
}

/** Annexes for Ada of Quill with changes to what she filled in. */
export async function annexes(changes: Partial<RequestForm> = {}): Promise<Annexes> {
  return annexesOf({ ...(await demo()), form: { ...form(), ...changes } });
}
