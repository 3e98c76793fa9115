import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { styleText } from 'node:util';
import type { CandorError } from '../schemas/index.ts';
import { frame } from './frame.ts';
import { visible } from './width.ts';

/** An error for machines. Without a place, `file`, `line`, `column` and `length` are null. */
export type ErrorJson = {
  name: string;
  what: string;
  hint: string;
  file: string | null;
  line: number | null;
  column: number | null;
  length: number | null;
  exit: 1 | 2 | 3;
};

/** How an error is printed. */
export type PrintOptions = {
  /** Whether it goes to a terminal; a non-empty NO_COLOR switches colours off all the same. */
  colour?: boolean;
  /** Paths are printed relative to this folder; the working directory when left out. */
  cwd?: string;
  /** Cells of a line; longer lines of a file are cropped around what is meant. */
  width?: number;
};

/** An error as text: name and what happened, place, code frame, hint. Does not end with a newline. */
export function printError(error: CandorError, options: PrintOptions = {}): string {
  const { colour = false, cwd = process.cwd(), width = 120 } = options;
  const coloured = colour && !process.env.NO_COLOR;
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    coloured ? styleText(format, text, { validateStream: false }) : text;
  const lines = [`${style(['red', 'bold'], `error ${error.name}`)}: ${visible(error.what)}`];
  const { location } = error;
  if (location !== undefined) {
    const { file, line, column, length } = location;
    const whole = length === undefined && line === 1 && column === 1;
    lines.push(`  ${style('cyan', shownPath(file, cwd) + (whole ? '' : `:${line}:${column}`))}`);
    const text = length === undefined ? undefined : readText(resolve(cwd, file));
    const gutter = String(line).length;
    const shown = text === undefined ? undefined : frame(text, location, Math.max(40, width - gutter - 5));
    if (shown !== undefined) {
      lines.push(`  ${style('dim', `${line} │`)} ${shown.line}`);
      lines.push(`  ${style('dim', `${' '.repeat(gutter)} │`)} ${style('red', shown.carets)}`);
    }
  }
  lines.push(`  ${style('bold', 'hint:')} ${visible(error.hint)}`);
  return lines.join('\n');
}

/** An error for `--json`. The path is relative to the working directory, with forward slashes. */
export function errorJson(error: CandorError): ErrorJson {
  const { name, what, hint, exit, location } = error;
  const { line = null, column = null, length = null } = location ?? {};
  const file = location === undefined ? null : shownPath(location.file, process.cwd());
  return { name, what, hint, file, line, column, length, exit };
}

function shownPath(file: string, cwd: string): string {
  return visible((relative(cwd, resolve(cwd, file)) || '.').replaceAll('\\', '/'));
}

function readText(path: string): string | undefined {
  try {
    return new TextDecoder('utf-8').decode(readFileSync(path));
  } catch {
    return undefined;
  }
}
