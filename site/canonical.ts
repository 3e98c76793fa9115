import { canonicalJson } from '../posture/digest.ts';

/** A response with canonical JSON (RFC 8785), so that the same content always has the same bytes. */
export function json(value: unknown): Response {
  return new Response(`${canonicalJson(value)}\n`, { headers: { 'content-type': 'application/json' } });
}

/** A response with plain text. */
export function text(value: string, type = 'text/plain'): Response {
  return new Response(value, { headers: { 'content-type': `${type}; charset=utf-8` } });
}
