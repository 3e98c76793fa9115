import type { APIContext } from 'astro';
import { cveDraft } from '../../advisories/cve.ts';
import { publishedAdvisories } from '../../advisories/published.ts';
import { json } from '../../canonical.ts';

export async function getStaticPaths() {
  const { advisories, publisher } = await publishedAdvisories();
  return advisories.map((told) => ({ params: { id: told.id }, props: { made: cveDraft(told, publisher) } }));
}

/** What somebody may send to CVE about an advisory. */
export function GET({ props }: APIContext): Response {
  return json(props.made);
}
