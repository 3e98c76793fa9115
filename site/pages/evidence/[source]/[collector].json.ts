import type { APIContext } from 'astro';
import { json } from '../../../canonical.ts';
import { site } from '../../../trust.ts';

/** The raw records, for machines and for those who doubt the page. */
export async function getStaticPaths() {
  const { evidence } = await site();
  return evidence.map((record) => ({
    params: { source: record.source, collector: record.collector.id },
    props: record,
  }));
}

/** Canonical JSON, so that the id of the record can be recomputed from the file. */
export function GET({ props }: APIContext): Response {
  return json(props);
}
