import type { APIRoute } from 'astro';
import { download } from '../../../../intake/grants/download.ts';
import { link } from '../../../links.ts';

/** A copy of the document, as a file to keep: no viewer runs with the address of a secret. */
export const POST: APIRoute = async ({ locals: { desk }, params: { secret = '' }, redirect }) => {
  const got = await download(desk, secret);
  if ('hurdle' in got) return redirect(link(`/grants/${secret}/`), 303);
  const headers = {
    'Content-Type': 'application/pdf',
    'Content-Disposition': `attachment; filename="${got.name}"`,
    'Content-Length': String(got.copy.size),
  };
  return new Response(got.copy.stream, { headers });
};

/** Whoever opens the address goes to the page with the button. */
export const GET: APIRoute = ({ params: { secret = '' }, redirect }) =>
  redirect(link(`/grants/${encodeURIComponent(secret)}/`), 303);
