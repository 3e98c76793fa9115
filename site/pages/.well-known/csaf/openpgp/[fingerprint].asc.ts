import type { APIContext } from 'astro';
import { publishedAdvisories } from '../../../../advisories/published.ts';
import { text } from '../../../../canonical.ts';

export async function getStaticPaths() {
  const { advisories, openpgp } = await publishedAdvisories();
  if (advisories.length === 0 || openpgp === undefined) return [];
  return [{ params: { fingerprint: openpgp.fingerprint }, props: { armored: openpgp.armored } }];
}

/** The public OpenPGP key (CSAF 2.0, requirement 20). */
export function GET({ props }: APIContext): Response {
  return text(props.armored, 'application/pgp-keys');
}
