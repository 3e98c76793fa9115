import type { APIContext } from 'astro';
import { csafChanges, csafIndex, ROLIE_FEED, rolieFeed } from '../../../../advisories/provider.ts';
import { publishedAdvisories } from '../../../../advisories/published.ts';
import { json, text } from '../../../../canonical.ts';

export async function getStaticPaths() {
  const { advisories } = await publishedAdvisories();
  const files = advisories.length === 0 ? [] : ['index.txt', 'changes.csv', ROLIE_FEED];
  return files.map((file) => ({ params: { file } }));
}

/** The lists of all documents (CSAF 2.0, requirements 12, 13 and 15). */
export async function GET({ params }: APIContext): Promise<Response> {
  const { advisories, publisher, openpgp } = await publishedAdvisories();
  if (params.file === 'index.txt') return text(csafIndex(advisories));
  if (params.file === 'changes.csv') return text(csafChanges(advisories), 'text/csv');
  return json(rolieFeed(advisories, publisher, openpgp !== undefined));
}
