import type { Opened } from '../../../intake/envelope/report.ts';
import { element } from './elements.ts';

/** A message that was decrypted: its text as text, its files as downloads of a type that no browser opens. */
export function messageNodes({ fields, text, attachments }: Opened): Node[] {
  const facts = element('dl', '', 'pairs');
  facts.append(...fields.map(([label, value]) => pair(label, value)));
  const files = element('ul', '', 'stated');
  files.append(...attachments.map(({ name, bytes }) => fileNode(name, bytes)));
  return [
    ...(fields.length > 0 ? [facts] : []),
    ...(text === '' ? [] : [element('p', text, 'letter')]),
    ...(attachments.length > 0
      ? [element('p', 'Attachments, as they came. Open none on a machine that matters.'), files]
      : []),
  ];
}

/** A term and what is said of it, for a list of pairs. */
export function pair(label: string, value: string): HTMLElement {
  const made = element('div');
  made.append(element('dt', label), element('dd', value, 'lines'));
  return made;
}

/** Bytes as a download. The browser is told no type that it could show. */
export function fileNode(name: string, bytes: Uint8Array<ArrayBuffer>): HTMLElement {
  const made = element('li');
  const anchor = element('a', name);
  anchor.href = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  anchor.download = name;
  made.append(anchor, ` ${sizeWords(bytes.byteLength)}`);
  return made;
}

function sizeWords(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
