import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AnnexInput, annexesOf } from '../../../intake/document/annexes.ts';
import { readTemplate, type Template } from '../../../intake/document/template.ts';
import { readTrust } from '../../../loader/trust.ts';
import { type Annexes, Document, type RequestForm } from '../../../schemas/index.ts';
import { form } from '../requests/forms.ts';

const content = join(import.meta.dirname, '..', '..', '..', 'content');
/** A moment at which the evidence that lies in the demo’s content is fresh. */
export const at = '2026-11-22T17:00:00.000Z';

/** A template of our own text. */
export function template(text: string, changes: Record<string, unknown> = {}): Template {
  const data = Document.parse({
    title: 'Data processing agreement',
    kind: 'dpa',
    version: '1.0',
    access: 'public',
    owner: 'privacy-lead',
    publishedOn: '2026-09-01',
    ...changes,
  });
  return readTemplate({ id: 'our-agreement', data, file: 'documents/our-agreement.md', text });
}

/** What the demo’s content says at a moment, and its own template, read as an adopter’s would be. */
export async function demo(moment = at): Promise<Omit<AnnexInput, 'form'>> {
  const read = await readTrust(content, new Date(moment));
  const entry = read.content.documents.find(({ id }) => id === 'data-processing-agreement');
  if (entry === undefined) throw new Error('the demo has no agreement');
  const text = await readFile(join(content, entry.file), 'utf8');
  const { id, data, file } = entry;
  return { content: read.content, trust: read.trust, template: readTemplate({ id, data, file, text }), at: moment };
}

/** Annexes for Ada of Quill with changes to what she filled in. */
export async function annexes(changes: Partial<RequestForm> = {}): Promise<Annexes> {
  return annexesOf({ ...(await demo()), form: { ...form(), ...changes } });
}
