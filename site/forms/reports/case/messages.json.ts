import type { APIRoute } from 'astro';
import { returnSealed } from '../../../../intake/reports/return/sealed.ts';

/** A case for the script of its page: read, and written to when there is a message. */
export const POST: APIRoute = async ({ locals: { desk, form = new URLSearchParams(), files = new Map() } }) => {
  const { status, body } = await returnSealed(desk, { form, files });
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
};
