import { json } from '../canonical.ts';
import { site } from '../trust.ts';

/** The object that all pages are made of. */
export async function GET(): Promise<Response> {
  return json((await site()).trust);
}
