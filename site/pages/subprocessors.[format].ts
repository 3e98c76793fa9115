import type { APIContext } from 'astro';
import { inventoryOf } from '../../posture/inventory.ts';
import { json, text } from '../canonical.ts';
import { pages } from '../navigation.ts';
import { subprocessorsCsv } from '../sections/subprocessors-csv.ts';
import { site } from '../trust.ts';

/** The list for machines, in both forms, when there is one. */
export async function getStaticPaths() {
  const formats = pages.subprocessors.shown(await site()) ? ['json', 'csv'] : [];
  return formats.map((format) => ({ params: { format } }));
}

/** All fields as JSON; those that fit a table as CSV (RFC 4180). */
export async function GET({ params }: APIContext): Promise<Response> {
  const { content, evidence, trust } = await site();
  const inventory = inventoryOf(content, evidence, trust.generatedAt);
  if (params.format === 'csv') return text(subprocessorsCsv(content.subprocessors, inventory), 'text/csv');
  const { declared, observers, undeclared, excused } = inventory;
  const subprocessors = content.subprocessors.map(({ id, data }) => ({ id, ...data, observed: declared.get(id) }));
  const observed = { observers, undeclared, notSubprocessors: excused };
  return json({ schema: 'candor/subprocessors@1', generatedAt: trust.generatedAt, subprocessors, ...observed });
}
