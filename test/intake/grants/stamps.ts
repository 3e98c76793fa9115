import { PDF, type PDFPage, PdfDict, type PdfObject, PdfStream } from '@libpdf/core';

const latin = new TextDecoder('windows-1252');

/** What is stamped on each page of a copy: the words of the stamp, and the matrix by which it is painted. */
export async function stampsOf(bytes: Uint8Array): Promise<{ words: string[]; matrix: number[]; box: number[] }[]> {
  const pdf = await PDF.load(bytes);
  return pdf.getPages().map((page) => {
    const stamp = at(pdf, at(pdf, at(pdf, page.dict, 'Resources'), 'XObject'), 'Recipient');
    if (!(stamp instanceof PdfStream)) return { words: [], matrix: [], box: [] };
    const content = latin.decode(stamp.getDecodedData());
    const words = [...content.matchAll(/<([0-9A-F]*)> Tj/g)].map(([, hex = '']) =>
      latin.decode(Buffer.from(hex, 'hex')),
    );
    // All that is painted are those words: nothing else in it shows text.
    if (content.match(/T[jJ*]|['"]$/gm)?.length !== words.length) throw new Error('something else is written');
    const painted = /([-\d. ]+) cm\n\/Recipient Do/.exec(contentOf(pdf, page))?.[1] ?? '';
    const box = at(pdf, stamp, 'BBox');
    return { words, matrix: painted.trim().split(' ').map(Number), box: numbersOf(box) };
  });
}

/** The content of a page, its parts one after the other. */
export function contentOf(pdf: PDF, page: PDFPage): string {
  const found = at(pdf, page.dict, 'Contents');
  const parts = found instanceof PdfStream ? [found] : found?.type === 'array' ? [...found] : [];
  return parts
    .map((part) => (part.type === 'ref' ? pdf.context.resolve(part) : part))
    .map((part) => (part instanceof PdfStream ? latin.decode(part.getDecodedData()) : ''))
    .join('\n');
}

/** What a dictionary has under a name. */
export function at(pdf: PDF, from: PdfObject | undefined, name: string): PdfObject | undefined {
  const found = from instanceof PdfDict ? from.get(name) : undefined;
  return found?.type === 'ref' ? (pdf.context.resolve(found) ?? undefined) : found;
}

function numbersOf(value: PdfObject | undefined): number[] {
  return value?.type === 'array' ? [...value].map((part) => (part.type === 'number' ? part.value : Number.NaN)) : [];
}
