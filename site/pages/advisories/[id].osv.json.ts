import type { APIContext } from 'astro';
import { osv } from '../../advisories/osv.ts';
import { publishedAdvisories } from '../../advisories/published.ts';
import { json } from '../../canonical.ts';

export async function getStaticPaths() {
  const { advisories } = await publishedAdvisories();
  return advisories.map((told) => ({ params: { id: told.id }, props: { made: osv(told) } }));
}

/** An advisory in the Open Source Vulnerability format. */
export function GET({ props }: APIContext): Response {
  return json(props.made);
}
