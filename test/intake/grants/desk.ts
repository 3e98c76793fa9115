import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDF } from '@libpdf/core';
import type { Kysely } from 'kysely';
import { openGated } from '../../../intake/grants/gated.ts';
import { readNda } from '../../../intake/grants/nda.ts';
import { wayIn } from '../../../intake/lifecycle/take-in.ts';
import { openedBy } from '../../../intake/secrets/secret.ts';
import type { Tables } from '../../../intake/store/tables.ts';
import { makeLimits } from '../../../intake/web/limits.ts';
import { type Content, Document } from '../../../schemas/index.ts';
import { standing } from '../agreements/desks.ts';
import { policy } from '../requests/forms.ts';

/** A document of content. */
export function document(id: string, changes: Record<string, unknown> = {}): Content['documents'][number] {
  const data = Document.parse({
    title: `The ${id}`,
    kind: 'whitepaper',
    version: '2026.2',
    access: 'on-request',
    owner: 'security-lead',
    publishedOn: '2026-08-11',
    file: `${id}.pdf`,
    ...changes,
  });
  return { id, file: `documents/${id}.mdx`, data };
}

/** A text on secrecy, of which there may be several versions. */
export function nda(text = 'You keep it secret.', version = '1.0') {
  const { id, data, file } = document('secrecy', { kind: 'terms', access: 'public', file: undefined, version });
  return readNda({ id, data, file, text: `---\ntitle: Secrecy\n---\n\n${text}\n` });
}

/** A PDF of two pages. */
export async function paper(words = 'What only some may read'): Promise<Uint8Array> {
  const pdf = PDF.create();
  for (const page of ['First', 'Second'])
    pdf.addPage({ width: 595, height: 842 }).drawText(`${page}: ${words}`, { x: 60, y: 700, size: 14 });
  return pdf.save();
}

/** Documents `paper` (on request), `runbook` (under NDA), `report` (without a file) and `open` (public). */
const documents = [
  document('paper'),
  document('runbook', { kind: 'runbook', access: 'nda', file: 'paper.pdf' }),
  document('report', { file: undefined }),
  document('open', { access: 'public' }),
];

/** What the page says, read once a file. */
export async function saying() {
  const before = await standing();
  return { ...before, content: { ...before.content, documents }, nda: nda() };
}

/** A folder of gated documents with one in it. */
export async function gatedFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'candor-gated-'));
  await writeFile(join(folder, 'paper.pdf'), await paper());
  return { folder, gated: openGated(folder), remove: () => rm(folder, { recursive: true, force: true }) };
}

type Said = { standing: Awaited<ReturnType<typeof saying>>; now: Date; gated: ReturnType<typeof openGated> };

/** A desk; `said` may be changed while it is used. */
export function deskOf(db: Kysely<Tables>, said: Said, changes: Record<string, unknown> = {}) {
  return {
    db,
    takeIn: wayIn(db),
    head: { company: 'Larkspur Desk, Inc.', url: 'https://trust.larkspur.swiss' },
    policy: policy({ documents: { nda: 'secrecy', grantValidFor: '30d', downloads: 3 }, ...changes }),
    now: () => said.now,
    current: async () => said.standing,
    sealKey: undefined,
    limits: makeLimits(),
    get gated() {
      return said.gated;
    },
  };
}

/** The secret in the newest letter of a grant. */
export async function secretOf(db: Kysely<Tables>, id: string): Promise<string> {
  const rows = await db.selectFrom('outbox').select('message').where('submission', '=', id).execute();
  for (const { message } of rows) {
    const secret = /\/grants\/([\w-]{43})\//.exec(String(message.text))?.[1] ?? '';
    if ((await openedBy(db, secret, 'grant', new Date(0))) === id) return secret;
  }
  throw new Error('no letter holds it');
}

/** All bytes of a stream. */
export async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
