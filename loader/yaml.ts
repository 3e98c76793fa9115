import { type ErrorCode, isAlias, isMap, isScalar, isSeq, type ParsedNode, parseDocument, visit } from 'yaml';
import type { Path, Span } from './position.ts';

/** Something in a file that is not YAML as we read it. Offsets count from the beginning of the YAML text. */
type YamlProblem = { kind: 'syntax'; problem: string; span: Span } | { kind: 'duplicate'; key: string; span: Span };

/** The fields of one file: their value, what is wrong with them, and where each part stands. */
export type Yaml = {
  /** Plain values; `{}` for an empty text; undefined when the text cannot be read. */
  value: unknown;
  problems: YamlProblem[];
  spanOf: (path: Path, part: 'key' | 'value') => Span | undefined;
};

/** What the parser finds, in our own words: its messages may quote a value, and a value may be a secret. */
const words: Record<ErrorCode, string> = {
  ALIAS_PROPS: 'references such as *name are not supported; write the value out',
  BAD_ALIAS: 'references such as *name are not supported; a value that begins with * needs quotes',
  BAD_COLLECTION_TYPE: 'tags that begin with ! are not supported',
  BAD_DIRECTIVE: 'lines that begin with % are not supported',
  BAD_DQ_ESCAPE: 'this is not an escape that double quotes allow; use single quotes to write a backslash',
  BAD_INDENT: 'this line is not indented like the lines it belongs to',
  BAD_PROP_ORDER: 'tags and anchors are not supported',
  BAD_SCALAR_START: 'a value that begins with this character needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a value with a colon and a space in it needs quotes',
  BLOCK_IN_FLOW: 'inside brackets or braces, lists and fields are separated by commas',
  DUPLICATE_KEY: 'a field is given twice',
  IMPOSSIBLE: 'it cannot be understood',
  KEY_OVER_1024_CHARS: 'the name of a field is too long',
  MISSING_CHAR: 'a quote, bracket, comma, colon or space is missing here',
  MULTILINE_IMPLICIT_KEY: 'a name and its colon must stand on one line',
  MULTIPLE_ANCHORS: 'tags and anchors are not supported',
  MULTIPLE_DOCS: 'a file holds one document; a second one begins here',
  MULTIPLE_TAGS: 'tags and anchors are not supported',
  NON_STRING_KEY: 'the name of a field must be plain text',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  TAB_AS_INDENT: 'tabs cannot indent; use spaces',
  TAG_RESOLVE_FAILED: 'tags that begin with ! are not supported',
  UNEXPECTED_TOKEN: 'this is not expected here',
};

/** Levels of lists and fields that a file may have. */
const deepest = 32;

/**
 * Reads YAML 1.2 (core schema) with unique keys. One document; no directives, tags or aliases, so that every value
 * stands where it is written. Never throws.
 */
export function readYaml(text: string): Yaml {
  try {
    return read(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const problem = words.RESOURCE_EXHAUSTION;
    const nowhere = () => undefined;
    return {
      value: undefined,
      problems: [{ kind: 'syntax', problem, span: { start: 0, end: text.length } }],
      spanOf: nowhere,
    };
  }
}

function read(text: string): Yaml {
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    stringKeys: true,
    prettyErrors: false,
    // With 'silent' a second document would go unnoticed.
    logLevel: 'error',
  });
  const duplicates: YamlProblem[] = [];
  let syntax: YamlProblem | undefined;
  for (const { code, pos } of [...document.errors, ...document.warnings]) {
    const span = { start: pos[0], end: pos[1] };
    if (code === 'DUPLICATE_KEY') {
      const key = /^(?:"[^"\n]*"|'[^'\n]*'|[^:\r\n]*)/.exec(text.slice(span.start))?.[0].trimEnd() ?? '';
      const name = key.replace(/^["'](.*)["']$/, '$1');
      duplicates.push({ kind: 'duplicate', key: name, span: { start: span.start, end: span.start + key.length } });
    } else {
      const open = code === 'MISSING_CHAR' ? openQuote(document.contents, span.start) : undefined;
      syntax ??= { kind: 'syntax', problem: words[code], span: open ?? span };
    }
  }
  const directive = /^%.*/m.exec(text);
  if (syntax === undefined && directive !== null && document.directives?.yaml.explicit === true) {
    const span = { start: directive.index, end: directive.index + directive[0].length };
    syntax = { kind: 'syntax', problem: words.BAD_DIRECTIVE, span };
  }
  const root: unknown = document.contents;
  const aliases: Span[] = [];
  const value = syntax === undefined ? (root === null ? {} : plainValue(root, aliases, 0)) : undefined;
  const alias = aliases[0];
  if (alias !== undefined) {
    syntax = {
      kind: 'syntax',
      problem: words.ALIAS_PROPS,
      span: alias,
    };
  }
  return {
    value: alias === undefined ? value : undefined,
    problems: syntax === undefined ? duplicates : [...duplicates, syntax],
    spanOf: (path, part) => spanOf(root, path, part),
  };
}

/** A quote that is never closed is missed at the end of the file; where it was opened says more. */
function openQuote(root: ParsedNode | null, missedAt: number): Span | undefined {
  let open: Span | undefined;
  visit(root, {
    Scalar(_, node) {
      const span = range(node);
      const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
      if (quoted && span !== undefined && span.start < missedAt && span.end >= missedAt) open = span;
    },
  });
  return open;
}

function plainValue(node: unknown, aliases: Span[], depth: number): unknown {
  if (depth > deepest) throw new RangeError('nested too deeply');
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => plainValue(item, aliases, depth + 1));
  if (isMap(node)) {
    const fields: Record<string, unknown> = {};
    for (const pair of node.items) {
      const value = plainValue(pair.value, aliases, depth + 1);
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      if (key === '__proto__') Object.defineProperty(fields, key, { value, enumerable: true, configurable: true });
      else fields[key] = value;
    }
    return fields;
  }
  if (isAlias(node)) aliases.push(range(node) ?? { start: 0, end: 0 });
  return null;
}

/** The span of the value or the key at a path. An empty value has the span of its key. Undefined when nothing is there. */
function spanOf(root: unknown, path: Path, part: 'key' | 'value'): Span | undefined {
  let node: unknown = root;
  let key: unknown;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) return undefined;
      key = pair.key;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
      key = undefined;
      node = node.items[step];
    } else {
      return undefined;
    }
  }
  const value = range(node);
  return part === 'key' || value === undefined || value.start === value.end ? (range(key) ?? value) : value;
}

function range(node: unknown): Span | undefined {
  if (!isScalar(node) && !isMap(node) && !isSeq(node) && !isAlias(node)) return undefined;
  return node.range ? { start: node.range[0], end: node.range[1] } : undefined;
}
