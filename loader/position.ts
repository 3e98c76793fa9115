import type { Location } from '../schemas/index.ts';

/** A stretch of a text: offsets in UTF-16 units, the end excluded. */
export type Span = { start: number; end: number };

/** Steps from the top of a file's fields to one value. */
export type Path = readonly (string | number)[];

/**
 * The line and column of a span, both from 1, counted in UTF-16 units as editors do. The length ends with the line.
 */
export function locationOf(file: string, text: string, span: Span): Location {
  const start = Math.min(span.start, text.length);
  const lineStart = start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = endOfLine(text, start);
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < lineStart; at = text.indexOf('\n', at + 1)) line += 1;
  const inLine = text.slice(start, Math.min(span.end, lineEnd)).trimEnd();
  return { file, line, column: start - lineStart + 1, length: Math.max(1, inLine.length) };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  if (end === -1) return text.length;
  return text[end - 1] === '\r' && end > from ? end - 1 : end;
}

/** A path as people write it: `clocks[0].within`. */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
}

/** The value at a path, or undefined when there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path) {
    if (Array.isArray(at) && typeof step === 'number') at = at[step];
    else if (isFields(at)) at = Object.hasOwn(at, step) ? at[step] : undefined;
    else return undefined;
  }
  return at;
}

/** True for a plain object: fields by name. */
export function isFields(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
