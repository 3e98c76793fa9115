import type { APIContext } from 'astro';
import { providerMetadata, rolieService } from '../../../advisories/provider.ts';
import { publishedAdvisories } from '../../../advisories/published.ts';
import { json } from '../../../canonical.ts';

export async function getStaticPaths() {
  const { advisories, publisher, openpgp } = await publishedAdvisories();
  if (advisories.length === 0) return [];
  return [
    {
      params: { file: 'provider-metadata' },
      props: { made: providerMetadata(advisories, publisher, openpgp?.fingerprint) },
    },
    { params: { file: 'service' }, props: { made: rolieService(publisher) } },
  ];
}

/** What tells others where documents are (CSAF 2.0, requirements 7 and 16). */
export function GET({ props }: APIContext): Response {
  return json(props.made);
}
