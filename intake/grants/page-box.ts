import { type PDF, type PDFPage, PdfArray, PdfDict, PdfNumber, type PdfObject } from '@libpdf/core';

/** How deep a tree of pages may be; deeper ones are loops. */
const DEPTH = 64;

/** Where a page is seen: its corner at the lower left and its size before it is turned, in points, and by how much it is turned. */
export type PageBox = { left: number; bottom: number; width: number; height: number; turned: 0 | 90 | 180 | 270 };

/** What is seen of a page: its crop box within its media box (ISO 32000-1, 14.11.2), and its rotation, inherited or its own. */
export function pageBox(pdf: PDF, page: PDFPage): PageBox {
  const media = corners(pdf, inherited(pdf, page, 'MediaBox')) ?? [0, 0, 612, 792];
  const crop = corners(pdf, inherited(pdf, page, 'CropBox')) ?? media;
  const [left, bottom] = [Math.max(media[0], crop[0]), Math.max(media[1], crop[1])];
  const [right, top] = [Math.min(media[2], crop[2]), Math.min(media[3], crop[3])];
  const box = right > left && top > bottom ? [left, bottom, right, top] : media;
  const [l = 0, b = 0, r = 0, t = 0] = box;
  return { left: l, bottom: b, width: r - l, height: t - b, turned: turnOf(inherited(pdf, page, 'Rotate')) };
}

/**
 * Gives a page resources of its own, with all that it inherits or shares with others, and the dictionary of its XObjects:
 * what is added there is added to this page alone.
 */
export function ownXObjects(pdf: PDF, page: PDFPage): PdfDict {
  const resources = copyOf(inherited(pdf, page, 'Resources'));
  const objects = copyOf(resolved(pdf, resources.get('XObject')));
  resources.set('XObject', objects);
  page.dict.set('Resources', resources);
  return objects;
}

/** An attribute of a page that its ancestors may hold (ISO 32000-1, 7.7.3.4). */
function inherited(pdf: PDF, page: PDFPage, name: string): PdfObject | undefined {
  let node: PdfObject | undefined = page.dict;
  for (let depth = 0; depth < DEPTH && node instanceof PdfDict; depth += 1) {
    const found = resolved(pdf, node.get(name));
    if (found !== undefined) return found;
    node = resolved(pdf, node.get('Parent'));
  }
  return undefined;
}

function resolved(pdf: PDF, value: PdfObject | undefined): PdfObject | undefined {
  if (value?.type !== 'ref') return value;
  return pdf.context.resolve(value) ?? undefined;
}

function copyOf(value: PdfObject | undefined): PdfDict {
  return value instanceof PdfDict ? new PdfDict([...value]) : new PdfDict();
}

/** Left, bottom, right, top, whichever two corners are named. */
function corners(pdf: PDF, value: PdfObject | undefined): [number, number, number, number] | undefined {
  if (!(value instanceof PdfArray)) return undefined;
  const numbers = [...value].map((part) => {
    const number = resolved(pdf, part);
    return number instanceof PdfNumber ? number.value : Number.NaN;
  });
  const [a = Number.NaN, b = Number.NaN, c = Number.NaN, d = Number.NaN] = numbers;
  if ([a, b, c, d].some((number) => !Number.isFinite(number)) || a === c || b === d) return undefined;
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

function turnOf(value: PdfObject | undefined): PageBox['turned'] {
  const turn = value instanceof PdfNumber ? ((value.value % 360) + 360) % 360 : 0;
  return turn === 90 || turn === 180 || turn === 270 ? turn : 0;
}
