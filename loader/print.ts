import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { styleText } from 'node:util';
import type { CandorError } from '../schemas/index.ts';
import { frame } from './frame.ts';

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

/** A terminal, a file, a pipe: where errors are printed. */
export type ErrorStream = NodeJS.WritableStream & { columns?: number };

type FormatOptions = {
  /** Paths are printed relative to this folder; the working directory when left out. */
  cwd?: string;
  /** Colours are used when this is a terminal and NO_COLOR is not set. Plain text when left out. */
  stream?: ErrorStream;
  /** The text of a file, undefined when there is none; reads the disk when left out. */
  read?: (path: string) => string | undefined;
};

/** An error as the design has it: name and what, place, code frame, hint. Ends with a newline. */
export function formatError(error: CandorError, options: FormatOptions = {}): string {
  const { cwd = process.cwd(), stream, read = readText } = options;
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    stream === undefined ? text : styleText(format, text, { stream });
  const lines = [`${style(['red', 'bold'], `error ${error.name}`)}: ${error.what}`];
  const { location } = error;
  if (location !== undefined) {
    const { file, line, column, length } = location;
    const whole = length === undefined && line === 1 && column === 1;
    lines.push(`  ${style('cyan', shownPath(file, cwd) + (whole ? '' : `:${line}:${column}`))}`);
    const text = length === undefined ? undefined : read(resolve(cwd, file));
    const width = Math.max(40, (stream?.columns ?? 120) - String(line).length - 6);
    const shown = text === undefined ? undefined : frame(text, location, width);
    if (shown !== undefined) {
      lines.push(`  ${style('dim', `${line} │`)} ${shown.line}`);
      lines.push(`  ${style('dim', `${' '.repeat(String(line).length)} │`)} ${style('red', shown.carets)}`.trimEnd());
    }
  }
  lines.push(`  ${style('bold', 'hint:')} ${error.hint}`);
  return `${lines.join('\n')}\n`;
}

/** Prints errors, a blank line between them. Each file is read once. */
export function printErrors(
  errors: readonly CandorError[],
  options: { stream?: ErrorStream; cwd?: string } = {},
): void {
  const { stream = process.stderr, cwd = process.cwd() } = options;
  const texts = new Map<string, string | undefined>();
  const read = (path: string) => {
    if (!texts.has(path)) texts.set(path, readText(path));
    return texts.get(path);
  };
  if (errors.length > 0) stream.write(errors.map((error) => formatError(error, { cwd, stream, read })).join('\n'));
}

/** An error for `--json`. The path is relative to the folder, with forward slashes. */
export function errorJson(error: CandorError, cwd: string = process.cwd()): ErrorJson {
  const { name, what, hint, exit, location } = error;
  const { line = null, column = null, length = null } = location ?? {};
  return { name, what, hint, file: location ? shownPath(location.file, cwd) : null, line, column, length, exit };
}

/** The exit code for several errors: the highest, 0 for none. */
export function exitCode(errors: readonly CandorError[]): 0 | 1 | 2 | 3 {
  return errors.reduce<0 | 1 | 2 | 3>((highest, { exit }) => (exit > highest ? exit : highest), 0);
}

function shownPath(file: string, cwd: string): string {
  return (relative(cwd, resolve(cwd, file)) || '.').replaceAll('\\', '/');
}

function readText(path: string): string | undefined {
  try {
    return new TextDecoder('utf-8').decode(readFileSync(path));
  } catch {
    return undefined;
  }
}
