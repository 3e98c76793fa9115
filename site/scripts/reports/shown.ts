import { visibleText } from '../../../intake/document/visible.ts';
import type { Opened } from '../../../intake/envelope/report.ts';
import { sizeWords } from '../../words/bytes.ts';
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

/** All of a case that was decrypted, as a file of text; what strangers hid in theirs is shown. */
export function caseText(number: string, messages: readonly { title: string; read: Opened | undefined }[]): string {
  const parts = messages.map(({ title, read }) => {
    const heading = title.trim().replace(/\s+/g, ' ');
    const fields = read?.fields.map(([label, value]) => `${label}: ${value}`) ?? [];
    const files =
      read?.attachments.map(({ name, bytes }) => `Attachment: ${name}, ${sizeWords(bytes.byteLength)}`) ?? [];
    const said = read === undefined ? ['It was not decrypted.'] : [fields.join('\n'), read.text, files.join('\n')];
    return [heading, '-'.repeat(heading.length), ...said.filter((each) => each !== '')].join('\n\n');
  });
  return visibleText(`${[number, ...parts].join('\n\n\n')}\n`);
}
