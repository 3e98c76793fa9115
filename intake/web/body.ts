import { Refusal } from './refusal.ts';

/** How much a form may weigh, in bytes: ten times what all fields of the longest one hold. */
export const FORM_BYTES = 128 * 1024;

const URLENCODED = 'application/x-www-form-urlencoded';
/** What a post of one click may come as: RFC 8058, 3.2, prefers the second. */
const ONE_CLICK = [URLENCODED, 'multipart/form-data'];
/** The whole of such a post, with room for what some programs add. */
const ONE_CLICK_BYTES = 8 * 1024;

/** Reads what a mail program sends to end a subscription. Throws Refusal: not-a-form, too-large. */
export function readOneClick(request: Request): Promise<URLSearchParams> {
  return readForm(request, ONE_CLICK_BYTES, ONE_CLICK);
}

/**
 * Reads a form while counting: what grows beyond `most` bytes is given up at once and nothing of it is kept. Throws
 * Refusal: not-a-form, too-large.
 */
export async function readForm(
  request: Request,
  most = FORM_BYTES,
  types: readonly string[] = [URLENCODED],
): Promise<URLSearchParams> {
  const declared = request.headers.get('content-type') ?? '';
  const type = declared.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!types.includes(type)) throw new Refusal('not-a-form');
  if (Number(request.headers.get('content-length') ?? 0) > most) throw new Refusal('too-large');
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of partsOf(request.body)) {
    size += part.byteLength;
    if (size > most) throw new Refusal('too-large');
    parts.push(part);
  }
  try {
    const bytes = Buffer.concat(parts);
    if (type === URLENCODED) return new URLSearchParams(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const form = await new Response(bytes, { headers: { 'content-type': declared } }).formData();
    return new URLSearchParams([...form].filter((field): field is [string, string] => typeof field[1] === 'string'));
  } catch {
    throw new Refusal('not-a-form');
  }
}

/** A body as it comes. Who breaks off while sending is refused, and is no failure of ours. Throws Refusal: not-a-form. */
async function* partsOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  try {
    yield* body ?? [];
  } catch {
    throw new Refusal('not-a-form');
  }
}
