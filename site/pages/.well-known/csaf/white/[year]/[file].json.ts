import type { APIContext } from 'astro';
import { csaf, csafPath } from '../../../../../advisories/csaf.ts';
import { publishedAdvisories } from '../../../../../advisories/published.ts';
import { json } from '../../../../../canonical.ts';

export async function getStaticPaths() {
  const { advisories, publisher } = await publishedAdvisories();
  return advisories.map((told) => {
    const [year = '', name = ''] = csafPath(told).split('/');
    return { params: { year, file: name.replace(/\.json$/, '') }, props: { made: csaf(told, publisher) } };
  });
}

/** An advisory as a CSAF 2.0 document. Its hashes, and its signature where there is one, are made of its bytes after the build. */
export function GET({ props }: APIContext): Response {
  return json(props.made);
}
