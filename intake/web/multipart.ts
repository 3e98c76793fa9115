import { setTimeout as sleep } from 'node:timers/promises';
import type { Held } from './limits.ts';
import { Refusal } from './refusal.ts';

/** How much a form with files may weigh, in bytes: 16 MiB of ciphertext, and what is around it. */
const LARGE_FORM_BYTES = 17 * 2 ** 20;
/** How many parts it may have: twice what the longest one has; how long what stands above each may be, in bytes. */
const PARTS = 64;
const PART_HEADER_BYTES = 8 * 1024;
/** How long all that is no file may be, in characters: three texts of 50,000, each of up to three bytes. A page shows it again. */
const TEXT = 512 * 1024;
/** How long nothing may come, in ms: who stops in the middle gives his place to others. */
const SILENCE_MS = 20_000;

/** A file as it was sent. Its name is what somebody typed: nothing is written under it, nothing of it opened. */
export type SentFile = { name: string; bytes: Uint8Array<ArrayBuffer> };

/** A form with files: its fields, and its files by the name of their field. */
export type SentForm = { form: URLSearchParams; files: ReadonlyMap<string, readonly SentFile[]> };

/** Whether it says that it is multipart/form-data (RFC 7578). */
export function isMultipart(request: Request): boolean {
  return /^multipart\/form-data\s*;/i.test(request.headers.get('content-type') ?? '');
}

/**
 * Reads a form with files while counting, in memory alone: what grows beyond what a form may weigh is let go at once, and
 * nothing of it is kept. `held` is told of every byte before it is kept. Throws Refusal: not-a-form, too-large, busy.
 */
export async function readMultipart(request: Request, held: Held, most = LARGE_FORM_BYTES): Promise<SentForm> {
  const type = request.headers.get('content-type') ?? '';
  const boundary = /boundary="?([\w'()+,./:=? -]{1,70}?)"?\s*(?:;|$)/i.exec(type)?.[1];
  if (boundary === undefined) throw new Refusal('not-a-form');
  const bytes = await bodyOf(request, held, most);
  if (!isOfFewParts(bytes, boundary)) throw new Refusal('not-a-form');
  const form = new URLSearchParams();
  const files = new Map<string, SentFile[]>();
  let text = 0;
  for (const [name, value] of await fieldsOf(bytes, boundary)) {
    text += typeof value === 'string' ? value.length : 0;
    if (text > TEXT) throw new Refusal('too-large');
    if (typeof value === 'string') form.append(name, value);
    // A field for files that nobody chose one for is sent without name and content.
    else if (value.size > 0 || value.name !== '')
      files.set(name, [
        ...(files.get(name) ?? []),
        { name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) },
      ]);
  }
  return { form, files };
}

/**
 * The whole of a body. Of one that is a little too large the rest is read and let go: a browser that is cut off while it
 * sends shows no page, but an error of its own. One that goes on and on is cut off.
 */
async function bodyOf(request: Request, held: Held, most: number): Promise<Buffer<ArrayBuffer>> {
  if (Number(request.headers.get('content-length') ?? 0) > 2 * most) throw new Refusal('too-large');
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of withoutSilence(request.body, held.gone)) {
    size += part.byteLength;
    if (size > most) {
      parts = [];
      held.leave();
      if (size > 2 * most) break;
    } else {
      held.grow(part.byteLength);
      parts.push(part);
    }
  }
  if (size > most) throw new Refusal('too-large');
  held.settle();
  return Buffer.concat(parts);
}

async function* withoutSilence(body: ReadableStream<Uint8Array> | null, gone: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const silence = new AbortController();
      const signal = AbortSignal.any([silence.signal, gone]);
      const stopped = sleep(SILENCE_MS, 'too-slow' as const, { signal })
        .catch(() => 'busy' as const)
        .then((refused) => {
          throw new Refusal(refused);
        });
      // Ended by us, it is no failure.
      stopped.catch(() => undefined);
      // Who breaks off while sending is refused, and is no failure of ours.
      const read = reader.read().catch(() => {
        throw new Refusal('not-a-form');
      });
      const { done, value } = await Promise.race([read, stopped]).finally(() => silence.abort());
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Whether reading it costs little: few parts, each with a short header. More counts than what is read as a part. */
function isOfFewParts(bytes: Buffer, boundary: string): boolean {
  const dashed = `--${boundary}`;
  let count = 0;
  for (let at = bytes.indexOf(dashed); at !== -1; at = bytes.indexOf(dashed, at + 1)) {
    count += 1;
    const header = bytes.subarray(at + dashed.length, at + dashed.length + PART_HEADER_BYTES);
    const isLast = header.toString('latin1', 0, 2) === '--';
    if (count > PARTS || !(isLast || header.includes('\r\n\r\n'))) return false;
  }
  return true;
}

/** Read by the boundary that was counted, whatever else the request says. */
async function fieldsOf(bytes: Buffer<ArrayBuffer>, boundary: string): Promise<FormData> {
  const type = `multipart/form-data; boundary="${boundary}"`;
  try {
    return await new Response(bytes, { headers: { 'content-type': type } }).formData();
  } catch {
    throw new Refusal('not-a-form');
  }
}
