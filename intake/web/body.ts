import { Refusal } from './refusal.ts';

/** How much a form may weigh, in bytes: ten times what all fields of the longest one hold. */
export const FORM_BYTES = 128 * 1024;

/**
 * Reads a form while counting: what grows beyond `most` bytes is given up at once and nothing of it is kept. Throws
 * Refusal: not-a-form, too-large.
 */
export async function readForm(request: Request, most = FORM_BYTES): Promise<URLSearchParams> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') throw new Refusal('not-a-form');
  if (Number(request.headers.get('content-length') ?? 0) > most) throw new Refusal('too-large');
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.byteLength;
    if (size > most) throw new Refusal('too-large');
    parts.push(part);
  }
  try {
    return new URLSearchParams(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts)));
  } catch {
    throw new Refusal('not-a-form');
  }
}
