import type { Span } from './position.ts';

/** Where the fields and the prose of a Markdown file lie in its text. */
export type FrontMatter = { fields: Span; body: number };

const fence = /^---[ \t]*(?:\r?\n|$)/;

/**
 * Finds the fields between a first line `---` and the next line `---`. Undefined when the file does not begin with
 * one, or never closes it.
 */
export function splitFrontMatter(text: string): FrontMatter | undefined {
  const opening = fence.exec(text)?.[0];
  if (opening === undefined || !opening.endsWith('\n')) return undefined;
  for (let at = opening.length; at <= text.length; ) {
    const closing = fence.exec(text.slice(at, at + 200));
    if (closing) return { fields: { start: opening.length, end: at }, body: at + closing[0].length };
    const next = text.indexOf('\n', at);
    if (next === -1) return undefined;
    at = next + 1;
  }
  return undefined;
}
