import { type CandorError, type ContentType, candorError, type Location } from '../schemas/index.ts';
import { splitFrontMatter } from './front-matter.ts';
import { locationOf, type Path, type Span } from './position.ts';
import { readYaml, type Yaml } from './yaml.ts';

/** One content file: what it is, its text, and its fields as they were written. */
export type ContentFile = {
  type: ContentType;
  /** The name of the file without its ending; for a kind with one file, the name of the kind. */
  id: string;
  /** For claims: the folder. */
  section: string | undefined;
  /** Path inside the content folder, with forward slashes. */
  file: string;
  /** The text without a byte order mark. */
  text: string;
  /** Where the YAML stands in the text. */
  fields: Span;
  /** Where the prose begins; undefined when the kind has none. */
  body: number | undefined;
  /** The fields as plain values, not yet judged; undefined when they cannot be read. */
  value: unknown;
};

/** Reads the fields of a text. `path` is how the file is named in errors. Never throws. */
export function readFile(
  file: Pick<ContentFile, 'type' | 'id' | 'section' | 'file'>,
  text: string,
  prose: boolean,
  path: string,
): { file: ContentFile; errors: CandorError[] } {
  const split = prose ? splitFrontMatter(text) : { fields: { start: 0, end: text.length }, body: undefined };
  if (split === undefined) {
    const fields = { start: 0, end: 0 };
    const error = candorError('ContentFrontMatter', {}, { file: path, line: 1, column: 1 });
    return { file: { ...file, text, fields, body: 0, value: undefined }, errors: [error] };
  }
  const { value, problems } = readYaml(text.slice(split.fields.start, split.fields.end));
  const errors = problems.map((found) => {
    const location = showable(file.type, text, locationOf(path, text, shift(found.span, split.fields.start)));
    return found.kind === 'duplicate'
      ? candorError('ContentDuplicateKey', { key: found.key }, location)
      : candorError('ContentSyntax', { problem: found.problem }, location);
  });
  return { file: { ...file, text, ...split, value }, errors };
}

/** A part of a string value: where it begins in the value, and how long it is. */
export type Part = 'key' | 'value' | { from: number; length: number };

/**
 * Finds places in content files. What is not there has the place of its parent, in the end of the file as a whole.
 * Files are read again only when an error needs a place, and the last one is kept.
 */
export function createLocator(
  pathOf: (file: ContentFile) => string,
): (file: ContentFile, path: Path, part?: Part) => Location {
  let last: { file: ContentFile; yaml: Yaml } | undefined;
  return (file, path, part = 'value') => {
    const { start, end } = file.fields;
    if (last?.file !== file) last = { file, yaml: readYaml(file.text.slice(start, end)) };
    const { spanOf } = last.yaml;
    const where = (span: Span) => {
      const { length, ...place } = showable(
        file.type,
        file.text,
        locationOf(pathOf(file), file.text, shift(span, start)),
      );
      return length === undefined || (file.type === 'sources' && path[0] === 'connection')
        ? place
        : { ...place, length };
    };
    const found = path.length === 0 && part === 'key' ? undefined : spanOf(path, part === 'key' ? 'key' : 'value');
    if (found !== undefined) {
      return where(typeof part === 'object' ? inner(file.text.slice(start, end), found, part) : found);
    }
    for (let depth = path.length - 1; depth > 0; depth -= 1) {
      const parent = spanOf(path.slice(0, depth), 'key');
      if (parent !== undefined) return where(parent);
    }
    return { file: pathOf(file), line: 1, column: 1 };
  };
}

const credentials = /\/\/[^/\s]*:[^/\s]*@/;
const secretField = /(?:^|[^a-z0-9])(?:url|dsn|uri|password|token|secret|key|credentials)["']?\s*:\s*["']?[^\s$"']/i;

/** A line of a source that may hold a secret is never shown: its place has no length, so that no frame is printed. */
function showable(type: ContentType, text: string, location: Location): Location {
  if (type !== 'sources') return location;
  const line = text.split('\n', location.line)[location.line - 1] ?? '';
  const { length: _, ...place } = location;
  return credentials.test(line) || secretField.test(line) ? place : location;
}

/** A part of a scalar keeps its place only where the text is written as it is meant: no escapes, one line. */
function inner(text: string, span: Span, part: { from: number; length: number }): Span {
  const written = text.slice(span.start, span.end);
  if (/[\\\n|>]/.test(written) || written.includes("''")) return span;
  const quoted = /^["']/.test(written) ? 1 : 0;
  const start = span.start + quoted + part.from;
  return { start, end: start + part.length };
}

function shift(span: Span, by: number): Span {
  return { start: span.start + by, end: span.end + by };
}
