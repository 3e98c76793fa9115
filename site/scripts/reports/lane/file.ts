import { the } from '../elements.ts';

/** Makes a link save bytes under a name. */
export function asDownload(anchor: HTMLAnchorElement, name: string, content: BlobPart, type: string): void {
  if (anchor.href.startsWith('blob:')) URL.revokeObjectURL(anchor.href);
  anchor.href = URL.createObjectURL(new Blob([content], { type }));
  anchor.download = name;
}

/** Offers the encrypted report as a file, to be mailed. It can be read by nobody on the way. */
export function offerFile(message: Uint8Array<ArrayBuffer>): void {
  asDownload(the('file_save', HTMLAnchorElement), 'report.age', message, 'application/octet-stream');
  the('report_file', HTMLElement).hidden = false;
}

/** Takes the offer back: what was written has changed since. */
export function withdrawFile(): void {
  the('report_file', HTMLElement).hidden = true;
}
