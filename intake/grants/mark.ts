import { measureText, ops, PDF, type PDFPage, rgb } from '@libpdf/core';
import type { Id } from '../../schemas/index.ts';
import { ownXObjects, type PageBox, pageBox } from './page-box.ts';
import { shown } from './shown.ts';

/** Whom a copy is for. The texts were typed by strangers. */
export type Mark = { company: string; email: string; grant: Id; at: Date };

/** What is wrong with a file, in our words: nothing of it is quoted. */
export class Unmarkable extends Error {
  override name = 'Unmarkable';
}

/** How many pages a file may have. */
export const MOST_PAGES = 2_000;

const FONT = 'Helvetica';
/** How long the name of a company may be on a page, in characters. An address has 254 at most (RFC 5321). */
const LINE = 100;
/** The shorter side of A4 in points, on which the foot is written in 7 points. */
const A4 = 595;
const ink = rgb(0.3, 0.3, 0.3);

/**
 * A copy of a PDF with its recipient on each page: along its foot, and pale across it. What strangers typed is the operand
 * of one operator, so nothing in it is ever read as content of a page; whole, in any script, it is among the keywords
 * too. A signature in the file does not fit the copy any more. Throws Unmarkable.
 */
export async function marked(file: Uint8Array, mark: Mark): Promise<Uint8Array> {
  const pdf = await load(file);
  const day = mark.at.toISOString().slice(0, 10);
  const lines = [shown(mark.company, LINE), shown(mark.email, 254), `${day} · ${mark.grant}`];
  const stamps = new Map<string, Awaited<ReturnType<typeof stamp>>>();
  for (const page of pdf.getPages()) {
    const box = pageBox(pdf, page);
    const [width, height] = box.turned % 180 === 0 ? [box.width, box.height] : [box.height, box.width];
    const size = `${width} ${height}`;
    const made = stamps.get(size) ?? (await stamp(pdf, lines, width, height));
    stamps.set(size, made);
    put(pdf, page, box, made.ref);
  }
  const whole = `Given to ${mark.company}, ${mark.email}, on ${day} (${mark.grant})`;
  pdf.setKeywords([...(pdf.getKeywords() ?? []), whole]);
  pdf.setModificationDate(mark.at);
  return pdf.save();
}

async function load(file: Uint8Array): Promise<PDF> {
  let pdf: PDF;
  try {
    pdf = await PDF.load(file);
  } catch {
    throw new Unmarkable('it cannot be read as a PDF');
  }
  if (pdf.isEncrypted) throw new Unmarkable('it is encrypted');
  const pages = pdf.getPages().length;
  if (pages === 0) throw new Unmarkable('it has no pages');
  if (pages > MOST_PAGES) throw new Unmarkable(`it has more than ${MOST_PAGES.toLocaleString('en-US')} pages`);
  return pdf;
}

/** The lines as one thing that is painted on every page of this size. It has a font of its own: no font of the file is used. */
async function stamp(pdf: PDF, lines: readonly string[], width: number, height: number) {
  const own = PDF.create();
  const page = own.addPage({ width, height });
  const unit = Math.min(width, height) / A4;
  const diagonal = Math.hypot(width, height);
  const foot = sizeFor(lines, 0.9 * width, 7 * unit);
  const across = sizeFor(lines, 0.8 * diagonal, 30 * unit);
  const [cos, sin] = [width / diagonal, height / diagonal];
  const angle = (Math.atan2(height, width) * 180) / Math.PI;
  const common = { font: FONT, color: ink } as const;
  for (const [index, line] of lines.entries()) {
    const x = (width - measureText(line, FONT, foot)) / 2;
    const y = 10 * unit + (lines.length - 1 - index) * 1.25 * foot;
    page.drawText(line, { ...common, x, y, size: foot, opacity: 0.9 });
    const half = measureText(line, FONT, across) / 2;
    const drop = (lines.length / 2 - index - 0.8) * 1.25 * across;
    const from = { x: width / 2 - half * cos - drop * sin, y: height / 2 - half * sin + drop * cos };
    page.drawText(line, { ...common, ...from, size: across, opacity: 0.12, rotate: { angle, origin: from } });
  }
  return pdf.embedPage(own, 0);
}

/** Paints a stamp over a page, upright as the page is seen. Readers for the blind skip it, as they skip a page’s number. */
function put(pdf: PDF, page: PDFPage, box: PageBox, ref: Awaited<ReturnType<PDF['embedPage']>>['ref']): void {
  const objects = ownXObjects(pdf, page);
  let name = 'Recipient';
  while (objects.has(name)) name += 'X';
  objects.set(name, ref);
  page.drawOperators([
    ops.beginMarkedContent('/Artifact'),
    ops.pushGraphicsState(),
    ops.concatMatrix(...matrixOf(box)),
    ops.paintXObject(`/${name}`),
    ops.popGraphicsState(),
    ops.endMarkedContent(),
  ]);
}

/** From a page as it is seen to a page as it is described. */
function matrixOf({ left, bottom, width, height, turned }: PageBox): [number, number, number, number, number, number] {
  switch (turned) {
    case 0:
      return [1, 0, 0, 1, left, bottom];
    case 90:
      return [0, 1, -1, 0, left + width, bottom];
    case 180:
      return [-1, 0, 0, -1, left + width, bottom + height];
    case 270:
      return [0, -1, 1, 0, left, bottom + height];
  }
}

function sizeFor(lines: readonly string[], room: number, most: number): number {
  return Math.min(most, ...lines.map((line) => room / Math.max(0.01, measureText(line, FONT, 1))));
}
