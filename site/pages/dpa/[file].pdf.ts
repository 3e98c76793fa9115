import type { APIRoute } from 'astro';
import { offeredStandard } from '../../standard-agreement.ts';

export async function getStaticPaths() {
  const standard = await offeredStandard();
  return standard?.pdf === undefined ? [] : [{ params: { file: standard.file } }];
}

/** The standard agreement as it was printed; `candor build` seals it in place. */
export const GET: APIRoute = async () => new Response(new Uint8Array((await offeredStandard())?.pdf ?? []));
