import { createTar } from 'nanotar';
import { paddedSize } from './padding.ts';
import { readTar, type TarFile } from './tar.ts';

/** How much all attachments of a report may weigh together, in bytes. */
export const ATTACHMENT_BYTES = 10 * 2 ** 20;

/** How many files of a message are told apart: an archive of a stranger may hold tens of thousands, each with a button. */
const MOST_FILES = 100;

/** A report as its reporter fills it in. It is in the clear in their browser and at the desk, and nowhere in between. */
export type Report = {
  title: string;
  description: string;
  product?: string | undefined;
  version?: string | undefined;
  /** Where it was found: an address, a program. */
  asset?: string | undefined;
  steps?: string | undefined;
  impact?: string | undefined;
  /** How the reporter can be reached besides; nobody has to say. */
  contact?: string | undefined;
  /** Whether they want to be named when it is published, and how. */
  credit: { wanted: boolean; name?: string | undefined };
  attachments: readonly TarFile[];
};

/** A message that was decrypted: the short fields of a report, its text, and its files. Text is text, never markup. */
export type Opened = {
  fields: readonly (readonly [label: string, value: string])[];
  text: string;
  attachments: readonly TarFile[];
};

/** Packs a report: a tar of `report.md`, `report.json` and `attachments/`, padded, so that `age -d | tar -x` reads it. */
export function packReport(report: Report): Uint8Array<ArrayBuffer> {
  const { attachments, ...said } = report;
  const files = [
    { name: 'report.md', bytes: encoded(markdownOf(report)) },
    { name: 'report.json', bytes: encoded(`${JSON.stringify(said, null, 2)}\n`) },
    ...attached(attachments),
  ];
  return packed(files);
}

/** Packs a message, as a tar of `message.txt` and `attachments/`, padded. */
export function packMessage(text: string, attachments: readonly TarFile[] = []): Uint8Array<ArrayBuffer> {
  return packed([{ name: 'message.txt', bytes: encoded(`${text}\n`) }, ...attached(attachments)]);
}

/** Unpacks what was decrypted, whoever made it. What is no archive is text; what is neither is a file; very many files are one, the archive. */
export function unpackReport(bytes: Uint8Array): Opened {
  const files = readTar(bytes);
  if (files === undefined) {
    const text = decoded(bytes);
    if (text !== undefined) return { fields: [], text: text.trim(), attachments: [] };
    return { fields: [], text: '', attachments: [{ name: 'message.bin', bytes: bytes.slice() }] };
  }
  const said = jsonOf(files.find(({ name }) => name === 'report.json'));
  const message = files.find(({ name }) => name === 'message.txt') ?? files.find(({ name }) => name === 'report.md');
  const text = said === undefined ? decoded(message?.bytes ?? new Uint8Array()) : textOf(said);
  const shown = text === undefined ? [] : ['report.json', 'report.md', 'message.txt'];
  const others = files.filter(({ name }) => !shown.includes(name));
  return {
    fields: said === undefined ? [] : fieldsOf(said),
    text: (text ?? '').trim(),
    attachments:
      others.length > MOST_FILES
        ? [{ name: 'message.tar', bytes: bytes.slice() }]
        : others.map(({ name, bytes: file }) => ({ name: fileName(name.replace(/^attachments\//, '')), bytes: file })),
  };
}

const LABELS = { title: 'Title', product: 'Product', version: 'Version', asset: 'Where', contact: 'Contact' } as const;
const SECTIONS = { description: 'Description', steps: 'Steps', impact: 'Impact' } as const;

function markdownOf(report: Omit<Report, 'attachments'>): string {
  const fields = fieldsOf(report).map(([label, value]) => `${label}: ${value.replace(/\s+/g, ' ')}`);
  return `${fields.join('\n')}\n\n${textOf(report)}\n`;
}

function fieldsOf(said: object): [string, string][] {
  const named = Object.entries(LABELS).flatMap(([key, label]) => pairs(label, stringOf(said, key)));
  const credit = 'credit' in said && typeof said.credit === 'object' && said.credit !== null ? said.credit : {};
  if (!('wanted' in credit)) return named;
  const words = credit.wanted === true ? `by name: ${stringOf(credit, 'name') ?? 'not given'}` : 'not by name';
  return [...named, ['Credit', words]];
}

function textOf(said: object): string {
  return Object.entries(SECTIONS)
    .flatMap(([key, label]) => pairs(label, stringOf(said, key)))
    .map(([label, value]) => (label === SECTIONS.description ? value : `${label}\n\n${value}`))
    .join('\n\n');
}

function pairs(label: string, value: string | undefined): [string, string][] {
  return value === undefined || value === '' ? [] : [[label, value]];
}

function stringOf(said: object, key: string): string | undefined {
  const value: unknown = Object.entries(said).find(([name]) => name === key)?.[1];
  return typeof value === 'string' ? value : undefined;
}

function jsonOf(file: TarFile | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(decoded(file?.bytes ?? new Uint8Array()) ?? '');
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A name that no file system and no terminal reads as anything else; its ending stays. */
function fileName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '')
    .replace(/\.{2,}/g, '.');
  const [ending = ''] = /\.[A-Za-z0-9]{1,8}$/.exec(plain) ?? [];
  const stem = plain.slice(0, plain.length - ending.length).slice(0, 60);
  return stem === '' && ending === '' ? 'file' : `${stem === '' ? 'file' : stem}${ending}`;
}

function attached(files: readonly TarFile[]): TarFile[] {
  return files.map(({ name, bytes }, index) => ({ name: `attachments/${index + 1}-${fileName(name)}`, bytes }));
}

function packed(files: readonly TarFile[]): Uint8Array<ArrayBuffer> {
  // Whose machine made it, and when, is nobody's business.
  const attrs = { mtime: 0, uid: 0, gid: 0, mode: '644' };
  const archive = createTar(files.map(({ name, bytes }) => ({ name, data: bytes, attrs })));
  // Two blocks of zeros end an archive; whoever made it may have left them out.
  const padded = new Uint8Array(paddedSize(archive.length + 1024));
  padded.set(archive);
  return padded;
}

function encoded(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\0+$/, '');
  } catch {
    return undefined;
  }
}
