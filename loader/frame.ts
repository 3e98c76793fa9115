import type { Location } from '../schemas/index.ts';
import { type Cell, cells, widthOf } from './width.ts';

/** A line of a file with the carets under the part that is meant, without gutter. */
export type Frame = { line: string; carets: string };

/**
 * The line of a text with carets under exactly the span. A line that is wider than `width` is cropped around the span,
 * with `…` where something was left out. Undefined when the text has no such line.
 */
export function frame(text: string, { line, column, length = 1 }: Location, width: number): Frame | undefined {
  const source = text.split('\n', line)[line - 1]?.replace(/\r$/, '');
  if (source === undefined) return undefined;
  const all = cells(source);
  const start = all.findLastIndex((cell) => cell.offset <= column - 1);
  const from = Math.max(0, column - 1 >= source.length ? all.length : start);
  const end = all.findIndex((cell) => cell.offset >= column - 1 + length);
  const to = Math.max(from, end === -1 ? all.length : end);
  const { first, last } = crop(all, from, to, width);
  const lead = first > 0 ? '…' : '';
  const tail = last < all.length ? '…' : '';
  const shown = (part: readonly Cell[]) => part.map((cell) => cell.text).join('');
  const caretCells = widthOf(all.slice(from, Math.min(to, last)));
  return {
    line: `${lead}${shown(all.slice(first, last))}${tail}`.trimEnd(),
    carets: `${' '.repeat(lead.length + widthOf(all.slice(first, from)))}${'^'.repeat(Math.max(1, caretCells))}`,
  };
}

/** The cells to show: all, or the span with some of what stands before and after it. */
function crop(all: readonly Cell[], from: number, to: number, width: number): { first: number; last: number } {
  if (widthOf(all) <= width) return { first: 0, last: all.length };
  const room = width - 2;
  let first = from;
  let last = from;
  let used = 0;
  const fits = (cell: Cell | undefined) => cell !== undefined && used + cell.width <= room;
  const take = (cell: Cell | undefined) => {
    used += cell?.width ?? 0;
  };
  while (last < to && fits(all[last])) take(all[last++]);
  const before = used + Math.floor((room - used) / 2);
  while (first > 0 && used < before && fits(all[first - 1])) take(all[--first]);
  while (last < all.length && fits(all[last])) take(all[last++]);
  while (first > 0 && fits(all[first - 1])) take(all[--first]);
  return { first, last };
}
