import type { APIRoute } from 'astro';
import { offeredStandard } from '../../standard-agreement.ts';

export async function getStaticPaths() {
  const standard = await offeredStandard();
  return standard?.certificate === undefined ? [] : [{ params: { certificate: 'certificate' } }];
}

/** The certificate that seals are checked against. */
export const GET: APIRoute = async () => new Response((await offeredStandard())?.certificate?.toString());
